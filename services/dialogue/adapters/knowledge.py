"""Port `Knowledge` over the shop's pages: by meaning (vectors) and by words (BM25), fused into one score."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile
from zoneinfo import ZoneInfo

import numpy as np

from services.dialogue.adapters.lexical import Tokenizer, WordIndex
from services.dialogue.adapters.passages import PagePassage, load_passages
from services.dialogue.ports import Passage
from shared.encoder import DIMENSIONS, ENCODER, Encoder, Vectors
from shared.folders import put_folder
from shared.shop import load_shop

# Small enough to be embedded in time by a machine that is busy with other things while this one starts.
BATCH = 8
LONGEST_QUESTION = 300

# Fitted by logistic regression to the questions in tests/unit/services/dialogue/adapters/demo_questions.yaml. The score
# is about the chance that the page answers: "I don't know" begins at 0.5. Chinese lies nearer to everything.
WEIGHTS = np.array([28.3, 29.1, 29.5, 3.3], dtype=np.float32)
OFFSETS = {"en": -74.6, "zh": -76.5}


@dataclass(frozen=True)
class PageVectors:
    """A row for each passage, for each sentence of each, and for each passage's title."""

    passages: Vectors
    sentences: Vectors
    titles: Vectors


class PageKnowledge:
    """The index in memory. Searching takes one embedding and three products of matrices."""

    def __init__(
        self, passages: list[PagePassage], vectors: PageVectors, encoder: Encoder, tokenizer: Tokenizer,
        today: Callable[[], date],
    ) -> None:  # fmt: skip
        self._passages = passages
        self._vectors = vectors
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._today = today
        self._first = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
        self._words = WordIndex([tokenizer.words(f"{passage.title}\n{passage.text}") for passage in passages])

    async def search(self, question: str, language: str, top: int = 3) -> list[Passage]:
        """The best passage of each page, best first, cut to the sentences that answer. Raises Transient."""
        question = question[:LONGEST_QUESTION]
        if not self._passages or not question.strip():
            return []
        (vector,) = await self._encoder.embed([question], "query")
        nearness = self._vectors.sentences @ vector
        scores = self._scores(question, language, vector, nearness)
        best = self._best_of_each_page(scores, language)
        return [self._hit(place, float(scores[place]), nearness) for place in best[:top]]

    def _scores(self, question: str, language: str, vector: Vectors, nearness: Vectors) -> Vectors:
        nearest = np.maximum.reduceat(nearness, self._first[:-1])
        words = self._words.shares(self._tokenizer.words(question))
        features = np.stack([self._vectors.passages @ vector, nearest, self._vectors.titles @ vector, words], axis=1)
        scores: Vectors = 1 / (1 + np.exp(-(features @ WEIGHTS + OFFSETS.get(language, OFFSETS["en"]))))
        return scores

    def _best_of_each_page(self, scores: Vectors, language: str) -> list[int]:
        """A page speaks the customer's language if it exists in it, else another."""
        today = self._today()
        pages: dict[str, list[int]] = {}
        for place in map(int, np.argsort(-scores)):
            passage = self._passages[place]
            if passage.valid_until is None or passage.valid_until >= today:
                pages.setdefault(passage.document, []).append(place)
        best = [self._in(language, places) for places in pages.values()]
        return sorted(best, key=lambda place: -float(scores[place]))

    def _in(self, language: str, places: list[int]) -> int:
        return next((place for place in places if self._passages[place].language == language), places[0])

    def _hit(self, place: int, score: float, nearness: Vectors) -> Passage:
        passage = self._passages[place]
        text = best_sentences(passage, nearness[self._first[place] : self._first[place + 1]])
        return Passage(passage.document, passage.title, text, round(score, 4), passage.language, passage.source)


def best_sentences(passage: PagePassage, nearness: Vectors) -> str:
    """The sentence nearest to the question with the nearer of its neighbours; a short passage is left whole."""
    sentences = passage.sentences
    if len(sentences) <= 2:
        return passage.text
    best = int(nearness.argmax())
    before = float(nearness[best - 1]) if best > 0 else -1.0
    after = float(nearness[best + 1]) if best + 1 < len(sentences) else -1.0
    pair = sentences[best : best + 2] if after >= before else sentences[best - 1 : best + 1]
    return ("" if passage.language == "zh" else " ").join(pair)


@asynccontextmanager
async def open_knowledge(shop_dir: Path, var: Path, encoder: Encoder) -> AsyncIterator[PageKnowledge]:
    """Indexes the shop's pages, or reads the index kept under `<var>/knowledge`. Raises ConfigError, Transient."""
    shop = load_shop(shop_dir)
    zone = ZoneInfo(shop.profile.timezone)
    passages = await asyncio.to_thread(load_passages, shop)
    tokenizer = await asyncio.to_thread(Tokenizer, var / "cache")
    vectors = await _open_vectors(passages, var, encoder)
    yield PageKnowledge(passages, vectors, encoder, tokenizer, lambda: datetime.now(zone).date())


async def _open_vectors(passages: list[PagePassage], var: Path, encoder: Encoder) -> PageVectors:
    texts = [f"{passage.title}\n{passage.text}" for passage in passages]
    sentences = [f"{passage.title}: {sentence}" for passage in passages for sentence in passage.sentences]
    titles = [passage.title for passage in passages]
    content = json.dumps([ENCODER, texts, sentences, titles], ensure_ascii=False)
    folder = var / "knowledge" / sha256(content.encode()).hexdigest()[:16]
    if (kept := _load(folder)) is not None:
        return kept
    vectors = PageVectors(
        await _embedded(texts, "passage", encoder),
        await _embedded(sentences, "passage", encoder),
        # A title is as short as a question: embedded alike, they lie nearer.
        await _embedded(titles, "query", encoder),
    )
    await asyncio.to_thread(put_folder, folder, lambda draft: _save(draft, vectors), lambda it: _load(it) is not None)
    return vectors


async def _embedded(texts: list[str], kind: Literal["query", "passage"], encoder: Encoder) -> Vectors:
    batches = [await encoder.embed(texts[at : at + BATCH], kind) for at in range(0, len(texts), BATCH)]
    return np.concatenate([np.empty((0, DIMENSIONS), dtype=np.float32), *batches])


def _save(folder: Path, vectors: PageVectors) -> None:
    np.savez(folder / "vectors.npz", passages=vectors.passages, sentences=vectors.sentences, titles=vectors.titles)


def _load(folder: Path) -> PageVectors | None:
    try:
        with (folder / "vectors.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return PageVectors(kept["passages"], kept["sentences"], kept["titles"])
    except (OSError, ValueError, KeyError, BadZipFile):
        return None

"""Port `Knowledge` over the shop's pages: by meaning (vectors) and by words (BM25), fused into one score."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from services.dialogue.adapters.lexical import Tokenizer, WordIndex
from services.dialogue.adapters.passages import PagePassage, load_passages
from services.dialogue.ports import Passage
from shared.encoder import Encoder, Key, Vectors
from shared.shop import load_shop
from shared.vectors import VectorFile

LONGEST_QUESTION = 300

# Fitted to the questions in tests/unit/services/dialogue/adapters/demo_questions.yaml: "I don't know" begins at 0.5.
# Nearness of the passage, of its title and of its nearest sentence, share of the question's words, first of its page.
WEIGHTS = np.array([29.6, 29.3, 23.5, 2.8, 1.0], dtype=np.float32)
# Chinese lies nearer to everything.
OFFSETS = {"en": -69.6, "zh": -73.7}
SAID = 2
"""An answer is the page's so many best passages: one alone holds the fact in 74 of 100 cases, two in 89."""


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
        self._first = np.cumsum([0, *(len(passage.sentences) for passage in passages[:-1])])
        self._leads = np.array([passage.leads for passage in passages], dtype=np.float32)
        self._words = WordIndex([tokenizer.words(f"{passage.title}\n{passage.text}") for passage in passages])

    async def search(self, question: str, language: str, top: int = 3) -> list[Passage]:
        """The pages that may answer, best first, each with its few best passages. Raises Transient."""
        question = question[:LONGEST_QUESTION]
        if not self._passages or not question.strip():
            return []
        (vector,) = await self._encoder.embed([question], "query")
        scores = self._scores(question, language, vector)
        pages = self._pages(scores, language)
        return [self._hit(places, float(scores[places[0]])) for places in pages[:top]]

    def _scores(self, question: str, language: str, vector: Vectors) -> Vectors:
        features = (
            self._vectors.passages @ vector,
            self._vectors.titles @ vector,
            np.maximum.reduceat(self._vectors.sentences @ vector, self._first),
            self._words.shares(self._tokenizer.words(question)),
            self._leads,
        )
        logits = np.stack(features, axis=1) @ WEIGHTS + OFFSETS.get(language, OFFSETS["en"])
        scores: Vectors = 1 / (1 + np.exp(-logits))
        return scores

    def _pages(self, scores: Vectors, language: str) -> list[list[int]]:
        """The passages of each page, best first; a page speaks the customer's language if it exists in it."""
        today = self._today()
        pages: dict[str, list[int]] = {}
        for place in map(int, np.argsort(-scores)):
            passage = self._passages[place]
            if passage.valid_until is None or passage.valid_until >= today:
                pages.setdefault(passage.document, []).append(place)
        spoken = [self._in_one_language(language, places) for places in pages.values()]
        return sorted(spoken, key=lambda places: -float(scores[places[0]]))

    def _in_one_language(self, language: str, places: list[int]) -> list[int]:
        languages = [self._passages[place].language for place in places]
        chosen = language if language in languages else languages[0]
        return [place for place in places if self._passages[place].language == chosen]

    def _hit(self, places: list[int], score: float) -> Passage:
        best = self._passages[places[0]]
        # In the order of the page, where what stands later may lean on what stands before.
        text = "\n".join(self._passages[place].text for place in sorted(places[:SAID]))
        return Passage(best.document, best.title, text, round(score, 4), best.language, best.source)


@asynccontextmanager
async def open_knowledge(shop_dir: Path, var: Path, encoder: Encoder) -> AsyncIterator[PageKnowledge]:
    """Indexes the shop's pages, or takes their vectors from `<var>/vectors`. Raises ConfigError, Transient."""
    shop = load_shop(shop_dir)
    zone = ZoneInfo(shop.profile.timezone)
    passages = await asyncio.to_thread(load_passages, shop)
    tokenizer = await asyncio.to_thread(Tokenizer, var / "cache")
    file = VectorFile(var / "vectors" / f"{shop_dir.name}-pages.npz", shop_dir / "vectors/pages.npz")
    vectors = await embed_pages(passages, file, encoder)
    yield PageKnowledge(passages, vectors, encoder, tokenizer, lambda: datetime.now(zone).date())


async def embed_pages(passages: list[PagePassage], vectors: VectorFile, encoder: Encoder) -> PageVectors:
    """The vectors of every passage, sentence and title. Raises Transient."""
    wholes: list[Key] = [("passage", f"{passage.title}\n{passage.text}") for passage in passages]
    sentences: list[Key] = [("passage", sentence) for passage in passages for sentence in passage.sentences]
    # A title is as short as a question: embedded alike, they lie nearer.
    titles: list[Key] = [("query", passage.title) for passage in passages]
    rows = await vectors.embed([*wholes, *sentences, *titles], encoder)
    ends = np.cumsum([len(wholes), len(sentences)])
    return PageVectors(*np.split(rows, ends))

"""Port `Knowledge` over an index in memory, which follows what SQL owns."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.dialogue.adapters.knowledge.choosing import Asking, Choice, Chooser
from services.dialogue.adapters.knowledge.comparing import comparison
from services.dialogue.adapters.knowledge.extracting import Asked, best_sentences
from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.adapters.knowledge.lexical import Tokenizer, terms_of
from services.dialogue.adapters.knowledge.scoring import scores_of
from services.dialogue.ports import Passage
from shared.encoder import Vectors
from shared.vectors import Embeds

LONGEST_QUESTION = 300
SAID = 2
"""A passage is the document's so many best: one alone holds the fact in 74 of 100 cases, two in 89."""


@dataclass(frozen=True)
class Query:
    """What is searched: `language` is the customer's; `only` names the languages of the documents, or none for all."""

    question: str
    language: str
    top: int = 3
    only: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(character.isalnum() for character in self.question)


class Searcher:
    """Searches whatever index it is given; with a `chooser`, what that says counts too."""

    def __init__(
        self, encoder: Embeds, tokenizer: Tokenizer, today: Callable[[], date], chooser: Chooser | None = None
    ) -> None:
        self.encoder = encoder
        self.tokenizer = tokenizer
        self.chooser = chooser
        self._today = today

    async def search(self, index: Index, query: Query) -> list[Passage]:
        """The documents that may answer, best first, each with its best passages and sentences. Raises Transient."""
        question = query.question[:LONGEST_QUESTION]
        if not index.entries or query.is_empty:
            return []
        (vector,), choice = await asyncio.gather(self.encoder.embed([question], "query"), self._choice(question))
        words = self.tokenizer.words(question)
        places, features = index.candidate_features(vector, words)
        abroad = np.array([index.entries[at].language != query.language for at in places], dtype=np.float32)
        unnamed = index.unnamed_products(places, terms_of(question))
        asking = Asking(vector, words, query.language)
        opinion = None if choice is None else choice.opinion([index.entries[at] for at in places], asking)
        found = scores_of(features, query.language, abroad, unnamed, opinion)
        scores = dict(zip(map(int, places), found.tolist(), strict=True))
        asked = Asked.of(question, self.tokenizer, index.words)
        documents = self._documents(index, scores, query)[: query.top]
        hits = [self._hit(index, places_, scores[places_[0]], asked, vector) for places_ in documents]
        named = index.named_products(terms_of(question), query.language)
        compared = comparison(index, question, query.language, named)
        return [compared, *hits][: query.top] if compared is not None else hits

    async def rank_goods(self, index: Index, query: Query) -> tuple[tuple[str, float], ...]:
        """The products (ids) with the passages nearest to the question, which names none. Raises Transient."""
        question = query.question[:LONGEST_QUESTION]
        if not index.entries or query.is_empty:
            return ()
        (vector,) = await self.encoder.embed([question], "query")
        places, features = index.candidate_features(vector, self.tokenizer.words(question))
        abroad = np.array([index.entries[at].language != query.language for at in places], dtype=np.float32)
        found = scores_of(features, query.language, abroad, np.zeros(len(places), dtype=np.float32))
        best: dict[str, float] = {}
        for place, score in sorted(zip(map(int, places), found.tolist(), strict=True), key=lambda pair: -pair[1]):
            entry = index.entries[place]
            if entry.origin == "product":
                best.setdefault(entry.document, round(score, 4))
        return tuple(list(best.items())[: query.top])

    async def _choice(self, question: str) -> Choice | None:
        return None if self.chooser is None else await self.chooser.choose(question)

    def _documents(self, index: Index, scores: dict[int, float], query: Query) -> list[list[int]]:
        """The passages of each document, best first; one speaks the customer's language if it exists in it."""
        today = self._today()
        by_document: dict[str, list[int]] = {}
        for place in sorted(scores, key=lambda place: (-scores[place], place)):
            entry = index.entries[place]
            if entry.is_valid(today) and query.only in ("", entry.language):
                by_document.setdefault(entry.document, []).append(place)
        spoken = [_in_one_language(index, query.language, places) for places in by_document.values()]
        return sorted(spoken, key=lambda places: -scores[places[0]])

    def _hit(self, index: Index, places: list[int], score: float, asked: Asked, vector: Vectors) -> Passage:
        best = index.entries[places[0]]
        # In the order of the document, where what stands later may lean on what stands before.
        said = sorted(places[:1] if best.origin == "product" else places[:SAID])
        text = "\n".join(index.entries[place].text for place in said)
        answer = self._answer(index, said, asked, vector)
        return Passage(best.document, best.title, text, round(score, 4), best.language, best.source, answer)

    def _answer(self, index: Index, places: list[int], asked: Asked, vector: Vectors) -> str:
        sentences = [sentence for place in places for sentence in index.entries[place].sentences]
        near = [index.sentence_nearness(place, vector) for place in places]
        known = [rows for rows in near if rows is not None]
        terms = [self.tokenizer.terms(sentence) for sentence in sentences]
        return best_sentences(asked, sentences, terms, np.concatenate(known) if len(known) == len(near) else None)


def _in_one_language(index: Index, language: str, places: list[int]) -> list[int]:
    languages = [index.entries[place].language for place in places]
    chosen = language if language in languages else languages[0]
    return [place for place in places if index.entries[place].language == chosen]

"""The index in memory: every passage with its vectors and words, made from the rows in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.dialogue.adapters.knowledge.cutting import sentences_of
from services.dialogue.adapters.knowledge.graph import GRAPH_FROM, Graph
from services.dialogue.adapters.knowledge.lexical import WordIndex
from services.dialogue.adapters.knowledge.store import Halves, vectors_of
from shared.encoder import DIMENSIONS, Vectors

Places = NDArray[np.intp]
EXACT = 5_000
"""Up to so many passages each is compared with the question; of more only the nearest by meaning and by words."""
NEAREST = 200


@dataclass(frozen=True)
class Entry:
    """A passage, and what its document says about it."""

    document: str
    language: str
    title: str
    text: str
    leads: bool
    source: str
    origin: str
    valid_from: date | None
    valid_until: date | None

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        return sentences_of(self.text) or (self.text,)

    def is_valid(self, today: date) -> bool:
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_until is None or today <= self.valid_until
        )


@dataclass(frozen=True)
class Index:
    """Rows of `passages` belong to `entries`; `title_of` names a row of `titles` for each of them.

    The sentences of entry n are the rows `first[n]:first[n + 1]` of `sentences`; of imported texts there are none.
    """

    version: str
    entries: tuple[Entry, ...]
    passages: Halves
    titles: Halves
    title_of: NDArray[np.int32]
    sentences: Halves
    first: NDArray[np.int32]
    words: WordIndex
    graph: Graph | None = None
    """Finds the nearest passages without looking at all: of large indexes only."""

    @cached_property
    def _passages(self) -> Vectors:
        return self.passages.astype(np.float32)

    @cached_property
    def _sentences(self) -> Vectors:
        return self.sentences.astype(np.float32)

    @cached_property
    def _leads(self) -> Vectors:
        return np.array([entry.leads for entry in self.entries], dtype=np.float32)

    def candidates(self, vector: Vectors, shares: Vectors) -> Places:
        """The entries worth a closer look: of a small index all, else the nearest by meaning and by words."""
        if len(self.entries) <= EXACT:
            return np.arange(len(self.entries))
        near = self.graph.nearest(vector, NEAREST) if self.graph is not None else self._nearest(vector)
        said = np.argpartition(-shares, NEAREST)[:NEAREST]
        return np.union1d(near, said[shares[said] > 0])

    def _nearest(self, vector: Vectors) -> Places:
        return np.argpartition(-(self._passages @ vector), NEAREST)[:NEAREST]

    def candidate_features(self, vector: Vectors, words: Sequence[str]) -> tuple[Places, Vectors]:
        """The candidates, and the features of each."""
        shares = self.words.shares(words)
        places = self.candidates(vector, shares)
        return places, self.features(places, vector, shares)

    def features(self, places: Places, vector: Vectors, shares: Vectors) -> Vectors:
        """For each place: nearness of passage, title and best sentence, share of words, whether it leads."""
        few = len(places) < len(self.entries)
        nearness = (self.passages[places].astype(np.float32) if few else self._passages) @ vector
        titles = self.titles[self.title_of[places]].astype(np.float32) @ vector
        best = self._best_sentences(places, vector, nearness)
        return np.stack([nearness, titles, best, shares[places], self._leads[places]], axis=1)

    def sentence_nearness(self, place: int, vector: Vectors) -> Vectors | None:
        """How near each sentence of the entry is, where sentences were embedded."""
        rows = slice(self.first[place], self.first[place + 1])
        return self._sentences[rows] @ vector if rows.stop > rows.start else None

    def _best_sentences(self, places: Places, vector: Vectors, nearness: Vectors) -> Vectors:
        """Where sentences were not embedded, the passage stands for the best of them."""
        if not len(self.sentences):
            return nearness
        starts, ends = self.first[places], self.first[places + 1]
        near = np.append(self._sentences @ vector, np.float32(-1))
        edges = np.stack([starts, ends], axis=1).ravel()
        best: Vectors = np.where(ends > starts, np.maximum.reduceat(near, edges)[::2], nearness)
        return best


def build_index(version: str, rows: Sequence[Any]) -> Index:
    """The index of these rows of `SqlDocuments.everything`."""
    entries = tuple(
        Entry(
            row.document, row.language, row.title, row.text, row.leads,
            row.source, row.origin, row.valid_from, row.valid_until,
        ) for row in rows
    )  # fmt: skip
    vectors = [vectors_of(row.vectors) for row in rows]
    title_rows: dict[str, int] = {}
    title_of = [title_rows.setdefault(entry.title, len(title_rows)) for entry in entries]
    titles = {place: rows_[1] for place, rows_ in zip(title_of, vectors, strict=True)}
    passages = _stacked([rows_[0] for rows_ in vectors])
    return Index(
        version,
        entries,
        passages,
        _stacked([titles[place] for place in range(len(titles))]),
        np.array(title_of, dtype=np.int32),
        _stacked([row for rows_ in vectors for row in rows_[2:]]),
        np.cumsum([0, *(len(rows_) - 2 for rows_ in vectors)]).astype(np.int32),
        WordIndex.of([row.words for row in rows]),
        Graph.of(passages) if len(passages) >= GRAPH_FROM else None,
    )


def _stacked(rows: Sequence[Halves]) -> Halves:
    return np.stack(rows) if len(rows) else np.empty((0, DIMENSIONS), dtype=np.float16)

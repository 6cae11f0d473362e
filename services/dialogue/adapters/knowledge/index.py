"""The index in memory: every passage with its vectors and words, made from the rows in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.dialogue.adapters.knowledge.apart import Apart
from services.dialogue.adapters.knowledge.cutting import sentences_of
from services.dialogue.adapters.knowledge.graph import GRAPH_FROM, Graph
from services.dialogue.adapters.knowledge.lexical import WordIndex, terms_of
from services.dialogue.adapters.knowledge.store import Halves, vectors_of
from shared.encoder import DIMENSIONS, Vectors

Places = NDArray[np.intp]
EXACT = 2_000
"""Up to so many passages all are looked at closely; of more the own pages and the nearest by meaning or by words."""
NEAREST = 200
NAMED_BY = 0.5
"""A product is named by so much of its name, rare words counting more."""


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
    """Row n of `passages` belongs to entry n, and its sentences are the rows `first[n]:first[n + 1]` of `sentences`.

    Imported texts have no sentences here. `abouts` holds titles and, after each, the questions that its document
    answers; those of entry n are the rows `about_first[g]:about_first[g + 1]` where g is `about_of[n]`.
    """

    version: str
    entries: tuple[Entry, ...]
    passages: Halves
    abouts: Halves
    about_first: NDArray[np.int32]
    about_of: NDArray[np.int32]
    sentences: Halves
    first: NDArray[np.int32]
    words: WordIndex
    wholes: WordIndex
    """The words of all passages of a document under one title, and of its questions: a text for each group."""
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
        return np.array([entry.leads and entry.origin != "product" for entry in self.entries], dtype=np.float32)

    @cached_property
    def _own(self) -> Places:
        """The shop's own pages, if they are few: the questions to them may be nearer than what they say."""
        return np.flatnonzero([entry.origin == "page" for entry in self.entries])[:EXACT]

    def candidates(self, vector: Vectors, shares: Vectors) -> Places:
        """The entries worth a closer look."""
        if len(self.entries) <= EXACT:
            return np.arange(len(self.entries))
        if self.graph is not None:
            near = self.graph.nearest(vector, NEAREST)
        else:
            near = np.argpartition(-(self._passages @ vector), NEAREST)[:NEAREST]
        said = np.argpartition(-shares, NEAREST)[:NEAREST]
        return np.union1d(self._own, np.union1d(near, said[shares[said] > 0]))

    def candidate_features(self, vector: Vectors, words: Sequence[str]) -> tuple[Places, Vectors]:
        """The candidates, and the features of each."""
        shares = self.words.shares(words)
        places = self.candidates(vector, shares)
        return places, self.features(places, vector, words)

    def unnamed_products(self, places: Places, terms: frozenset[str]) -> Vectors:
        """1 for each place that tells of a product which a question of these terms does not name."""
        groups, of = np.unique(self.about_of[places], return_inverse=True)
        return np.array([not self._is_named(int(group), terms) for group in groups], dtype=np.float32)[of]

    def named_products(self, terms: frozenset[str], language: str) -> list[str]:
        """The ids of the products that a question of these terms names in a language."""
        found = {}
        for entry, group in zip(self.entries, self.about_of, strict=True):
            if entry.origin == "product" and entry.leads and entry.language == language:
                found[entry.document] = self._is_named(int(group), terms)
        return [product for product, named in found.items() if named]

    def _is_named(self, group: int, terms: frozenset[str]) -> bool:
        """Whether the group's title stands in the question for the better part; what is no product always does."""
        title = self._product_terms.get(group)
        if title is None:
            return True
        return sum(map(self.words.rarity, title & terms)) >= NAMED_BY * sum(map(self.words.rarity, title))

    @cached_property
    def _product_terms(self) -> dict[int, frozenset[str]]:
        return {
            int(group): terms_of(entry.title)
            for entry, group in zip(self.entries, self.about_of, strict=True)
            if entry.origin == "product"
        }

    def features(self, places: Places, vector: Vectors, words: Sequence[str]) -> Vectors:
        """For each place: nearness of passage, title, best question and best sentence; the share of the question's
        words that the passage holds; whether it is the first; the share that its whole document holds; how far the
        questions to its document lie behind those to the likeliest one.
        """
        few = len(places) < len(self.entries)
        nearness = (self.passages[places].astype(np.float32) if few else self._passages) @ vector
        titles, asks = self._abouts(places, vector)
        best = self._best_sentences(places, vector, nearness)
        shares, wholes = self.words.shares(words)[places], self.wholes.shares(words)[self.about_of[places]]
        behind = self._behind(places, vector)
        return np.stack([nearness, titles, asks, best, shares, self._leads[places], wholes, behind], axis=1)

    def _behind(self, places: Places, vector: Vectors) -> Vectors:
        """`Apart.behind` of each place's document, 0 for one that is not told apart."""
        known = self._apart.behind(vector) if self._apart is not None else np.zeros(0, dtype=np.float32)
        return np.append(known, np.float32(0)).astype(np.float32)[self._apart_of[places]]

    @cached_property
    def _apart(self) -> Apart | None:
        firsts = self.about_first
        asked = {
            e.document: g for e, g in zip(self.entries, self.about_of, strict=True) if firsts[g + 1] > firsts[g] + 1
        }
        return Apart.of({document: self.abouts[firsts[g] + 1 : firsts[g + 1]] for document, g in asked.items()})

    @cached_property
    def _apart_of(self) -> Places:
        """The place of each entry's document among those told apart, -1 for none."""
        known = self._apart.places if self._apart is not None else {}
        return np.array([known.get(entry.document, -1) for entry in self.entries], dtype=np.intp)

    def sentence_nearness(self, place: int, vector: Vectors) -> Vectors | None:
        """How near each sentence of the entry is, where sentences were embedded."""
        rows = slice(self.first[place], self.first[place + 1])
        return self._sentences[rows] @ vector if rows.stop > rows.start else None

    def _abouts(self, places: Places, vector: Vectors) -> tuple[Vectors, Vectors]:
        """Nearness of each place's title, and of the nearest question to its document: 0 where it has none."""
        groups, of = np.unique(self.about_of[places], return_inverse=True)
        lengths = self.about_first[groups + 1] - self.about_first[groups]
        starts = np.cumsum(lengths) - lengths
        rows = np.arange(int(lengths.sum())) + np.repeat(self.about_first[groups] - starts, lengths)
        near = self.abouts[rows].astype(np.float32) @ vector
        titles = near[starts]
        asks = np.where(lengths > 1, _best_after_first(near, starts), np.float32(0))
        return titles[of], asks[of]

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
    passages = _stacked([rows_[0] for rows_ in vectors])
    abouts, about_first, about_of = _abouts_of(rows, vectors)
    sentences = [found[2 + row.asks :] for row, found in zip(rows, vectors, strict=True)]
    return Index(
        version,
        entries,
        passages,
        abouts,
        about_first,
        about_of,
        _stacked([row for some in sentences for row in some]),
        np.cumsum([0, *map(len, sentences)]).astype(np.int32),
        WordIndex.of([row.words for row in rows]),
        WordIndex.of_sets(_words_of_groups(rows, about_of)),
        Graph.of(passages) if len(passages) >= GRAPH_FROM else None,
    )


def _abouts_of(rows: Sequence[Any], vectors: Sequence[Halves]) -> tuple[Halves, NDArray[np.int32], NDArray[np.int32]]:
    """Titles with the questions of their documents, one group for each title of a document."""
    groups: dict[tuple[str, str, str], int] = {}
    kept: list[Halves] = []
    of = []
    for row, found in zip(rows, vectors, strict=True):
        group = groups.setdefault((row.document, row.language, row.title), len(groups))
        of.append(group)
        if group == len(kept):
            kept.append(found[1 : 2 + row.asks])
    first = np.cumsum([0, *map(len, kept)]).astype(np.int32)
    return _stacked([about for some in kept for about in some]), first, np.array(of, dtype=np.int32)


def _words_of_groups(rows: Sequence[Any], groups: NDArray[np.int32]) -> list[frozenset[str]]:
    words: dict[int, set[str]] = {}
    for row, group in zip(rows, groups, strict=True):
        words.setdefault(int(group), set()).update(row.words)
    return [frozenset(words[group]) for group in range(len(words))]


def _best_after_first(near: Vectors, starts: Places) -> Vectors:
    """For each group the best of its rows but the first."""
    rest = near.copy()
    rest[starts] = -1
    best: Vectors = np.maximum.reduceat(rest, starts) if len(starts) else rest
    return best


def _stacked(rows: Sequence[Halves]) -> Halves:
    return np.stack(rows) if len(rows) else np.empty((0, DIMENSIONS), dtype=np.float16)

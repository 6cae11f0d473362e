"""Search by words: BM25 over Chinese segmented by jieba and in pairs of characters, and English without its endings."""

import logging
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import bm25s
import jieba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Places = NDArray[np.int32]
LEXICON = 3
"""Counts the ways of finding words."""
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]+")
ENDING = re.compile(r"(?:'s|ies|ing|ed|es|s|e|y)$")


class Tokenizer:
    """Cuts texts into words. `folder` keeps jieba's prepared dictionary."""

    def __init__(self, folder: Path) -> None:
        jieba.setLogLevel(logging.WARNING)
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        folder.mkdir(parents=True, exist_ok=True)
        self._jieba = jieba.Tokenizer()
        self._jieba.tmp_dir = str(folder)
        self._jieba.initialize()
        self._stop = frozenset(
            files("services.dialogue.adapters.knowledge").joinpath("stop_words.txt").read_text("utf-8").split()
        )

    def words(self, text: str) -> list[str]:
        """The words that count, folded so that their forms meet; of Chinese every word that may be meant, and pairs."""
        found: list[str] = []
        for run in WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
            found += self._chinese(run) if not run[0].isascii() else [run]
        return [_stem(word) for word in found if word not in self._stop]

    def terms(self, text: str) -> frozenset[str]:
        """Words of Latin script and pairs of Chinese characters: what two sentences may share to the letter."""
        return terms_of(text, self._stop)

    def _chinese(self, run: str) -> list[str]:
        return [*self._jieba.cut(run, cut_all=True), *(f"{a}{b}" for a, b in pairwise(run))]


@dataclass(frozen=True)
class WordIndex:
    """BM25 over texts already cut into words: for each word the texts that hold it, and how much it counts there."""

    place: dict[str, int]
    starts: Places
    texts: Places
    weights: Floats
    best: Floats
    """The highest weight of each word: what it can bring at most."""
    size: int

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> "WordIndex":
        """The index of these texts."""
        if not any(texts):
            nothing = np.zeros(0, dtype=np.float32)
            return cls({}, np.zeros(1, np.int32), np.zeros(0, np.int32), nothing, nothing, len(texts))
        index = bm25s.BM25(method="lucene")
        index.index([list(text) or [""] for text in texts], show_progress=False)
        starts = np.asarray(index.scores["indptr"], dtype=np.int32)
        weights = np.asarray(index.scores["data"], dtype=np.float32)
        found = np.asarray(index.scores["indices"], dtype=np.int32)
        best = np.maximum.reduceat(np.append(weights, np.float32(0)), starts[:-1])
        return cls(dict(index.vocab_dict), starts, found, weights, best.astype(np.float32), len(texts))

    @classmethod
    def of_sets(cls, texts: Sequence[frozenset[str]]) -> "WordIndex":
        """An index for which it only counts whether a text holds a word, not how often or how long it is."""
        holders: dict[str, list[int]] = {}
        for number, words in enumerate(texts):
            for word in words:
                holders.setdefault(word, []).append(number)
        place = {word: number for number, word in enumerate(holders)}
        counts = np.array([len(found) for found in holders.values()], dtype=np.int64)
        best = np.log(1 + (len(texts) - counts + 0.5) / (counts + 0.5)).astype(np.float32)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        found = np.fromiter((number for some in holders.values() for number in some), np.int32, int(counts.sum()))
        return cls(place, starts, found, np.repeat(best, counts), best, len(texts))

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a word, as BM25 counts it; highest for one that no text holds."""
        place = self.place.get(word)
        holding = 0 if place is None else int(self.starts[place + 1] - self.starts[place])
        return math.log(1 + (self.size - holding + 0.5) / (holding + 0.5))

    def shares(self, words: Sequence[str]) -> Floats:
        """For each text how much of the question's words it holds, rare ones counting more: 0..1."""
        known = sorted({self.place[word] for word in words if word in self.place})
        strangers = len({word for word in words if word not in self.place})
        rare = float(self.best.max()) if len(self.best) else 1.0
        attainable = float(self.best[known].sum()) + strangers * rare
        scores = np.zeros(self.size, dtype=np.float32)
        if attainable == 0:
            return scores
        for word in known:
            at = slice(self.starts[word], self.starts[word + 1])
            scores[self.texts[at]] += self.weights[at]
        scores /= np.float32(attainable)
        return scores


def terms_of(text: str, stop: frozenset[str] = frozenset()) -> frozenset[str]:
    """Stems of Latin words and pairs of Chinese characters, without those in `stop`."""
    found: list[str] = []
    for run in WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        found += [run] if run[0].isascii() or len(run) == 1 else [f"{a}{b}" for a, b in pairwise(run)]
    return frozenset(_stem(word) for word in found if word not in stop)


def _stem(word: str) -> str:
    return ENDING.sub("", word) if word.isascii() and len(word) > 3 else word

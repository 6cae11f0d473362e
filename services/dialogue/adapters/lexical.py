"""Search by words: BM25 over Chinese segmented by jieba and English without its endings."""

import logging
import re
import unicodedata
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import bm25s
import jieba
import numpy as np
from numpy.typing import NDArray

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
            files("services.dialogue.adapters").joinpath("stop_words.txt").read_text("utf-8").split()
        )

    def words(self, text: str) -> list[str]:
        """The words that count, folded so that their forms meet; of Chinese every word that may be meant."""
        found: list[str] = []
        for run in WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
            found += self._jieba.cut(run, cut_all=True) if not run[0].isascii() else [run]
        return [_stem(word) for word in found if word not in self._stop]


class WordIndex:
    """BM25 over texts already cut into words."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._size = len(texts)
        vocabulary = sorted({word for text in texts for word in text})
        self._place = {word: place for place, word in enumerate(vocabulary)}
        self._scores = np.zeros((len(vocabulary), len(texts)), dtype=np.float32)
        if vocabulary:
            index = bm25s.BM25(method="lucene")
            index.index([list(text) or [""] for text in texts], show_progress=False)
            for word, place in self._place.items():
                self._scores[place] = index.get_scores([word])
        self._best = self._scores.max(axis=1) if vocabulary else np.zeros(0, dtype=np.float32)
        self._rare = float(self._best.max()) if vocabulary else 1.0

    def shares(self, words: Sequence[str]) -> NDArray[np.float32]:
        """For each text how much of the question's words it holds, rare ones counting more: 0..1."""
        known = sorted({self._place[word] for word in words if word in self._place})
        strangers = len({word for word in words if word not in self._place})
        attainable = float(self._best[known].sum()) + strangers * self._rare
        if attainable == 0:
            return np.zeros(self._size, dtype=np.float32)
        shares: NDArray[np.float32] = self._scores[known].sum(axis=0) / attainable
        return shares


def _stem(word: str) -> str:
    return ENDING.sub("", word) if word.isascii() and len(word) > 3 else word

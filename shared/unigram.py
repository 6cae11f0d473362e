"""The encoder's tokenizer: the likeliest pieces of a text by a unigram model (Kudo 2018, "Subword Regularization").

The `tokenizers` library makes the same ids, see `shared.e5_tokenizer`, but needs 250 MB of memory for a vocabulary of
this size and brings a client of a model hub along; this takes a tenth of that.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import lru_cache

from shared.e5_weights import Vocabulary

BLANK = "▁"
"""Stands for a blank in pieces; each word begins with one."""
MAX_TOKENS = 512
CACHED_WORDS = 8_192
CACHED_LENGTH = 20
WORD = re.compile(f"{BLANK}[^{BLANK}]*")
MANY_BLANKS = re.compile(" {2,}")


class Unigram:
    """Texts to ids. Words that were seen lately cost nothing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        special = {vocabulary.start, vocabulary.end, vocabulary.padding, vocabulary.unknown}
        # A text that spells a special piece out must not get its id.
        self._ids = {piece: at for at, piece in enumerate(vocabulary.pieces) if at not in special and piece != "<mask>"}
        # An array of floats, not a list of them: a tenth of the memory.
        self._scores = array("f", vocabulary.scores.tobytes())
        self._longest = max(map(len, self._ids))
        self._unknown, self._unknown_score = vocabulary.unknown, float(vocabulary.scores.min()) - 10
        self._start, self._end = vocabulary.start, vocabulary.end
        self._characters = str.maketrans({**vocabulary.characters, "\0": " "})
        self._remembered = lru_cache(CACHED_WORDS)(self._pieces)

    def ids(self, text: str) -> list[int]:
        """The ids of the text's pieces between start and end, MAX_TOKENS at most."""
        found = [piece for word in self._words(text) for piece in self._word(word)]
        return [self._start, *found[: MAX_TOKENS - 2], self._end]

    def _words(self, text: str) -> Iterator[str]:
        normal = MANY_BLANKS.sub(" ", unicodedata.normalize("NFKC", text).translate(self._characters))
        spaced = normal if normal.startswith(" ") else " " + normal
        return (match.group() for match in WORD.finditer(spaced.replace(" ", BLANK)))

    def _word(self, word: str) -> list[int]:
        return self._remembered(word) if len(word) <= CACHED_LENGTH else self._pieces(word)

    def _pieces(self, word: str) -> list[int]:
        """The way through the word whose pieces' scores have the largest sum; unknown neighbours count as one."""
        size = len(word)
        best, back = [0.0] + [float("-inf")] * size, [(0, self._unknown)] * (size + 1)
        for start in range(size):
            so_far = best[start]
            for end, piece, score in self._from(word, start):
                if so_far + score > best[end]:
                    best[end], back[end] = so_far + score, (start, piece)
        return self._way_back(back, size)

    def _from(self, word: str, start: int) -> Iterator[tuple[int, int, float]]:
        ids, scores = self._ids, self._scores
        if word[start] not in ids:
            yield start + 1, self._unknown, self._unknown_score
        for end in range(start + 1, min(len(word), start + self._longest) + 1):
            if (piece := ids.get(word[start:end])) is not None:
                yield end, piece, scores[piece]

    def _way_back(self, back: list[tuple[int, int]], at: int) -> list[int]:
        pieces: list[int] = []
        while at > 0:
            at, piece = back[at]
            if not pieces or piece != self._unknown or pieces[-1] != piece:
                pieces.append(piece)
        return pieces[::-1]

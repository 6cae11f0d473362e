"""What earlier questions, of which is known what answers them, say of a new one.

A linear layer knows subjects; whether a page tells just this is known by the questions that lie beside the new one, and
by words that nobody has used who asked for the page.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.dialogue.adapters.knowledge.questions import Question
from shared.encoder import Vectors
from shared.shop.asked import is_nothing

NEAR = 0.015
"""How much farther a question lies whose voice counts less by the factor e, in cosine."""
NEAR_IN_ANY = 0.045
"""The same, once what all questions of a language have in common is taken away: what is left lies wider apart."""
SILENT = -12.0
"""The logarithm of what is as good as no voice."""
TINY = 1e-12
"""A question that is nothing but its language lies this far from its middle at least."""


@dataclass(frozen=True)
class Voices:
    """By class the logarithm of its share of the voices; `nothing` is that of all that nothing answers."""

    shares: Mapping[str, float]
    nothing: float

    def share(self, name: str) -> float:
        """What is said of a class."""
        return self.shares.get(name, SILENT)


@dataclass(frozen=True)
class Evidence:
    """What earlier questions say: those that lie near, those that do in whatever language, and words never used.

    `unheard` is by class the share of the question's words that no earlier one of the class has, rare ones counting
    more.
    """

    near: Voices
    in_any: Voices
    unheard: Mapping[str, float]

    def new(self, name: str) -> float:
        """How much of the question a class has never heard."""
        return self.unheard.get(name, 1.0)


@dataclass(frozen=True)
class Middles:
    """The middle of a language's vectors: what all its questions have in common, and that is mostly the language."""

    languages: tuple[str, ...]
    rows: Vectors

    @classmethod
    def of(cls, languages: Sequence[str], vectors: Vectors) -> "Middles":
        """`languages` has one for each vector."""
        known, of = np.unique(languages, return_inverse=True)
        return cls(tuple(map(str, known)), np.stack([vectors[of == at].mean(axis=0) for at in range(len(known))]))

    def place(self, language: str) -> int:
        """The row of a language; of another one than those that are known, the first."""
        return self.languages.index(language) if language in self.languages else 0


@dataclass(frozen=True)
class AskedBefore:
    """Earlier questions, those of a class beside each other: row n of `vectors` is of class m for starts[m] <= n.

    `spoken` has for each the row of its language's middle, and `apart` how far from that it lies.
    """

    classes: tuple[str, ...]
    starts: NDArray[np.intp]
    vectors: Vectors
    middles: Middles
    spoken: NDArray[np.intp]
    apart: Vectors
    words: Mapping[str, Collection[str]]
    rarity: Mapping[str, float]
    rarest: float

    @classmethod
    def of(cls, questions: Sequence[Question], vectors: Vectors, words: Callable[[str], list[str]]) -> "AskedBefore":
        """`vectors` has a row for each question; `words` cuts a text."""
        order = sorted(range(len(questions)), key=lambda at: questions[at].wanted)
        classes, starts = np.unique([questions[at].wanted for at in order], return_index=True)
        languages, rows = [questions[at].language for at in order], vectors[order]
        middles = Middles.of(languages, rows)
        spoken = np.array([middles.place(language) for language in languages])
        apart = np.linalg.norm(rows - middles.rows[spoken], axis=1)
        names = tuple(map(str, classes))
        return cls(names, starts, rows, middles, spoken, apart, *_words_of(questions, words))

    def evidence(self, vector: Vectors, words: Collection[str], language: str) -> Evidence:
        """What they say of a question with this vector and these words, in this language."""
        rest = vector - self.middles.rows[self.middles.place(language)]
        near, rests = self.vectors @ vector, self.vectors @ rest - (self.middles.rows @ rest)[self.spoken]
        in_any = rests / np.maximum(self.apart * np.linalg.norm(rest), TINY)
        return Evidence(self._voices(near, NEAR), self._voices(in_any, NEAR_IN_ANY), self._unheard(words))

    def _voices(self, cosines: Vectors, width: float) -> Voices:
        by_class = np.add.reduceat(np.exp((cosines - 1) / width, dtype=np.float64), self.starts)
        shares = by_class / max(by_class.sum(), 1e-300)
        nothing = shares[[is_nothing(name) for name in self.classes]].sum()
        least = np.exp(SILENT)
        logs = np.log(np.maximum(shares, least))
        return Voices(dict(zip(self.classes, logs.tolist(), strict=True)), float(np.log(max(nothing, least))))

    def _unheard(self, words: Collection[str]) -> dict[str, float]:
        weights = {word: self.rarity.get(word, self.rarest) for word in words}
        whole = sum(weights.values()) or 1.0
        return {
            name: sum(weight for word, weight in weights.items() if word not in heard) / whole
            for name, heard in self.words.items()
            if not is_nothing(name)
        }


def _words_of(
    questions: Sequence[Question], words: Callable[[str], list[str]]
) -> tuple[dict[str, set[str]], dict[str, float], float]:
    """The words of each class; how rare each is; and how rare one is that no question has."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    holders: Counter[str] = Counter()
    for one in questions:
        said = frozenset(words(one.text))
        found[one.wanted] |= said
        holders.update(said)
    rarity = {word: float(np.log((len(questions) + 1) / (count + 0.5))) for word, count in holders.items()}
    return dict(found), rarity, float(np.log(2 * (len(questions) + 1)))

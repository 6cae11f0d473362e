"""What earlier questions, of which is known what answers them, say of a new one.

A linear layer knows subjects; whether a page tells just this is known by the questions that lie beside the new one, and
by words that nobody has used who asked for the page.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.dialogue.adapters.knowledge.questions import Question
from shared.encoder import Vectors
from shared.shop.asked import is_nothing

NEAR = 0.015
"""How much farther a question lies whose voice counts less by the factor e, in cosine."""
SILENT = -12.0
"""The logarithm of what is as good as no voice."""


@dataclass(frozen=True)
class Evidence:
    """What earlier questions say: by class the logarithm of its share of their voices, and the share of new words.

    `nothing` is the logarithm of the share of all that nothing answers. New words are those of the question that no
    earlier one of the class has, rare ones counting more.
    """

    votes: Mapping[str, float]
    unheard: Mapping[str, float]
    nothing: float

    def vote(self, name: str) -> float:
        """What is said of a class."""
        return self.votes.get(name, SILENT)

    def new(self, name: str) -> float:
        """How much of the question a class has never heard."""
        return self.unheard.get(name, 1.0)


@dataclass(frozen=True)
class AskedBefore:
    """Earlier questions, those of a class beside each other: row n of `vectors` is of class m for starts[m] <= n."""

    classes: tuple[str, ...]
    starts: NDArray[np.intp]
    vectors: Vectors
    words: Mapping[str, Collection[str]]
    rarity: Mapping[str, float]
    rarest: float

    @classmethod
    def of(cls, questions: Sequence[Question], vectors: Vectors, words: Callable[[str], list[str]]) -> "AskedBefore":
        """`vectors` has a row for each question; `words` cuts a text."""
        order = sorted(range(len(questions)), key=lambda at: questions[at].wanted)
        classes, starts = np.unique([questions[at].wanted for at in order], return_index=True)
        found: dict[str, set[str]] = {str(name): set() for name in classes}
        holders: Counter[str] = Counter()
        for one in questions:
            said = frozenset(words(one.text))
            found[one.wanted] |= said
            holders.update(said)
        rarity = {word: float(np.log((len(questions) + 1) / (count + 0.5))) for word, count in holders.items()}
        rarest = float(np.log(2 * (len(questions) + 1)))
        return cls(tuple(map(str, classes)), starts, vectors[order], found, rarity, rarest)

    def evidence(self, vector: Vectors, words: Collection[str]) -> Evidence:
        """What they say of a question with this vector and these words."""
        voices = np.exp((self.vectors @ vector - 1) / NEAR, dtype=np.float64)
        by_class = np.add.reduceat(voices, self.starts)
        shares = np.log(np.maximum(by_class / max(by_class.sum(), 1e-300), np.exp(SILENT)))
        nothing = sum(by_class[[is_nothing(name) for name in self.classes]]) / max(by_class.sum(), 1e-300)
        weights = {word: self.rarity.get(word, self.rarest) for word in words}
        whole = sum(weights.values()) or 1.0
        unheard = {
            name: sum(weight for word, weight in weights.items() if word not in heard) / whole
            for name, heard in self.words.items()
            if not is_nothing(name)
        }
        votes = dict(zip(self.classes, shares.tolist(), strict=True))
        return Evidence(votes, unheard, float(np.log(max(nothing, np.exp(SILENT)))))

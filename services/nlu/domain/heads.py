"""The fitted heads: from a text and its vector to calibrated probabilities of intents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from services.nlu.domain.doubt import Doubt
from services.nlu.domain.features import word_features
from services.nlu.domain.text import match_text

OUT_OF_SCOPE = "out_of_scope"
LIKELY = 0.005
"""Less likely intents are not told of, but for the second."""
Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Guess:
    """What a text probably asks for. `ranked` holds the intents in scope that are not unlikely, the likeliest first."""

    intent: str
    confidence: float
    ranked: tuple[tuple[str, float], ...]

    def alternatives(self, most: int = 3) -> tuple[tuple[str, float], ...]:
        """The likeliest other intents, without those that are hardly possible."""
        return tuple((name, p) for name, p in self.ranked if name != self.intent and p >= 0.01)[:most]


@dataclass(frozen=True)
class Heads:
    """A linear layer over the frozen encoder and over words; below `threshold` a text counts as out of scope.

    `weights` has a row for each intent and a column for each dimension, `words` one for each bucket; it lies in memory
    bucket by bucket, since a text has few of them. Where there is a `doubt`, it and not the class of out-of-scope
    examples says how probable it is that a text is in scope.
    """

    intents: tuple[str, ...]
    weights: Numbers
    words: Numbers
    bias: Numbers
    threshold: float
    doubt: Doubt | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", np.asfortranarray(self.words))

    def guesses(self, texts: Sequence[str], vectors: Numbers) -> list[Guess]:
        """One guess for each text; `vectors` has a row for each."""
        return self.judged(self.of_words(texts), vectors)

    def of_words(self, texts: Sequence[str]) -> Numbers:
        """What the words alone add to the scores: a row for each text, a column for each intent."""
        scores = np.empty((len(texts), len(self.intents)), dtype=np.float32)
        for row, text in enumerate(texts):
            buckets, values = word_features(match_text(text).text)
            scores[row] = values @ self.words.T[buckets]
        return scores

    def judged(self, of_words: Numbers, vectors: Numbers) -> list[Guess]:
        """One guess for each row of both."""
        scores = vectors @ self.weights.T + self.bias + of_words
        distances = None if self.doubt is None else self.doubt.space.distance(vectors)
        shares = shares_of(scores, distances, self.intents, self.doubt)
        return [guess_of(row, self.intents, self.threshold) for row in shares]


def shares_of(scores: Numbers, distances: Numbers | None, intents: Sequence[str], doubt: Doubt | None) -> Numbers:
    """The probability of each intent. With a `doubt`, what is lacking to one is that of being out of scope."""
    shares = softmax(scores)
    if doubt is None or distances is None:
        return shares
    outside = intents.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in intents else None
    sure = doubt.in_scope(scores, distances, outside)
    if outside is not None:
        shares[:, outside] = 0
    weighed: Numbers = shares * (sure / np.maximum(shares.sum(axis=1), 1e-12))[:, None]
    return weighed


def guess_of(shares: NDArray[Any], intents: Sequence[str], threshold: float) -> Guess:
    """The guess that probabilities, one for each intent, give."""
    places = np.argsort(-shares, kind="stable")
    likely = places[: max(2, int((shares >= LIKELY).sum()))]
    order = [(intents[at], round(share, 4)) for at, share in zip(likely.tolist(), shares[likely].tolist(), strict=True)]
    ranked = tuple(pair for pair in order if pair[0] != OUT_OF_SCOPE)
    best, confidence = order[0]
    if best == OUT_OF_SCOPE or confidence < threshold:
        return Guess(OUT_OF_SCOPE, round(1 - (ranked[0][1] if ranked else 0.0), 4), ranked)
    return Guess(best, confidence, ranked)


F = TypeVar("F", np.float32, np.float64)


def softmax(scores: NDArray[F]) -> NDArray[F]:
    """Each row as shares of one."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[F] = raised / raised.sum(axis=1, keepdims=True)
    return shares

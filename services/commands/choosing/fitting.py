"""Fits the heads of a model of pages, and measures them on questions that nothing was fitted to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from services.dialogue.adapters.knowledge.choosing import PageHeads
from services.dialogue.adapters.knowledge.questions import Question
from shared.encoder import Vectors
from shared.shop.asked import NOTHING, is_nothing

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
TEMPERATURES = np.geomspace(0.3, 5.0, 40)
NOTHING_FROM = 0.5
"""A question is taken for one that nothing answers from so probable on, in the figures alone."""
Labels = NDArray[np.int64]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """Questions with a vector for each."""

    questions: Sequence[Question]
    vectors: Vectors


@dataclass(frozen=True)
class Fit:
    """Heads with the strength and the temperature that held-out questions are best understood with."""

    heads: PageHeads
    strength: float
    temperature: float
    figures: dict[str, Any]


def fit_heads(learned: Labelled, held: Labelled) -> Fit:
    """Multinomial logistic regression over `learned`. The same input gives the same heads."""
    classes = tuple(sorted({one.wanted for one in learned.questions}))
    places = {name: place for place, name in enumerate(classes)}
    y = np.array([places[one.wanted] for one in learned.questions])
    judge = Judge.of(classes, [one.wanted for one in held.questions])
    # The matrices are small: on two cores, threads that wait for each other cost more than they bring.
    with threadpool_limits(limits=1):
        tries = [(strength, _regression(learned.vectors, y, strength)) for strength in STRENGTHS]
    temperatures = [judge.temperature(_scores(of, held.vectors)) for _, of in tries]
    losses = [judge.loss(_scores(of, held.vectors) / t) for (_, of), t in zip(tries, temperatures, strict=True)]
    best = int(np.argmin(losses))
    (strength, found), temperature = tries[best], temperatures[best]
    weights, bias, middle = found
    heads = PageHeads(
        classes, *(np.asarray(part, np.float32) for part in (weights / temperature, bias / temperature, middle))
    )
    return Fit(heads, strength, temperature, figures_of(heads, held) | {"loss": round(losses[best], 4)})


def _regression(vectors: Vectors, y: Labels, strength: float) -> tuple[Scores, Scores, Vectors]:
    """Weights, biases, and the middle that is taken off first."""
    middle: Vectors = vectors.mean(axis=0)
    scale = float((vectors - middle).std()) or 1.0
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3).fit((vectors - middle) / scale, y)
    return model.coef_ / scale, model.intercept_, middle


def _scores(of: tuple[Scores, Scores, Vectors], vectors: Vectors) -> Scores:
    weights, bias, middle = of
    found: Scores = (vectors - middle) @ weights.T + bias
    return found


@dataclass(frozen=True)
class Judge:
    """Judges scores of held-out questions. That nothing answers is one answer, whatever subject was missed.

    `first` has the place of the first column of each answer, columns being taken in the order `columns`; `right` is
    the place of each question's answer.
    """

    columns: Labels
    first: Labels
    right: Labels

    @classmethod
    def of(cls, classes: Sequence[str], wanted: Sequence[str]) -> "Judge":
        """The judge of scores with a column for each class and a row for each that is wanted."""
        answers = [_answer(name) for name in classes]
        columns = sorted(range(len(classes)), key=answers.__getitem__)
        names, first = np.unique([answers[at] for at in columns], return_index=True)
        return cls(np.array(columns), first, np.searchsorted(names, [_answer(name) for name in wanted]))

    def loss(self, scores: Scores) -> float:
        """The mean surprise at what is right."""
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        sums = np.add.reduceat(raised[:, self.columns], self.first, axis=1)
        return float(np.log(raised.sum(axis=1) / sums[np.arange(len(sums)), self.right]).mean())

    def temperature(self, scores: Scores) -> float:
        """The divisor of the scores that makes the probabilities of held-out questions true."""
        return float(min(TEMPERATURES, key=lambda t: self.loss(scores / t)))


def _answer(wanted: str) -> str:
    return NOTHING if is_nothing(wanted) else wanted


def figures_of(heads: PageHeads, held: Labelled) -> dict[str, Any]:
    """Shares of held-out questions: right, by language; of what nothing answers caught, and of the others refused."""
    shares = heads.shares(held.vectors)
    wanted = np.array([_answer(one.wanted) for one in held.questions])
    language = np.array([one.language for one in held.questions])
    right = np.array([_answer(name) for name in heads.classes])[shares.argmax(axis=1)] == wanted
    refused = shares[:, [is_nothing(name) for name in heads.classes]].sum(axis=1) >= NOTHING_FROM
    inside = wanted != NOTHING
    found = {
        "accuracy": right,
        **{f"accuracy_{name}": right[language == name] for name in sorted(set(language))},
        "page_accuracy": right[inside],
        "nothing_caught": refused[~inside],
        "wrong_refusals": refused[inside],
    }
    return {name: round(float(rows.mean()), 4) for name, rows in found.items() if len(rows)}

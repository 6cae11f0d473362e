"""Fits the heads to examples: seconds on two cores, no GPU."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from services.nlu.adapters.examples import Example
from services.nlu.domain.features import BUCKETS, word_features
from services.nlu.domain.heads import OUT_OF_SCOPE, Guess, Heads, Numbers, guess_of, softmax
from services.nlu.domain.measures import Judged, summary
from services.nlu.domain.text import match_text
from shared.errors import ConfigError

STRENGTH = 0.05
FOLDS = 3
TEMPERATURES = np.geomspace(0.2, 3.0, 40)
REFUSED_AT_MOST = 0.005
"""The share of in-scope examples, understood correctly otherwise, that the threshold may turn away."""
CURVE = (0.125, 0.25, 0.5, 1.0)
Labels = NDArray[np.int64]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """Examples with a vector for each."""

    examples: Sequence[Example]
    vectors: Numbers


@dataclass(frozen=True)
class Fit:
    """Fitted heads, and how well examples that they were not fitted to are understood.

    These are the validation examples, or without any the training examples by cross-validation.
    """

    heads: Heads
    temperature: float
    judged: list[Judged]
    curve: list[tuple[int, float]]

    @property
    def figures(self) -> dict[str, Any]:
        """The main figures, and the accuracy of each language."""
        languages = sorted({row.language for row in self.judged})
        accuracy = {
            f"accuracy_{name}": summary([row for row in self.judged if row.language == name], entities=False)[
                "accuracy"
            ]
            for name in languages
        }
        return summary(self.judged, entities=False) | accuracy


@dataclass(frozen=True)
class _Task:
    x: csr_matrix
    y: Labels
    names: tuple[str, ...]
    folds: Labels


def fit_heads(train: Labelled, validation: Labelled | None = None, *, seed: int = 0, curve: bool = False) -> Fit:
    """The same input and seed give the same heads. `curve` also measures what fewer examples would give.

    Temperature and threshold are chosen on `validation`, or by cross-validation. Raises ConfigError where validation
    has intents that the training examples lack.
    """
    # The matrices are small: on two cores, threads that wait for each other cost more than they bring.
    with threadpool_limits(limits=1):
        return _fit(train, validation, seed, curve=curve)


def _fit(train: Labelled, validation: Labelled | None, seed: int, *, curve: bool) -> Fit:
    names = tuple(sorted({example.intent for example in train.examples}))
    centre = train.vectors.mean(axis=0)
    scale = float((train.vectors - centre).std()) or 1.0
    x = _columns(train, centre, scale)
    y = _labels(train.examples, names)
    task = _Task(x, y, names, deal(y, seed))
    weights, words, bias = _coefficients(task.x, task.y, len(names), train.vectors.shape[1])
    if validation is None:
        held, scores = train.examples, _held_out_scores(task)
    else:
        held, scores = validation.examples, _scores(_columns(validation, centre, scale), weights, words, bias)
    gold = _labels(held, names)
    temperature = _temperature(scores, gold)
    shares = softmax(scores / temperature)
    heads = Heads(
        names,
        _single(weights / scale / temperature),
        _single(words / temperature),
        _single((bias - (weights / scale) @ centre) / temperature),
        _threshold(shares, gold, names),
    )
    judged = [judge(e, guess_of(row, names, heads.threshold)) for e, row in zip(held, shares, strict=True)]
    return Fit(heads, temperature, judged, _curve(task, seed) if curve else [])


def with_threshold(heads: Heads, threshold: float | None) -> Heads:
    """The heads with another threshold, or as they are for None."""
    return heads if threshold is None else replace(heads, threshold=threshold)


def judge(example: Example, guess: Guess) -> Judged:
    """A guess beside what is right; mentions are left out."""
    best = guess.ranked[0][0] if guess.ranked else guess.intent
    return Judged(example.intent, guess.intent, best, guess.confidence, example.language)


def _labels(examples: Sequence[Example], names: tuple[str, ...]) -> Labels:
    places = {name: place for place, name in enumerate(names)}
    if unknown := sorted({example.intent for example in examples} - places.keys()):
        raise ConfigError(f"the validation data has intents that the training data lacks: {', '.join(unknown)}")
    return np.array([places[example.intent] for example in examples], dtype=np.int64)


def _columns(rows: Labelled, centre: Numbers, scale: float) -> csr_matrix:
    return hstack([csr_matrix((rows.vectors - centre) / scale), _words(rows.examples)]).tocsr()


def _words(examples: Sequence[Example]) -> csr_matrix:
    rows = [word_features(match_text(example.text).text) for example in examples]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    buckets = np.concatenate([buckets for buckets, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, buckets, starts), shape=(len(rows), BUCKETS))


def _single(numbers: Scores) -> Numbers:
    return numbers.astype(np.float32)


def _coefficients(x: csr_matrix, y: Labels, intents: int, dimensions: int) -> tuple[Scores, Scores, Scores]:
    """Weights of the vector's dimensions and of the words, and biases: a row for each intent, also where y has two."""
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=200, tol=1e-3).fit(x, y)
    coefficients, bias = model.coef_, model.intercept_
    if intents == 2:
        # Of two intents the model scores the second against the first.
        coefficients, bias = np.vstack([0 * coefficients, coefficients]), np.array([0.0, bias[0]])
    weights, words = np.split(coefficients, [dimensions], axis=1)
    return weights, words, bias


def _scores(x: csr_matrix, weights: Scores, words: Scores, bias: Scores) -> Scores:
    scores: Scores = x @ np.hstack([weights, words]).T + bias
    return scores


def deal(y: Labels, seed: int, folds: int = FOLDS) -> Labels:
    """The fold of each example: those of an intent are dealt out in turn, so that two never share one fold alone."""
    chance = np.random.default_rng(seed)
    dealt = np.empty(len(y), dtype=np.int64)
    for label in np.unique(y):
        places = chance.permutation(np.flatnonzero(y == label))
        dealt[places] = (np.arange(len(places)) + label) % folds
    return dealt


def _held_out_scores(task: _Task) -> Scores:
    scores = np.zeros((len(task.y), len(task.names)))
    for fold in np.unique(task.folds):
        inside, outside = task.folds != fold, task.folds == fold
        scores[outside] = _scores(task.x[outside], *_part(task, np.flatnonzero(inside)))
    return scores


def _part(task: _Task, rows: Labels) -> tuple[Scores, Scores, Scores]:
    return _coefficients(task.x[rows], task.y[rows], len(task.names), task.x.shape[1] - BUCKETS)


def _curve(task: _Task, seed: int) -> list[tuple[int, float]]:
    """How often a fold is understood by heads fitted to a growing share of the others: examples, accuracy in scope."""
    pool, held = np.flatnonzero(task.folds != 0), np.flatnonzero(task.folds == 0)
    held = held[_in_scope(task.y[held], task.names)]
    order = np.random.default_rng(seed).permutation(pool)
    points = []
    for share in CURVE:
        rows = order[: round(share * len(order))]
        missing = np.setdiff1d(task.y[pool], task.y[rows])
        # Every intent keeps one example, or its column would be lost.
        rows = np.concatenate([rows, [pool[task.y[pool] == label][0] for label in missing]]).astype(np.int64)
        right = _scores(task.x[held], *_part(task, rows)).argmax(axis=1) == task.y[held]
        points.append((len(rows), round(float(right.mean()), 4)))
    return points


def _in_scope(y: Labels, names: tuple[str, ...]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = np.array([name != OUT_OF_SCOPE for name in names])[y]
    return inside


def _temperature(scores: Scores, y: Labels) -> float:
    """The divisor of the scores that makes the probabilities of held-out examples true."""
    losses = [-np.log(softmax(scores / t)[np.arange(len(y)), y] + 1e-12).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _threshold(shares: Scores, y: Labels, names: tuple[str, ...]) -> float:
    right = shares.argmax(axis=1) == y
    known = shares.max(axis=1)[right & _in_scope(y, names)]
    return float(np.clip(np.quantile(known, REFUSED_AT_MOST), 0.1, 0.6)) if len(known) else 0.3

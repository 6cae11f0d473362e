"""Fits the heads to examples: seconds on two cores, no GPU."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from services.nlu.adapters.doubting import FEWEST, OUTSIDE_SHARE, fit_doubt
from services.nlu.adapters.examples import Example
from services.nlu.adapters.folds import Held, Labels, Learned, Task, held_out, learning_curve, strangers
from services.nlu.adapters.linear import Linear, words_of
from services.nlu.domain.doubt import Doubt, features
from services.nlu.domain.heads import OUT_OF_SCOPE, Guess, Heads, Numbers, guess_of, shares_of, softmax
from services.nlu.domain.measures import Judged, summary
from shared.errors import ConfigError

TEMPERATURES = np.geomspace(0.2, 3.0, 40)
REFUSALS = (0.0, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03)
"""Shares of in-scope examples, understood correctly otherwise, that a threshold may turn away."""
LEAST_SURE = 0.1
"""A guess that is less sure than this is never taken, whatever the examples say."""
UNSEEN = 0.0025
"""The share where only hidden intents are known: they are nearer to the known ones than strangers, and a poor guide."""


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
    task = Task.of(train.examples, train.vectors, _labels(train.examples, names), names, seed)
    learned = task.learn()
    held = held_out(task) if validation is None else _read(validation, learned, names)
    temperature = _temperature(held.scores, held.y)
    basis, real = _with_strangers(task, held, crossed=validation is None)
    doubt = fit_doubt(learned.space, _features(task, basis, temperature), task.inside(basis.y))
    shares, strange = (_shares(rows, temperature, names, doubt) for rows in (held, basis.outside(task)))
    right = (shares.argmax(axis=1) == held.y) & task.inside(held.y)
    known = shares.max(axis=1)[right]
    threshold = _threshold(known, _without(strange, task.outside).max(axis=1)) if real else _cautious(known)
    heads = _heads(names, learned.linear, temperature, threshold, doubt)
    examples = (validation or train).examples
    judged = [judge(e, guess_of(row, names, threshold)) for e, row in zip(examples, shares, strict=True)]
    return Fit(heads, temperature, judged, learning_curve(task, seed) if curve else [])


def judge(example: Example, guess: Guess) -> Judged:
    """A guess beside what is right; mentions are left out."""
    best = guess.ranked[0][0] if guess.ranked else guess.intent
    return Judged(example.intent, guess.intent, best, guess.confidence, example.language)


def _labels(examples: Sequence[Example], names: tuple[str, ...]) -> Labels:
    places = {name: place for place, name in enumerate(names)}
    if unknown := sorted({example.intent for example in examples} - places.keys() - {OUT_OF_SCOPE}):
        raise ConfigError(f"the validation data has intents that the training data lacks: {', '.join(unknown)}")
    # Out-of-scope texts need no class of their own to be told from the others.
    return np.array([places.get(example.intent, -1) for example in examples], dtype=np.int64)


def _read(rows: Labelled, learned: Learned, names: tuple[str, ...]) -> Held:
    return learned.read(rows.vectors, words_of(rows.examples), _labels(rows.examples, names))


def _with_strangers(task: Task, held: Held, *, crossed: bool) -> tuple[Held, bool]:
    """The held-out texts, with more that are out of scope where they have too few.

    These are the training data's own, read by cross-validation (which `held` is already if `crossed`); failing that,
    texts of hidden intents play their part, and what is returned besides is false.
    """
    if int((~task.inside(held.y)).sum()) >= FEWEST:
        return held, True
    if not crossed and int((~task.inside(task.y)).sum()) >= FEWEST:
        return held.with_more(held_out(task).outside(task)), True
    strange = strangers(task)
    return (held if strange is None else held.with_more(strange)), False


def _features(task: Task, held: Held, temperature: float) -> Numbers:
    return features((held.scores / temperature).astype(np.float32), held.distances, task.outside)


def _shares(held: Held, temperature: float, names: tuple[str, ...], doubt: Doubt | None) -> Numbers:
    return shares_of((held.scores / temperature).astype(np.float32), held.distances, names, doubt)


def _without(shares: Numbers, outside: int | None) -> Numbers:
    return shares if outside is None else np.delete(shares, outside, axis=1)


def _heads(names: tuple[str, ...], linear: Linear, temperature: float, threshold: float, doubt: Doubt | None) -> Heads:
    weights, words, bias = (
        (array / temperature).astype(np.float32) for array in (linear.weights, linear.words, linear.bias)
    )
    return Heads(names, weights, words, bias, threshold, doubt)


def _temperature(scores: NDArray[np.float64], y: Labels) -> float:
    """The divisor of the scores that makes the probabilities of held-out examples true."""
    known = np.flatnonzero(y >= 0)
    losses = [-np.log(softmax(scores[known] / t)[np.arange(len(known)), y[known]] + 1e-12).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _cautious(right: Numbers) -> float:
    """The threshold where nothing real is known of texts out of scope."""
    return round(float(np.quantile(right, UNSEEN)), 4) if len(right) else LEAST_SURE


def _threshold(right: Numbers, outside: Numbers) -> float:
    """The threshold under which most messages are treated rightly if OUTSIDE_SHARE of them are out of scope.

    `right` holds the confidence of texts in scope that are understood, `outside` the likeliest intent's share in texts
    that are not.
    """
    if not len(right):
        return LEAST_SURE
    candidates = [float(np.quantile(right, share)) for share in REFUSALS]

    def gain(threshold: float) -> float:
        kept, refused = float((right >= threshold).mean()), float((outside < threshold).mean())
        return (1 - OUTSIDE_SHARE) * kept + OUTSIDE_SHARE * refused

    return round(float(np.clip(max(candidates, key=gain), LEAST_SURE, 0.95)), 4)

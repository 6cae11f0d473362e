"""Fits the heads to a shop's examples: seconds on two cores, no GPU."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from services.nlu.adapters.examples import Example
from services.nlu.domain.features import BUCKETS, word_features
from services.nlu.domain.heads import OUT_OF_SCOPE, Heads, Numbers, softmax
from services.nlu.domain.text import match_text

STRENGTH = 0.05
FOLDS = 3
TEMPERATURES = np.geomspace(0.2, 3.0, 40)
REFUSED_AT_MOST = 0.02
"""The share of in-scope examples, understood correctly otherwise, that the threshold may turn away."""
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Fit:
    """Fitted heads, and what cross-validation on the examples themselves says about them."""

    heads: Heads
    figures: dict[str, float]


def fit_heads(examples: list[Example], vectors: Numbers) -> Fit:
    """`vectors` has a row for each example."""
    # The matrices are small: on two cores, threads that wait for each other cost more than they bring.
    with threadpool_limits(limits=1):
        return _fit(examples, vectors)


def _fit(examples: list[Example], vectors: Numbers) -> Fit:
    names = tuple(sorted({example.intent for example in examples}))
    y = np.array([names.index(example.intent) for example in examples])
    centre = vectors.mean(axis=0)
    scale = float((vectors - centre).std())
    x = hstack([csr_matrix((vectors - centre) / scale), _words(examples)]).tocsr()
    scores = _held_out_scores(x, y)
    temperature = _temperature(scores, y)
    threshold = _threshold(softmax(scores / temperature), y, names)
    model = _model().fit(x, y)
    weights, words = np.split(model.coef_ / temperature, [vectors.shape[1]], axis=1)
    bias = model.intercept_ / temperature - (weights / scale) @ centre
    heads = Heads(names, _single(weights / scale), _single(words), _single(bias), threshold)
    return Fit(heads, _figures(scores, y, examples) | {"temperature": temperature, "threshold": threshold})


def _single(numbers: NDArray[np.float64]) -> Numbers:
    return numbers.astype(np.float32)


def _words(examples: list[Example]) -> csr_matrix:
    rows = [word_features(match_text(example.text).text) for example in examples]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    buckets = np.concatenate([buckets for buckets, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, buckets, starts), shape=(len(rows), BUCKETS))


def _model() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=200, tol=1e-3)


def _held_out_scores(x: csr_matrix, y: Labels) -> Numbers:
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    scores: Numbers = cross_val_predict(_model(), x, y, cv=folds, method="decision_function")
    return scores


def _temperature(scores: Numbers, y: Labels) -> float:
    """The divisor of the scores that makes the probabilities of held-out examples true."""
    losses = [-np.log(softmax(scores / t)[np.arange(len(y)), y] + 1e-12).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _threshold(shares: Numbers, y: Labels, names: tuple[str, ...]) -> float:
    right = shares.argmax(axis=1) == y
    in_scope = np.array([name != OUT_OF_SCOPE for name in names])[y]
    known = shares.max(axis=1)[right & in_scope]
    return float(np.clip(np.quantile(known, REFUSED_AT_MOST), 0.1, 0.6)) if len(known) else 0.3


def _figures(scores: Numbers, y: Labels, examples: list[Example]) -> dict[str, float]:
    right = scores.argmax(axis=1) == y
    languages = np.array([example.language for example in examples])
    return {f"accuracy_{name}": round(float(right[languages == name].mean()), 4) for name in sorted(set(languages))}

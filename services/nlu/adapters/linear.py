"""Multinomial logistic regression over standardised vectors and words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from services.nlu.adapters.examples import Example
from services.nlu.domain.features import BUCKETS, word_features
from services.nlu.domain.heads import Numbers
from services.nlu.domain.text import match_text

STRENGTH = 0.05
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """Weights of the vector's dimensions and of the words, and biases: a row for each intent."""

    weights: Scores
    words: Scores
    bias: Scores

    def scores(self, x: csr_matrix) -> Scores:
        """A row for each row of `x`, a column for each intent."""
        found: Scores = x @ np.hstack([self.weights, self.words]).T + self.bias
        return found


def columns(examples: Sequence[Example], vectors: Numbers, centre: Numbers, scale: float) -> csr_matrix:
    """What is fitted to: the standardised vector, then the words."""
    return hstack([csr_matrix((vectors - centre) / scale), _words(examples)]).tocsr()


def _words(examples: Sequence[Example]) -> csr_matrix:
    rows = [word_features(match_text(example.text).text) for example in examples]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    buckets = np.concatenate([buckets for buckets, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, buckets, starts), shape=(len(rows), BUCKETS))


def fit_linear(x: csr_matrix, y: NDArray[np.int64], intents: int, dimensions: int) -> Linear:
    """`y` holds places among the intents. An intent without an example never scores best."""
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=200, tol=1e-3).fit(x, y)
    found, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        # Of two intents the model scores the second against the first.
        found, bias = np.vstack([0 * found, found]), np.array([0.0, bias[0]])
    coefficients = np.zeros((intents, found.shape[1]))
    biases = np.full(intents, float(bias.min()) - 50.0)
    coefficients[model.classes_], biases[model.classes_] = found, bias
    weights, words = np.split(coefficients, [dimensions], axis=1)
    return Linear(weights, words, biases)

"""Multinomial logistic regression over whitened vectors and words."""

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

STRENGTH = 0.03
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """Weights of the vector's dimensions and of the words, and biases: a row for each intent."""

    weights: Scores
    words: Scores
    bias: Scores

    def scores(self, vectors: Numbers, words: csr_matrix) -> Scores:
        """A row for each text, a column for each intent."""
        found: Scores = vectors @ self.weights.T + words @ self.words.T + self.bias
        return found


def words_of(examples: Sequence[Example]) -> csr_matrix:
    """The words of each example, a column for each bucket."""
    rows = [word_features(match_text(example.text).text) for example in examples]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    buckets = np.concatenate([buckets for buckets, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, buckets, starts), shape=(len(rows), BUCKETS))


def fit_linear(rows: tuple[Numbers, csr_matrix], y: NDArray[np.int64], intents: int, lift: Scores) -> Linear:
    """`rows` are vectors and words, `y` places among the intents. An intent without an example never scores best.

    Vectors go through `lift` (D, D) first; the weights that come back are those of vectors as they are.
    """
    vectors, words = rows
    middle = vectors.mean(axis=0)
    lifted = (vectors - middle) @ lift
    scale = float(lifted.std()) or 1.0
    x = hstack([csr_matrix(lifted / scale), words]).tocsr()
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=200, tol=1e-3).fit(x, y)
    found, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        # Of two intents the model scores the second against the first.
        found, bias = np.vstack([0 * found, found]), np.array([0.0, bias[0]])
    coefficients = np.zeros((intents, found.shape[1]))
    biases = np.full(intents, float(bias.min()) - 50.0)
    coefficients[model.classes_], biases[model.classes_] = found, bias
    of_vectors, of_words = np.split(coefficients, [vectors.shape[1]], axis=1)
    weights = of_vectors @ (lift.T / scale)
    return Linear(weights, of_words, biases - weights @ middle)

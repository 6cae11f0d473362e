"""Fits what says whether a text is in scope at all."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from services.nlu.domain.doubt import Doubt, Numbers, Space

SHRINKAGE = 0.1
"""How far a covariance is drawn towards a sphere: with few examples it would otherwise fit their noise."""
LIFT_SHRINKAGE = 0.6
"""The same for what heads are fitted to: they gain by a little whitening and lose by much."""
OUTSIDE_SHARE = 0.1
"""The share of customers' messages taken to be out of scope, whatever their share among the examples: what confidence
means rests on it."""
FEWEST = 20
"""With fewer texts out of scope than these, nothing can be told about them."""


def fit_space(vectors: Numbers, places: Sequence[object]) -> Space:
    """`places` says for each row which place it belongs to, an intent in a language; out-of-scope rows are left out."""
    middle = vectors.mean(axis=0)
    centred = (vectors - middle).astype(np.float64)
    means, of = _means(centred, places)
    near, far = _whitening(centred - means[of], SHRINKAGE), _whitening(centred, SHRINKAGE)
    single = (array.astype(np.float32) for array in (near, far, means @ near, middle))
    return Space(*single)


def fit_lift(vectors: Numbers, places: Sequence[object]) -> NDArray[np.float64]:
    """A matrix (D, D) that makes directions in which a place's texts differ among themselves count less."""
    means, of = _means(vectors.astype(np.float64), places)
    return _whitening(vectors - means[of], LIFT_SHRINKAGE)


def _means(vectors: NDArray[np.float64], places: Sequence[object]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The mean of each place, and which place each row belongs to."""
    _, of = np.unique([repr(place) for place in places], return_inverse=True)
    means = np.zeros((of.max() + 1, vectors.shape[1]))
    np.add.at(means, of, vectors)
    return means / np.bincount(of)[:, None], of


def _whitening(rows: NDArray[np.float64], shrinkage: float) -> NDArray[np.float64]:
    covariance = rows.T @ rows / len(rows)
    size = len(covariance)
    sphere = max(float(np.trace(covariance)) / size, 1e-9) * np.eye(size)
    whitening: NDArray[np.float64] = np.linalg.cholesky(
        np.linalg.inv((1 - shrinkage) * covariance + shrinkage * sphere)
    )
    return whitening


def fit_doubt(space: Space, rows: Numbers, inside: NDArray[np.bool_]) -> Doubt | None:
    """`rows` are the features of texts that heads and space have not seen; None if too few of them are out of scope."""
    outside = int((~inside).sum())
    if outside < FEWEST or not inside.any():
        return None
    middle, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    weights = np.where(inside, (1 - OUTSIDE_SHARE) / inside.sum(), OUTSIDE_SHARE / outside) * len(rows)
    model = LogisticRegression(C=1.0, max_iter=500).fit((rows - middle) / spread, inside, sample_weight=weights)
    slope = model.coef_[0] / spread
    bias = model.intercept_ - slope @ middle
    return Doubt(space, slope.astype(np.float32), bias.astype(np.float32))

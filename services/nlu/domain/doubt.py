"""How probable it is that a text is in scope at all: from how the heads score it, and how far it is from all they know.

The distance is the relative Mahalanobis distance (Ren et al. 2021, arXiv 2106.09022): to the nearest known place, less
that to the middle of everything. Beside the scores it separates what no intent was written for, and works without any
example of that.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
FEATURES = 5


@dataclass(frozen=True)
class Space:
    """Where the known texts lie.

    `near` and `far` whiten a vector (D, D) within places and over all; `places` are the whitened means of intents in
    each language (P, D), `middle` the mean of all (D,).
    """

    near: Numbers
    far: Numbers
    places: Numbers
    middle: Numbers

    def distance(self, vectors: Numbers) -> Numbers:
        """Relative Mahalanobis distance of each row: the greater, the stranger."""
        centred = vectors - self.middle
        squares, products = self._difference, self._products
        shared = ((centred @ squares) * centred).sum(axis=1)
        distances: Numbers = shared + (centred @ products + self._squares).min(axis=1)
        return distances

    @cached_property
    def _difference(self) -> Numbers:
        """What gives the square of a vector's length when whitened within places, less that over all."""
        near, far = self.near.astype(np.float64), self.far.astype(np.float64)
        difference: Numbers = (near @ near.T - far @ far.T).astype(np.float32)
        return difference

    @cached_property
    def _products(self) -> Numbers:
        products: Numbers = (-2 * self.near.astype(np.float64) @ self.places.T).astype(np.float32)
        return products

    @cached_property
    def _squares(self) -> Numbers:
        squares: Numbers = (self.places**2).sum(axis=1)
        return squares


@dataclass(frozen=True)
class Doubt:
    """A logistic regression over FEATURES numbers of a text: `weights` (FEATURES,) and `bias` (1,)."""

    space: Space
    weights: Numbers
    bias: Numbers

    def in_scope(self, scores: Numbers, distances: Numbers, outside: int | None) -> Numbers:
        """A probability for each row; `outside` is the column of out-of-scope scores if there is one."""
        z = features(scores, distances, outside) @ self.weights + self.bias
        sure: Numbers = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        return sure


def features(scores: NDArray[np.floating], distances: NDArray[np.floating], outside: int | None) -> Numbers:
    """A row for each text: log odds of the best intent in scope, its score, its lead over `out_of_scope` and over the
    second, and the distance."""
    inside = scores
    if outside is not None:
        inside = np.concatenate([scores[:, :outside], scores[:, outside + 1 :]], axis=1)
    best = inside.max(axis=1)
    second = np.partition(inside, -2, axis=1)[:, -2] if inside.shape[1] > 1 else best
    others = np.exp(scores - best[:, None]).sum(axis=1) - 1
    lead = np.zeros_like(best) if outside is None else best - scores[:, outside]
    columns = np.array([-np.log(np.maximum(others, 1e-9)), best, lead, best - second, distances])
    return columns.T.astype(np.float32)

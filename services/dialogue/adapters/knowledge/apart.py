"""Which document a question is about, by how questions about one document differ among themselves.

Wording and language vary between questions about the same document and say nothing about which one is meant; those
directions are shortened (linear discriminant analysis, Fisher 1936, with a shrunk covariance).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.encoder import Vectors

FEWEST = 4
"""A document with fewer questions tells too little about how they vary."""
SHRUNK = 1.0
"""So much of the mean variance is added in every direction, for there are more directions than questions tell of."""

LEAST = 1e-6


@dataclass(frozen=True)
class Apart:
    """Documents that can be told apart. Rows `first[n]:first[n + 1]` of `asks` are the questions of document n."""

    transform: Vectors
    mean: Vectors
    asks: Vectors
    centres: Vectors
    first: NDArray[np.int32]
    places: dict[str, int]

    @classmethod
    def of(cls, questions: Mapping[str, NDArray[np.floating[Any]]]) -> "Apart | None":
        """From the vectors of each document's questions; None where fewer than two documents have enough of them."""
        kept = {name: np.asarray(rows, np.float32) for name, rows in questions.items() if len(rows) >= FEWEST}
        if len(kept) < 2:
            return None
        every = np.concatenate(list(kept.values()))
        mean: Vectors = every.mean(axis=0)
        within = np.concatenate([rows - rows.mean(axis=0) for rows in kept.values()]).astype(np.float64)
        spread = within.T @ within / len(within)
        # Where all questions are the same nothing varies, and the matrix could not be inverted.
        spread += max(SHRUNK * np.trace(spread) / len(spread), LEAST) * np.eye(len(spread))
        transform = np.linalg.inv(np.linalg.cholesky(spread)).T.astype(np.float32)
        centres = np.stack([rows.mean(axis=0) for rows in kept.values()]).astype(np.float32)
        return cls(
            transform,
            mean,
            _unit(((every - mean) @ transform).astype(np.float32)),
            _unit(((centres - mean) @ transform).astype(np.float32)),
            np.cumsum([0, *map(len, kept.values())]).astype(np.int32),
            {name: place for place, name in enumerate(kept)},
        )

    def behind(self, vector: Vectors) -> Vectors:
        """How far each document lies behind the likeliest: 0 for that one, below 0 for the others."""
        question = _unit(((vector - self.mean) @ self.transform).astype(np.float32))
        near = self.centres @ question + np.maximum.reduceat(self.asks @ question, self.first[:-1])
        behind: Vectors = near - near.max()
        return behind


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), np.float32(1e-12))
    return unit

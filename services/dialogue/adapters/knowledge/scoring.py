"""How well a passage answers a question: one number in 0..1 that is comparable between questions.

A logistic regression over `Index.features`. `python -m benchmarks.knowledge` says how well it does.
"""

import numpy as np

from shared.encoder import Vectors

SCORING = 1
"""Counts the ways of scoring: answers kept under another one are not used."""

# Nearness of the passage, of its title and of its best sentence, share of the question's words, first of its document.
WEIGHTS = np.array([29.6, 29.3, 0.0, 23.5, 2.8, 1.0], dtype=np.float32)
# Chinese lies nearer to everything, and a passage in another language than the question is farther off.
OFFSETS = {"en": -69.6, "zh": -73.7}
ABROAD = {"en": 0.0, "zh": 0.0}


UNNAMED = -3.0
"""A product's passage answers a question that does not name the product only where no page does."""


def scores_of(features: Vectors, language: str, abroad: Vectors, unnamed: Vectors) -> Vectors:
    """A score for each row of features.

    `abroad` is 1 where the passage speaks another language than the question, `unnamed` where it tells of a product
    that the question does not name.
    """
    logits = features @ WEIGHTS + OFFSETS[language] + abroad * np.float32(ABROAD[language])
    logits += unnamed * np.float32(UNNAMED)
    scores: Vectors = (1 / (1 + np.exp(-logits))).astype(np.float32)
    return scores

"""How well a passage answers a question: one number in 0..1 that is comparable between questions.

Two logistic regressions over `Index.features`: one for documents of which it is known how customers ask for them,
one for all others. "I don't know" begins at 0.5. `python -m benchmarks.knowledge` says how well they do, and
`docs/decisions.md` on what they were fitted.
"""

from dataclasses import dataclass

import numpy as np

from shared.encoder import Vectors

SCORING = 4
"""Counts the ways of scoring: answers kept under another one are not used."""
QUESTIONS = 2
"""The feature that is 0 where a document has no questions."""


@dataclass(frozen=True)
class Fitted:
    """Weights of the features, and by language of the question what is added to all passages, and to foreign ones.

    Chinese lies nearer to everything, and a passage in another language than the question is farther off.
    """

    weights: Vectors
    offsets: dict[str, float]
    abroad: dict[str, float]


# Nearness of passage, title, nearest question and best sentence; share of the question's words; first of its
# document; share of the words in the whole document; how far its questions lie behind the likeliest document's.
WITH_QUESTIONS = Fitted(
    np.array([32.0, 0.0, 64.0, 32.0, 1.6, 0.64, 6.0, 5.0], dtype=np.float32),
    {"en": -110.2, "zh": -115.85},
    {"en": 3.4, "zh": 5.4},
)
WITHOUT = Fitted(
    np.array([30.0, 15.0, 0.0, 23.0, 8.0, 1.0, 0.0, 0.0], dtype=np.float32),
    {"en": -58.5, "zh": -60.3},
    {"en": 3.0, "zh": 4.0},
)
UNNAMED = -6.0
"""A product's passage answers a question that does not name the product only where no page does."""
FARTHEST = 60.0
"""A logit beyond this is as good as 0 or 1, and its exponential no number any more."""


def scores_of(features: Vectors, language: str, abroad: Vectors, unnamed: Vectors) -> Vectors:
    """A score for each row of features.

    `abroad` is 1 where the passage speaks another language than the question, `unnamed` where it tells of a product
    that the question does not name.
    """
    has_questions = features[:, QUESTIONS] > 0
    logits = np.where(has_questions, *(_logits(of, features, language, abroad) for of in (WITH_QUESTIONS, WITHOUT)))
    logits += unnamed * np.float32(UNNAMED)
    scores: Vectors = (1 / (1 + np.exp(-np.clip(logits, -FARTHEST, FARTHEST)))).astype(np.float32)
    return scores


def _logits(of: Fitted, features: Vectors, language: str, abroad: Vectors) -> Vectors:
    logits: Vectors = features @ of.weights + np.float32(of.offsets[language])
    return logits + abroad * np.float32(of.abroad[language])

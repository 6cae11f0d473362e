"""How well a passage answers a question: one number in 0..1 that is comparable between questions.

Two logistic regressions over `Index.features`: one for documents of which it is known how customers ask for them,
one for all others. Where a model says which page answers, its probabilities and the logit of these are weighed
together. "I don't know" begins at 0.5. `python -m benchmarks.knowledge` says how well they do, and
`docs/decisions.md` on what they were fitted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.dialogue.adapters.knowledge.judging import Beside
from shared.encoder import Vectors

Places = NDArray[np.bool_]
SCORING = 6
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


@dataclass(frozen=True)
class Opinion:
    """What a model says: for each row the probability that its page, or a product, answers; NaN where it knows neither.

    `nothing` is the probability that neither a page nor a product does. `beside` is what earlier questions say, where
    it is known how to weigh that.
    """

    pages: Vectors
    products: Vectors
    nothing: float
    beside: Beside | None = None

    @property
    def known(self) -> Places:
        """Where the model knows the page, or that it is a product."""
        return ~np.isnan(self.pages) | ~np.isnan(self.products)


@dataclass(frozen=True)
class Weighed:
    """Weights of a row's logit without the model, of the logarithms of what the model says, and what is added.

    `unnamed` is added for a product that the question does not name.
    """

    logit: float
    share: float
    nothing: float
    offset: float
    unnamed: float = 0.0


PAGES = Weighed(logit=0.139, share=0.625, nothing=-0.269, offset=-0.242)
PRODUCTS = Weighed(logit=0.221, share=0.343, nothing=-0.273, offset=-1.537, unnamed=1.454)
CLEARLY = 2.0
"""A document that the model does not know is as likely as one that it is sure of when its logit is so much greater."""
LEAST_SHARE = 1e-4
"""Below it a model only says "surely not", and how small the number is means nothing."""


def scores_of(
    features: Vectors, language: str, abroad: Vectors, unnamed: Vectors, opinion: Opinion | None = None
) -> Vectors:
    """A score for each row of features.

    `abroad` is 1 where the passage speaks another language than the question, `unnamed` where it tells of a product
    that the question does not name.
    """
    logits = logits_of(features, language, abroad) + unnamed * np.float32(UNNAMED)
    if opinion is not None:
        logits = weighed(logits, opinion, unnamed)
    scores: Vectors = (1 / (1 + np.exp(-np.clip(logits, -FARTHEST, FARTHEST)))).astype(np.float32)
    return scores


def logits_of(features: Vectors, language: str, abroad: Vectors) -> Vectors:
    """What the features alone say."""
    has_questions = features[:, QUESTIONS] > 0
    return np.where(has_questions, *(_logits(of, features, language, abroad) for of in (WITH_QUESTIONS, WITHOUT)))


def weighed(logits: Vectors, opinion: Opinion, unnamed: Vectors) -> Vectors:
    """Logits of the features and what a model says, weighed together.

    The model's classes are all that it knows. A document outside of them keeps its logit where it is clearly nearer
    than all within of which the model thinks something, and takes its share of their probability; else it loses so
    much as the nearest within is likelier.
    """
    known, is_product = opinion.known, ~np.isnan(opinion.products)
    if not known.any():
        return logits
    said = log_shares(opinion)
    inside = (logits + said)[known].max() + CLEARLY
    found: Vectors = logits - np.logaddexp(0.0, inside - logits)
    left = -np.logaddexp(0.0, logits[~known].max(initial=-np.inf) - inside)
    if (beside := opinion.beside) is not None:
        ranked = rank_rows(logits, said + left, unnamed, beside)
        found[known] = beside.by.scores(ranked[known], beside.heard[known], is_product[known])
        return found
    nothing = np.log(max(opinion.nothing, LEAST_SHARE))
    for rows, by in ((known & ~is_product, PAGES), (is_product, PRODUCTS)):
        found[rows] = by.logit * logits[rows] + by.share * (said[rows] + left) + by.nothing * nothing + by.offset
        found[rows] += by.unnamed * unnamed[rows]
    return found


def log_shares(opinion: Opinion) -> Vectors:
    """For each row the logarithm of what the model gives its page, or products; NaN where it knows neither."""
    shares = np.where(np.isnan(opinion.products), opinion.pages, opinion.products)
    found: Vectors = np.log(np.maximum(shares, LEAST_SHARE))
    return found


def rank_rows(logits: Vectors, said: Vectors, unnamed: Vectors, beside: Beside) -> Vectors:
    """What documents are ranked by, see `judging.RANKED`."""
    return np.stack([logits, said, unnamed, beside.votes, beside.unheard], axis=1)


def _logits(of: Fitted, features: Vectors, language: str, abroad: Vectors) -> Vectors:
    logits: Vectors = features @ of.weights + np.float32(of.offsets[language])
    return logits + abroad * np.float32(of.abroad[language])

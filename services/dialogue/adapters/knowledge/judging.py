"""Whether the best of a shop's documents answers: weights that were fitted to one model of pages, kept beside it.

First all documents are ranked, pages and products by weights of their own; then it is judged how sure the best one is.
The others lie behind it by what they lie behind in rank. `python -m benchmarks.knowledge weights` fits such weights.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from services.dialogue.adapters.knowledge.asked_before import Evidence
from shared.encoder import Vectors
from shared.errors import ConfigError

WEIGHTS = "weights.json"
"""In the folder of a model of pages."""
RANKED = ("logit", "share", "unnamed", "votes", "unheard")
"""Of a passage: the logit without the model, the logarithm of its class's share, whether its product is not named, and
what earlier questions say."""
HEARD = ("votes", "nothing_votes", "votes_in_any", "nothing_votes_in_any")
"""Of a passage: what earlier questions say of its class and of "nothing", near ones and those in whatever language."""
SURE = ("ranked", *HEARD)
"""Of the best passage: its rank, and what is heard of it."""

PARTS = {"pages": RANKED, "products": RANKED, "sure_pages": SURE, "sure_products": SURE}


@dataclass(frozen=True)
class Judgement:
    """Weights in the order of RANKED and of SURE for either kind of document, each with what is added as the last."""

    pages: Vectors
    products: Vectors
    sure_pages: Vectors
    sure_products: Vectors

    def told(self) -> dict[str, dict[str, float]]:
        """By name, for a file."""
        return {
            part: dict(zip((*of, "offset"), (round(float(w), 4) for w in getattr(self, part)), strict=True))
            for part, of in PARTS.items()
        }

    def ranked(self, rows: Vectors, is_product: Vectors) -> Vectors:
        """The rank of rows of RANKED."""
        by_kind = [rows @ of[:-1] + of[-1] for of in (self.products, self.pages)]
        found: Vectors = np.where(is_product, *by_kind)
        return found

    def scores(self, rows: Vectors, heard: Vectors, is_product: Vectors) -> Vectors:
        """A logit for each row of RANKED, and of HEARD."""
        ranks = self.ranked(rows, is_product)
        best = int(ranks.argmax())
        weights = self.sure_products if is_product[best] else self.sure_pages
        sure = np.append(ranks[best], heard[best]) @ weights[:-1] + weights[-1]
        found: Vectors = sure + weights[SURE.index("ranked")] * (ranks - ranks[best])
        return found


@dataclass(frozen=True)
class Beside:
    """What earlier questions say of passages, a row of HEARD and a share of new words for each; how it is weighed."""

    heard: Vectors
    unheard: Vectors
    by: Judgement

    @classmethod
    def of(cls, classes: list[str], evidence: Evidence, by: Judgement) -> "Beside":
        """`classes` are those of the passages."""
        voices = (evidence.near, evidence.in_any)
        heard = [[said for of in voices for said in (of.share(name), of.nothing)] for name in classes]
        return cls(np.array(heard), np.array([evidence.new(name) for name in classes]), by)

    @property
    def votes(self) -> Vectors:
        """What documents are ranked by."""
        found: Vectors = self.heard[:, HEARD.index("votes")]
        return found


def write_judgement(folder: Path, by: Judgement, model: str, figures: Mapping[str, Any]) -> None:
    """Puts the weights beside the model of this name."""
    text = json.dumps({"model": model, **by.told(), "fitted_on": dict(figures)}, ensure_ascii=False, indent=2)
    draft = folder / f".{WEIGHTS}"
    draft.write_text(text + "\n", "utf-8")
    draft.replace(folder / WEIGHTS)


def read_judgement(folder: Path, model: str) -> Judgement | None:
    """The weights beside a model, None if there are none. Raises ConfigError for damaged ones, or another model's."""
    try:
        told = json.loads((folder / WEIGHTS).read_text("utf-8"))
        by = Judgement(**{part: _numbers(told[part], names) for part, names in PARTS.items()})
        fits = told["model"] == model
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ConfigError(f"{folder / WEIGHTS} is damaged; remove it, and the model is weighed as any other") from exc
    if not fits:
        raise ConfigError(
            f"{folder / WEIGHTS} was fitted to another model; remove it, and this is weighed as any other"
        )
    return by


def _numbers(told: Mapping[str, float], names: tuple[str, ...]) -> Vectors:
    found = np.array([float(told[name]) for name in (*names, "offset")])
    if not np.isfinite(found).all():
        raise ValueError("the numbers are none")
    return found

"""How the model's word and the features are weighed: the weights in `services.dialogue.adapters.knowledge.scoring`.

They are fitted to what the shipped model of pages has not learned: the held-out tenth of the demo shop's questions, and
its first set of test questions. First it is learned which document is right; then, from the best one's logit and the
model's word for "nothing", whether any is. Both are linear, so that together they are one row of weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from benchmarks.knowledge.bench import Bench, share
from benchmarks.knowledge.demo import OTHER
from services.dialogue.adapters.knowledge.choosing import Chooser
from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.adapters.knowledge.lexical import terms_of
from services.dialogue.adapters.knowledge.questions import parted, questions_of
from services.dialogue.adapters.knowledge.scoring import LEAST_SHARE, UNNAMED, logits_of
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from shared.config import ROOT
from shared.shop import load_shop
from shared.shop.asked import NOTHING, PRODUCT

FOLDS = 10
WRONGLY_DECLINED = 0.03
"""So many of the first set that have an answer may be declined: the held-out ones lie nearer to borders than most."""
STRENGTH = 1.0
LOGIT, SHARE, NO_ANSWER, UNNAMED_PRODUCT = range(4)
ANY_PRODUCT = "*"
Weights = dict[bool, np.ndarray]
"""For pages (False) and products (True): weights of a row's four numbers, and what is added."""


@dataclass(frozen=True)
class Case:
    """A question, what answers it (a page, PRODUCT, NOTHING), and the language that pages must speak, if any."""

    text: str
    wanted: str
    language: str
    only: str = ""
    first_set: bool = False


@dataclass(frozen=True)
class Seen:
    """A case's documents: for each page and for the nearest product one row of x, and whether it is right."""

    case: Case
    names: list[str]
    x: np.ndarray
    products: np.ndarray

    @property
    def right(self) -> np.ndarray:
        wanted = ANY_PRODUCT if self.case.wanted == PRODUCT else self.case.wanted
        return np.array([name == wanted for name in self.names])


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """Weights for all questions, and what weights fitted to the other nine tenths would do with each tenth."""
    shop = load_shop(ROOT / "shops" / "demo")
    index = await bench.index(load_documents(shop), "demo")
    _, held = parted(questions_of(shop))
    cases = [Case(one.text, one.wanted, one.language) for one in held] + list(_first_set(data))
    async with bench.open_searcher(shop) as searcher:
        if searcher.chooser is None:
            raise ValueError("the demo shop ships no model of these questions: fit one with `deskbell train knowledge`")
        seen = [await _seen(bench, searcher.chooser, index, case) for case in cases]
    crossed: list[tuple[str, float] | None] = [None] * len(seen)
    for learned, tested in KFold(FOLDS, shuffle=True, random_state=0).split(seen):
        fitted = _fit([seen[at] for at in learned])
        for at in tested:
            crossed[at] = _best(fitted, seen[at])
    found = [pair for pair in crossed if pair is not None]
    return {"weights": _told(_fit(seen)), "crossed": _figures(seen, found)}


def _first_set(data: Path) -> Iterator[Case]:
    asked = yaml.safe_load((data / "demo_questions.yaml").read_text("utf-8"))
    for case in [*asked["answered"], *asked["unanswered"]]:
        only = OTHER[case["language"]] if case.get("cross") else ""
        yield Case(case["question"], case.get("document", NOTHING), case["language"], only, first_set=True)


async def _seen(bench: Bench, chooser: Chooser, index: Index, case: Case) -> Seen:
    (vector,) = await bench.encoder.embed([case.text], "query")
    choice = await chooser.choose(case.text)
    places, features = index.candidate_features(vector, bench.tokenizer.words(case.text))
    entries = [index.entries[at] for at in places]
    abroad = np.array([entry.language != case.language for entry in entries], dtype=np.float32)
    unnamed = index.unnamed_products(places, terms_of(case.text))
    logits = logits_of(features, case.language, abroad) + unnamed * np.float32(UNNAMED)
    opinion = choice.opinion(entries)
    nothing = np.log(max(opinion.nothing, LEAST_SHARE))
    spoken = {entry.document for entry in entries if entry.language == (case.only or case.language)}
    rows: dict[str, np.ndarray] = {}
    for at in np.argsort(-logits):
        entry = entries[at]
        # As the search does it: a document speaks the customer's language where it exists in it.
        if entry.language == (case.only or case.language) or (not case.only and entry.document not in spoken):
            said = np.log(np.nanmax([opinion.pages[at], opinion.products[at], LEAST_SHARE]))
            name = ANY_PRODUCT if entry.origin == "product" else entry.document
            rows.setdefault(name, np.array([logits[at], said, nothing, unnamed[at]]))
    names = list(rows)
    return Seen(case, names, np.stack(list(rows.values())), np.array([name == ANY_PRODUCT for name in names]))


def _fit(seen: Sequence[Seen]) -> Weights:
    ranking = _fit_ranking(seen)
    best = np.array([_best(ranking, one)[1] for one in seen])
    nothing = np.array([one.x[0, NO_ANSWER] for one in seen])
    answered = np.array([one.case.wanted != NOTHING for one in seen])
    # Of the logits of its own questions a model thinks too well: those of questions held out from the ranking decide.
    for learned, tested in KFold(FOLDS, shuffle=True, random_state=1).split(seen):
        crossed = _fit_ranking([seen[at] for at in learned])
        best[tested] = [_best(crossed, seen[at])[1] for at in tested]
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(np.stack([best, nothing], axis=1), answered)
    by_logit, by_nothing = model.coef_[0]
    sure = by_logit * best + by_nothing * nothing
    first = np.array([one.case.first_set for one in seen])
    border = _border(sure[answered & first])
    return {kind: weights * by_logit + np.array([0, 0, by_nothing, 0, -border]) for kind, weights in ranking.items()}


def _fit_ranking(seen: Sequence[Seen]) -> Weights:
    x, y, products = (np.concatenate(parts) for parts in zip(*((s.x, s.right, s.products) for s in seen), strict=True))
    fitted = {}
    for kind in (False, True):
        model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(x[products == kind], y[products == kind])
        fitted[kind] = np.append(model.coef_[0], model.intercept_)
    return fitted


def _border(sure: np.ndarray) -> float:
    """What so many lie below as may be declined wrongly."""
    return max((border for border in sure if (sure < border).mean() <= WRONGLY_DECLINED), default=float(sure.min()))


def _best(fitted: Weights, seen: Seen) -> tuple[str, float]:
    """The document with the greatest logit, and that."""
    weights = np.stack([fitted[bool(kind)] for kind in seen.products])
    logits = (seen.x * weights[:, :4]).sum(axis=1) + weights[:, 4]
    at = int(logits.argmax())
    return seen.names[at], float(logits[at])


def _told(fitted: Weights) -> dict[str, dict[str, float]]:
    names = ("logit", "share", "nothing", "unnamed", "offset")
    return {
        kind: dict(zip(names, (round(float(w), 3) for w in fitted[is_product]), strict=True))
        for kind, is_product in (("PAGES", False), ("PRODUCTS", True))
    }


def _figures(seen: Sequence[Seen], found: Sequence[tuple[str, float]]) -> dict[str, dict[str, Any]]:
    groups = {
        "held out": lambda case: not case.first_set,
        "first set": lambda case: case.first_set,
        "first set, cross-language": lambda case: case.first_set and case.only,
        "products": lambda case: case.wanted == PRODUCT,
    }
    told = {}
    for name, belongs in groups.items():
        rows = [(s, best) for s, best in zip(seen, found, strict=True) if belongs(s.case)]
        inside = [(s, best) for s, best in rows if s.case.wanted != NOTHING]
        outside = [best for s, best in rows if s.case.wanted == NOTHING]
        told[name] = {
            "questions": len(inside),
            "first": share([s.right[s.names.index(best)] for s, (best, _) in inside]),
            "declined": share([logit < 0 for _, (_, logit) in inside]),
            "unanswerable": len(outside),
            "unanswerable_declined": share([logit < 0 for _, logit in outside]),
        }
    return told

"""How the model of pages, the features and earlier questions are weighed: `weights.json` beside the demo shop's model.

They are fitted to questions that the model has not learned: a tenth of the demo shop's own, and five sets of test
questions by others. First which document is right; then, of the best one, whether it answers. Where the border of "I
don't know" lies only the sets tell. What is reported of each set, and of what was held out, was judged by weights and a
border that had seen nothing of it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from benchmarks.knowledge import demo
from benchmarks.knowledge.bench import Bench, share
from services.dialogue.adapters.knowledge.asked_before import AskedBefore
from services.dialogue.adapters.knowledge.choosing import Asking, Chooser, Judge
from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.adapters.knowledge.judging import PARTS, RANKED, SURE, Judgement, write_judgement
from services.dialogue.adapters.knowledge.lexical import terms_of
from services.dialogue.adapters.knowledge.page_model import MODEL_FOLDER, asked_before, model_name, read_learned
from services.dialogue.adapters.knowledge.questions import questions_of
from services.dialogue.adapters.knowledge.scoring import UNNAMED, log_shares, logits_of, rank_rows
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from shared.config import ROOT
from shared.shop import load_shop
from shared.shop.asked import NOTHING, PRODUCT, is_nothing

FOLDS = 5
COMPARED_AT = 0.05
WRONGLY_DECLINED = 0.035
"""So many of the sets' questions that have an answer may be declined, judged by weights that have not seen them."""
STRENGTHS = {"ranked": 1.0, "sure": 0.3}
LEAST_OF_LOGIT = 0.01
HELD_OUT = "held out"
SETS = {trial: name for trial, name in demo.SETS.items() if trial != demo.UNSEEN}
ANY_PRODUCT = "*"
NONE_YET = Judgement(**{part: np.zeros(len(of) + 1) for part, of in PARTS.items()})


@dataclass(frozen=True)
class Case:
    """A question, what answers it (a page, PRODUCT, NOTHING), and the language that pages must speak, if any."""

    text: str
    wanted: str
    language: str
    group: str
    only: str = ""

    @property
    def has_answer(self) -> bool:
        return not is_nothing(self.wanted)


@dataclass(frozen=True)
class Seen:
    """A case's documents: a row of RANKED, and one of HEARD, for each page and the nearest product."""

    case: Case
    names: list[str]
    x: np.ndarray
    heard: np.ndarray
    products: np.ndarray

    @property
    def right(self) -> np.ndarray:
        wanted = ANY_PRODUCT if self.case.wanted == PRODUCT else self.case.wanted
        return np.array([name == wanted for name in self.names])

    def best(self, by: Judgement) -> int:
        return int(by.ranked(self.x, self.products).argmax())

    def sure_row(self, by: Judgement) -> np.ndarray:
        """SURE of the best document."""
        at = self.best(by)
        return np.append(by.ranked(self.x, self.products)[at], self.heard[at])


@dataclass(frozen=True)
class Eyes:
    """What sees a case: the demo shop's index, its model, and the questions that this has learned."""

    bench: Bench
    index: Index
    chooser: Chooser
    before: AskedBefore


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """Writes weights that are fitted to all, and tells what others would do with what they have not seen."""
    shop = load_shop(ROOT / "shops" / "demo")
    folder = shop.files.root / MODEL_FOLDER
    index = await bench.index(load_documents(shop), "demo")
    learned = read_learned(folder) or frozenset()
    held = [one for one in questions_of(shop) if one.digest not in learned]
    cases = [Case(one.text, one.wanted, one.language, HELD_OUT) for one in held] + list(
        _sets(data, {one.id for one in shop.products})
    )
    before = asked_before(shop, folder, bench.tokenizer.words)
    async with bench.open_searcher(shop) as searcher:
        if searcher.chooser is None:
            raise ValueError("the demo shop ships no model of these questions: fit one with `deskbell train knowledge`")
        eyes = Eyes(bench, index, searcher.chooser, before)
        seen = [await _seen(eyes, case) for case in cases]
    by = fit(seen)
    sets = sum(one.case.group in SETS for one in seen)
    write_judgement(folder, by, model_name(folder), {"held_out": len(seen) - sets, "sets": sets})
    return {
        "weights": by.told(),
        **_figures([one for group in (HELD_OUT, *SETS) for one in _judged_by_others(seen, group)]),
    }


def _sets(data: Path, products: Collection[str]) -> Iterator[Case]:
    for group, name in SETS.items():
        asked = yaml.safe_load((data / f"{name}.yaml").read_text("utf-8"))
        for case in [*asked["answered"], *asked["unanswered"]]:
            only = demo.OTHER[case["language"]] if case.get("cross") else ""
            wanted = case.get("document", NOTHING)
            yield Case(case["question"], PRODUCT if wanted in products else wanted, case["language"], group, only)


async def _seen(eyes: Eyes, case: Case) -> Seen:
    (vector,) = await eyes.bench.encoder.embed([case.text], "query")
    choice = replace(await eyes.chooser.choose(case.text), judge=Judge(eyes.before, NONE_YET))
    words = eyes.bench.tokenizer.words(case.text)
    places, features = eyes.index.candidate_features(vector, words)
    entries = [eyes.index.entries[at] for at in places]
    abroad = np.array([entry.language != case.language for entry in entries], dtype=np.float32)
    unnamed = eyes.index.unnamed_products(places, terms_of(case.text))
    logits = logits_of(features, case.language, abroad) + unnamed * np.float32(UNNAMED)
    opinion = choice.opinion(entries, Asking(vector, words, case.language))
    assert opinion.beside is not None
    rows = rank_rows(logits, log_shares(opinion), unnamed, opinion.beside)
    spoken = {entry.document for entry in entries if entry.language == (case.only or case.language)}
    kept: dict[str, int] = {}
    for at in np.argsort(-logits):
        entry = entries[at]
        # As the search does it: a document speaks the customer's language where it exists in it.
        if entry.language == (case.only or case.language) or (not case.only and entry.document not in spoken):
            kept.setdefault(ANY_PRODUCT if entry.origin == "product" else entry.document, int(at))
    at = np.array(list(kept.values()))
    products = np.array([name == ANY_PRODUCT for name in kept])
    return Seen(case, list(kept), rows[at], opinion.beside.heard[at], products)


def fit(seen: Sequence[Seen]) -> Judgement:
    """Weights for these cases, with a border that lies where so many of the sets' answerable ones are declined."""
    # Of its own questions a ranking thinks too well: those of questions held out from it decide.
    rows = np.zeros((len(seen), len(SURE)))
    is_product = np.zeros(len(seen), dtype=bool)
    for learned, tested in _fifths(len(seen), seed=1):
        crossed = _fit_ranking([seen[at] for at in learned])
        rows[tested] = [seen[at].sure_row(crossed) for at in tested]
        is_product[tested] = [seen[at].products[seen[at].best(crossed)] for at in tested]
    answered = np.array([one.case.has_answer for one in seen])
    sure, logits = {}, np.zeros(len(seen))
    for kind in (False, True):
        sure[kind] = _regression(rows[is_product == kind], answered[is_product == kind], STRENGTHS["sure"])
        logits[is_product == kind] = rows[is_product == kind] @ sure[kind][:-1] + sure[kind][-1]
    of_sets = np.array([one.case.group in SETS for one in seen])
    lower = np.append(np.zeros(len(SURE)), np.quantile(logits[answered & of_sets], WRONGLY_DECLINED))
    return replace(_fit_ranking(seen), sure_pages=sure[False] - lower, sure_products=sure[True] - lower)


def _best_logit(one: Seen, by: Judgement) -> float:
    return float(by.scores(one.x, one.heard, one.products).max())


def _fit_ranking(seen: Sequence[Seen]) -> Judgement:
    x, y, products = (np.concatenate(parts) for parts in zip(*((s.x, s.right, s.products) for s in seen), strict=True))
    pages, goods = (
        _regression(x[products == kind], y[products == kind], STRENGTHS["ranked"]) for kind in (False, True)
    )
    # All passages of a document have the rest in common: the logit alone says which of them is shown.
    at = RANKED.index("logit")
    pages[at], goods[at] = max(pages[at], LEAST_OF_LOGIT), max(goods[at], LEAST_OF_LOGIT)
    return replace(NONE_YET, pages=pages, products=goods)


def _regression(x: np.ndarray, y: np.ndarray, strength: float) -> np.ndarray:
    """Weights of the columns, and what is added; held back in units of each column's spread."""
    spread, middle = np.maximum(x.std(axis=0), 1e-6), x.mean(axis=0)
    model = LogisticRegression(C=strength, max_iter=1000).fit((x - middle) / spread, y)
    weights = model.coef_[0] / spread
    return np.append(weights, model.intercept_ - weights @ middle)


def _fifths(count: int, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(KFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(count)))


@dataclass(frozen=True)
class Judged:
    """A case, whether the right document is first, and the logit of the first."""

    case: Case
    right: bool
    logit: float

    @classmethod
    def of(cls, one: Seen, by: Judgement) -> "Judged":
        """A case by these weights."""
        return cls(one.case, bool(one.right[one.best(by)]), _best_logit(one, by))


def _judged_by_others(seen: Sequence[Seen], group: str) -> Iterator[Judged]:
    """The cases of a group: a set by all others; what was held out each fifth by the others, and by the sets."""
    inside, outside = ([one for one in seen if (one.case.group == group) == of] for of in (True, False))
    parts = _fifths(len(inside)) if group == HELD_OUT else [(np.array([], int), np.arange(len(inside)))]
    for learned, tested in parts:
        by = fit([*outside, *(inside[at] for at in learned)])
        yield from (Judged.of(inside[at], by) for at in tested)


def _figures(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    groups: dict[str, Callable[[Case], bool]] = {
        **{name: partial(_is_of, name) for name in (HELD_OUT, *SETS)},
        "sets": lambda case: case.group in SETS,
        "sets, cross-language": lambda case: case.group in SETS and bool(case.only),
        "sets, en": lambda case: case.group in SETS and case.language == "en",
        "sets, zh": lambda case: case.group in SETS and case.language == "zh",
        "sets, products": lambda case: case.group in SETS and case.wanted == PRODUCT,
    }
    return {name: _told([one for one in judged if belongs(one.case)]) for name, belongs in groups.items()}


def _is_of(group: str, case: Case) -> bool:
    return case.group == group


def _told(judged: Sequence[Judged]) -> dict[str, Any]:
    inside, outside = ([one for one in judged if one.case.has_answer == has] for has in (True, False))
    border = float(np.quantile([one.logit for one in inside], COMPARED_AT))
    return {
        "questions": len(inside),
        "first": share([one.right for one in inside]),
        "declined": share([one.logit < 0 for one in inside]),
        "unanswerable": len(outside),
        "unanswerable_declined": share([one.logit < 0 for one in outside]),
        "where_5_percent_of_the_others_are": share([one.logit < border for one in outside]),
    }

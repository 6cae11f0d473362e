"""How the model of pages, the features and earlier questions are weighed: `weights.json` beside the demo shop's model.

They are fitted to what the model has not learned: the held-out tenth of the demo shop's questions, and its first three
sets of test questions, which tell nothing new of this search from then on. First it is learned which document is right;
then, of the best one, whether it answers. What is reported was judged by weights that had not seen it: each tenth by
those of the other nine, and each set by those of the other two and of what was held out.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from benchmarks.knowledge.bench import Bench, share
from benchmarks.knowledge.demo import OTHER
from services.dialogue.adapters.knowledge.asked_before import AskedBefore
from services.dialogue.adapters.knowledge.choosing import Asking, Chooser, Judge
from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.adapters.knowledge.judging import RANKED, SURE, Beside, Judgement, sure_row, write_judgement
from services.dialogue.adapters.knowledge.lexical import terms_of
from services.dialogue.adapters.knowledge.page_model import MODEL_FOLDER, asked_before, model_name, read_learned
from services.dialogue.adapters.knowledge.questions import questions_of
from services.dialogue.adapters.knowledge.scoring import LEAST_SHARE, UNNAMED, log_shares, logits_of, rank_rows
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from shared.config import ROOT
from shared.shop import load_shop
from shared.shop.asked import NOTHING, PRODUCT, is_nothing

FOLDS = 10
WRONGLY_DECLINED = 0.04
"""So many of the sets' questions that have an answer may be declined."""
STRENGTHS = {"ranked": 1.0, "sure": 0.1}
HELD_OUT = "held out"
SETS = {"first set": "demo_questions", "second set": "demo_questions_second", "third set": "demo_questions_third"}
ANY_PRODUCT = "*"
NONE_YET = Judgement(*(np.zeros(len(of) + 1) for of in (RANKED, RANKED, SURE)))


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
    """A case's documents, for each page and the nearest product a row of RANKED; and what earlier questions say."""

    case: Case
    names: list[str]
    x: np.ndarray
    products: np.ndarray
    beside: Beside
    nothing: float

    @property
    def right(self) -> np.ndarray:
        wanted = ANY_PRODUCT if self.case.wanted == PRODUCT else self.case.wanted
        return np.array([name == wanted for name in self.names])

    def best(self, by: Judgement) -> int:
        return int(by.ranked(self.x, self.products).argmax())

    def sure_row(self, by: Judgement) -> np.ndarray:
        """SURE of the best document."""
        at = self.best(by)
        return sure_row(by.ranked(self.x, self.products)[at], self.x[at], self.beside, at, self.nothing)


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
    found = {"each tenth by the others": _figures(seen, _crossed(seen, _tenths(len(seen))))}
    found["each set by the others"] = _figures(seen, _crossed(seen, list(_left_out(seen))))
    write_judgement(folder, by, model_name(folder), {"questions": len(seen), "answerable_declined": WRONGLY_DECLINED})
    return {"weights": by.told(), **{name: rows for name, rows in found.items() if rows}}


def _sets(data: Path, products: Collection[str]) -> Iterator[Case]:
    for group, name in SETS.items():
        asked = yaml.safe_load((data / f"{name}.yaml").read_text("utf-8"))
        for case in [*asked["answered"], *asked["unanswered"]]:
            only = OTHER[case["language"]] if case.get("cross") else ""
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
    opinion = choice.opinion(entries, Asking(vector, words))
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
    nothing = float(np.log(max(opinion.nothing, LEAST_SHARE)))
    products = np.array([name == ANY_PRODUCT for name in kept])
    return Seen(case, list(kept), rows[at], products, opinion.beside.only(at), nothing)


def fit(seen: Sequence[Seen]) -> Judgement:
    """Weights for these cases; at 0 the best document of so many of the sets' answerable ones is declined."""
    ranking = _fit_ranking(seen)
    # Of its own questions a ranking thinks too well: those of questions held out from it decide, and so on.
    rows = np.zeros((len(seen), len(SURE)))
    for learned, tested in _tenths(len(seen), 1):
        crossed = _fit_ranking([seen[at] for at in learned])
        rows[tested] = [seen[at].sure_row(crossed) for at in tested]
    answered = np.array([one.case.has_answer for one in seen])
    sure = np.zeros(len(seen))
    for learned, tested in _tenths(len(seen), 2):
        weights = _regression(rows[learned], answered[learned], STRENGTHS["sure"])
        sure[tested] = rows[tested] @ weights[:-1] + weights[-1]
    of_sets = np.array([one.case.group != HELD_OUT for one in seen])
    border = float(np.quantile(sure[answered & of_sets], WRONGLY_DECLINED))
    weights = _regression(rows, answered, STRENGTHS["sure"])
    weights[-1] -= border
    return replace(ranking, sure=weights)


def _fit_ranking(seen: Sequence[Seen]) -> Judgement:
    x, y, products = (np.concatenate(parts) for parts in zip(*((s.x, s.right, s.products) for s in seen), strict=True))
    pages, goods = (
        _regression(x[products == kind], y[products == kind], STRENGTHS["ranked"]) for kind in (False, True)
    )
    return replace(NONE_YET, pages=pages, products=goods)


def _regression(x: np.ndarray, y: np.ndarray, strength: float) -> np.ndarray:
    """Weights of the columns, and what is added; held back in units of each column's spread."""
    spread = np.maximum(x.std(axis=0), 1e-6)
    model = LogisticRegression(C=strength, max_iter=1000).fit(x / spread, y)
    return np.append(model.coef_[0] / spread, model.intercept_)


Parts = list[tuple[np.ndarray, np.ndarray]]


def _tenths(count: int, seed: int = 0) -> Parts:
    return list(KFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(count)))


def _left_out(seen: Sequence[Seen]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for name in SETS:
        is_left = np.array([one.case.group == name for one in seen])
        yield np.flatnonzero(~is_left), np.flatnonzero(is_left)


def _crossed(seen: Sequence[Seen], parts: Parts) -> dict[int, tuple[bool, float]]:
    """For the cases that are tested: whether the right document is first, and the logit of the first."""
    found = {}
    for learned, tested in parts:
        by = fit([seen[at] for at in learned])
        for at in map(int, tested):
            row = seen[at].sure_row(by)
            found[at] = bool(seen[at].right[seen[at].best(by)]), float(row @ by.sure[:-1] + by.sure[-1])
    return found


def _figures(seen: Sequence[Seen], found: dict[int, tuple[bool, float]]) -> dict[str, dict[str, Any]]:
    groups: dict[str, Callable[[Case], bool]] = {
        **{name: lambda case, name=name: case.group == name for name in (HELD_OUT, *SETS)},  # type: ignore[misc]
        "sets, cross-language": lambda case: case.group != HELD_OUT and bool(case.only),
        **{f"sets, {name}": lambda case, name=name: case.group in SETS and case.language == name for name in OTHER},  # type: ignore[misc]
        "products": lambda case: case.wanted == PRODUCT,
    }
    told = {}
    for name, belongs in groups.items():
        rows = [(seen[at].case, *pair) for at, pair in found.items() if belongs(seen[at].case)]
        if not rows:
            continue
        inside = [(right, logit) for case, right, logit in rows if case.has_answer]
        outside = [logit for case, _, logit in rows if not case.has_answer]
        told[name] = {
            "questions": len(inside),
            "first": share([right for right, _ in inside]),
            "declined": share([logit < 0 for _, logit in inside]),
            "unanswerable": len(outside),
            "unanswerable_declined": share([logit < 0 for logit in outside]),
            "unanswerable_declined_at_5": _declined_at(0.05, inside, outside),
        }
    return told


def _declined_at(rate: float, inside: Sequence[tuple[bool, float]], outside: Sequence[float]) -> float | None:
    """How many of 100 would be declined if the border lay where so many of the answerable ones are."""
    if not inside or not outside:
        return None
    border = np.quantile([logit for _, logit in inside], rate)
    return share([bool(logit < border) for logit in outside])

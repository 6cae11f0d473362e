"""Fits the weights of the check's evidence to labelled replies: logistic regression, a set left out at a time.

Regression with a ridge by Newton's steps (Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning",
4.4.1); both classes count alike, and sets that the rules were made with count half.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.generation.replies import GOOD, Labelled
from services.generator.domain.check import Ground
from services.generator.domain.check.evidence import denial_seen, support_seen
from services.generator.domain.check.polarity import seems_turned_round
from services.generator.domain.check.support import unsupported
from services.generator.domain.check.text import normal, sentences
from services.generator.domain.check.weights import WEIGHTS
from shared.config import ROOT

Numbers = NDArray[np.float64]
Seen = dict[str, float]
KEPT = {"support": 0.85, "denial": 0.95}
"""Share of the faults found by a rule that has to stay found by evidence of sets left out, by kind of evidence."""
RIDGE, STEPS = 10.0, 30
MADE_WITH = frozenset({"tuned", "second", "unseen", "fourth"})
LANGUAGES = ("en", "zh")
TABLE = ROOT / "services/generator/domain/check/weights.py"
HEAD = '''"""Weights and limits of the evidence, by kind and language; "1" is added always.

Written by `python -m benchmarks.generation weights`: fit again after a change of rules, never by hand.
"""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
'''


_FOR, _EITHER = frozenset({"figures", "together", "clause_together", "clause", "sentence"}), frozenset({"denials"})
"""Evidence that may only speak for a sentence, and that may speak either way; all other may only speak against it."""


@dataclass(frozen=True)
class Kind:
    """What is fitted: evidence, the rule that it holds back, and the labels that the rule is there for."""

    seen: Callable[[str, Ground], Seen]
    rule: Callable[[str, Ground], bool]
    labels: frozenset[str]


KINDS = {
    "support": Kind(support_seen, unsupported, frozenset({"unsupported"})),
    "denial": Kind(denial_seen, seems_turned_round, frozenset({"polarity"})),
}


@dataclass(frozen=True)
class Row:
    """A sentence: its evidence, whether it is at fault, whether the rule objects, and its set."""

    seen: Seen
    bad: bool
    found: bool
    of: str


@dataclass(frozen=True)
class Fitted:
    """Weights, the limit, and what is left of the rule's finds in sets left out, in percent."""

    weights: dict[str, float]
    limit: float
    bad_kept: float
    good_kept: float


def rows_of(kind: Kind, replies: Mapping[str, Sequence[Labelled]], language: str) -> list[Row]:
    """Every sentence of good replies, and of each bad one the sentence that the rule objects to, or its last."""
    rows = []
    for name, labelled in replies.items():
        for reply in labelled:
            if reply.ground.language != language or reply.kind not in kind.labels | {GOOD}:
                continue
            said = [normal(part) for part in sentences(reply.text)]
            found = [(text, kind.rule(text, reply.ground)) for text in said]
            if reply.kind != GOOD:
                found = [next((pair for pair in found if pair[1]), found[-1])] if found else []
            rows += [Row(kind.seen(text, reply.ground), reply.kind != GOOD, hit, name) for text, hit in found]
    return rows


def fitted(rows: Sequence[Row], kept: float) -> Fitted:
    """Weights from all rows; the limit by what the weights of the other sets say of each set.

    It is the highest one at which `kept` of the faults that the rule finds stay found.
    """
    told: list[tuple[float, Row]] = []
    for name in dict.fromkeys(row.of for row in rows):
        weights = _weights([row for row in rows if row.of != name])
        told += [(_probability(weights, row.seen), row) for row in rows if row.of == name and row.found]
    bad = sorted(likely for likely, row in told if row.bad)
    limit = round(bad[int((1 - kept) * len(bad))] - 0.001, 3) if bad else 0.0
    good = [likely for likely, row in told if not row.bad]
    return Fitted(_weights(rows), limit, _above(bad, limit), _above(good, limit))


@contextmanager
def in_force(table: Mapping[str, Mapping[str, Fitted]]) -> Iterator[None]:
    """The check judges by these weights for a while."""
    kept = dict(WEIGHTS)
    try:
        WEIGHTS.update({kind: _plain(of) for kind, of in table.items()})
        yield
    finally:
        WEIGHTS.update(kept)


def tables(rows: Mapping[tuple[str, str], Sequence[Row]], without: str = "") -> dict[str, dict[str, Fitted]]:
    """By kind and language, what is fitted to all rows but those of one set."""
    return {
        kind: {code: fitted([r for r in rows[kind, code] if r.of != without], KEPT[kind]) for code in LANGUAGES}
        for kind in KINDS
    }


def _plain(of: Mapping[str, Fitted]) -> dict[str, dict[str, float]]:
    limits = {code: found.limit for code, found in of.items()}
    return {"limit": limits, **{code: found.weights for code, found in of.items()}}


def write_weights(path: Path, table: Mapping[str, Mapping[str, Fitted]]) -> None:
    """Writes the module that the check reads."""
    lines = [HEAD]
    for kind, of in table.items():
        limits = ", ".join(f'"{language}": {found.limit}' for language, found in of.items())
        lines.append(f'    "{kind}": {{\n        "limit": {{{limits}}},\n')
        for language, found in of.items():
            entries = "".join(f'            "{name}": {value:.3f},\n' for name, value in found.weights.items())
            lines.append(f'        "{language}": {{\n{entries}        }},\n')
        lines.append("    },\n")
    draft = path.with_suffix(".draft")
    draft.write_text("".join(lines) + "}\n", encoding="utf-8")
    draft.replace(path)


def _above(likely: Sequence[float], limit: float) -> float:
    return round(100 * sum(value > limit for value in likely) / max(len(likely), 1), 1)


def _probability(weights: Mapping[str, float], seen: Seen) -> float:
    return float(1 / (1 + np.exp(-weights["1"] - sum(weights[name] * value for name, value in seen.items()))))


def _weights(rows: Sequence[Row]) -> dict[str, float]:
    """Evidence that would speak the wrong way is left out: a word more without source never makes a sentence better."""
    names = list(rows[0].seen)
    found = _free_weights(rows, names)
    while wrong := {name for name, value in found.items() if _wrong(name, value)}:
        found = _free_weights(rows, [name for name in found if name not in wrong | {"1"}])
    return {"1": found["1"], **{name: found.get(name, 0.0) for name in names}}


def _wrong(name: str, weight: float) -> bool:
    return name not in _EITHER | {"1"} and (weight > 0 if name in _FOR else weight < 0)


def _free_weights(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    seen = np.array([[row.seen[name] for name in names] for row in rows], dtype=float)
    bad = np.array([row.bad for row in rows])
    counts = np.where([row.of in MADE_WITH for row in rows], 0.5, 1.0)
    counts = counts * np.where(bad, counts[~bad].sum() / counts[bad].sum(), 1.0)
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    scaled = _regress((seen - mean) / spread, bad.astype(float), counts)
    plain = scaled[1:] / spread
    return {"1": float(scaled[0] - plain @ mean), **dict(zip(names, map(float, plain), strict=True))}


def _regress(seen: Numbers, bad: Numbers, counts: Numbers) -> Numbers:
    """The intercept, then a weight for each column; the intercept is not drawn to nothing."""
    columns = np.column_stack([np.ones(len(seen)), seen])
    ridge = RIDGE * np.diag([1e-6, *([1.0] * seen.shape[1])])
    weights = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        slope = columns.T @ (counts * (bad - likely)) - ridge @ weights
        weights += np.linalg.solve((columns.T * (counts * likely * (1 - likely))) @ columns + ridge, slope)
    return weights

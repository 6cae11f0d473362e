"""What an evaluation of replies finds, arm by arm."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from services.commands.generation.arms import Said
from services.commands.generation.finding import Found
from services.generator.domain.prompt import Kind, kind_of
from services.generator.domain.scoring import fact_coverage, unlike

TEMPLATE, TUNED = "template", "tuned"
FEWEST = 20
"""Questions of a kind, below which nothing is concluded about it."""


@dataclass(frozen=True)
class Case:
    """A question of what was held back, a reference for its answer, and what each arm said."""

    found: Found
    reference: str
    said: Mapping[str, Said]

    @property
    def kind(self) -> Kind:
        """What its answer is about."""
        return kind_of(self.found.ground)


def figures(cases: Sequence[Case], arm: str) -> dict[str, Any]:
    """One arm's figures. `written` is what it wrote itself, `shown` what a customer sees after the check."""
    said = [case.said[arm] for case in cases]
    return {
        "questions": len(cases),
        "passes_check": _percent([not one.faults for one in said]),
        "released": None if arm == TEMPLATE else _percent([one.by_model for one in said]),
        "coverage_written": _percent([_covered(case, case.said[arm].written) for case in cases]),
        "coverage_shown": _percent([_covered(case, case.said[arm].shown) for case in cases]),
        "chrf_written": chrf([one.written for one in said], [case.reference for case in cases]),
        "chrf_shown": chrf([one.shown for one in said], [case.reference for case in cases]),
        "own_words": _percent([unlike(case.said[arm].shown, case.found.ground) for case in cases]),
        "words": round(mean(len(one.shown.split()) for one in said), 1),
        "tokens_per_s": _middle([one.tokens_per_s for one in said]),
        "first_chunk_s": _middle([one.first_s for one in said], 2),
        "faults": dict(Counter(fault for one in said for fault in one.faults).most_common()),
    }


def by_kind(cases: Sequence[Case]) -> dict[str, dict[str, dict[str, Any]]]:
    """Each arm's figures for each kind of answer."""
    kinds = sorted({case.kind for case in cases})
    groups = {kind: [case for case in cases if case.kind == kind] for kind in kinds}
    return {kind: {arm: figures(group, arm) for arm in group[0].said} for kind, group in groups.items()}


def helped(kinds: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """The kinds for which customers read no fewer facts from the taught model than from the shop's own words, in words
    that are nearer to the references."""
    return [
        kind for kind, arms in kinds.items()
        if arms[TEMPLATE]["questions"] >= FEWEST
        and arms[TUNED]["coverage_shown"] >= arms[TEMPLATE]["coverage_shown"]
        and arms[TUNED]["chrf_shown"] > arms[TEMPLATE]["chrf_shown"]
    ]  # fmt: skip


def chrf(written: Sequence[str], references: Sequence[str]) -> float:
    """chrF2 of all replies together (Popović 2015), by sacrebleu."""
    from sacrebleu.metrics import CHRF

    return round(float(CHRF().corpus_score(list(written), [list(references)]).score), 1)


def _covered(case: Case, text: str) -> float:
    return fact_coverage(text, case.reference, case.found.ground.language)


def _percent(values: Sequence[float]) -> float:
    return round(100 * mean(values), 1)


def _middle(values: Sequence[float | None], digits: int = 1) -> float | None:
    measured = [value for value in values if value is not None]
    return round(median(measured), digits) if measured else None

"""The whole of preparing, in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.nlu.domain.preparing.cleaning import drop_unusable, mask, normalise
from services.nlu.domain.preparing.duplicates import (
    drop_contradictions,
    drop_duplicates,
    drop_near_duplicates,
    drop_poor_intents,
)
from services.nlu.domain.preparing.rows import Drop, Options, Row, Step
from services.nlu.domain.preparing.splitting import split, templates

STEPS: dict[str, Step] = {
    "normalise": normalise,
    "drop what is no text": drop_unusable,
    "mask personal data": mask,
    "drop contradictions": drop_contradictions,
    "drop duplicates": drop_duplicates,
    "drop near duplicates": drop_near_duplicates,
    "drop poor intents": drop_poor_intents,
}


@dataclass(frozen=True)
class Prepared:
    """The rows by side, how many templates each intent has, what was dropped, and what was changed by step."""

    sides: dict[str, list[Row]]
    templates: Counter[str | None]
    drops: list[Drop]
    counts: dict[str, Counter[str]]

    @property
    def rows(self) -> list[Row]:
        return [row for rows in self.sides.values() for row in rows]


def prepare(rows: Sequence[Row], options: Options) -> Prepared:
    """All steps, then the split by template; the same rows and options give the same every time."""
    kept = list(rows)
    drops: list[Drop] = []
    counts: dict[str, Counter[str]] = {}
    for name, step in STEPS.items():
        outcome = step(kept, options)
        kept, counts[name] = outcome.rows, outcome.counts
        drops += outcome.drops
    parts = templates(kept, options.words)
    of_intents = Counter(intent for part in parts for intent in {kept[at].intent for at in part})
    return Prepared(split(kept, options, parts), of_intents, drops, counts)

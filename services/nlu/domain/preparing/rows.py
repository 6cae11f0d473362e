"""What the steps work on."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from services.nlu.domain.masking import Mark
from services.nlu.domain.preparing.words import Words


@dataclass(frozen=True)
class Row:
    """One thing that a customer said. `line` is where the export has it; `intent` is None where nobody labelled it."""

    text: str
    line: int
    intent: str | None = None
    language: str | None = None
    marks: tuple[Mark, ...] = ()
    placed: str = ""
    """The file, where an export has several."""


@dataclass(frozen=True)
class Drop:
    """A row that is left out, and why."""

    row: Row
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Options:
    """What may be chosen. `names` are those of the people who write in the export."""

    words: Words
    names: frozenset[str] = frozenset()
    keep_numbers: bool = False
    order_pattern: str | None = None
    fewest: int = 5
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a step leaves, what it leaves out, and what it changed, by kind."""

    rows: list[Row]
    drops: list[Drop] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


Step = Callable[[Sequence[Row], Options], Outcome]
Replacement = tuple[int, int, str]


def replaced(row: Row, replacements: Sequence[Replacement]) -> Row:
    """The row with other text in places that are in order and apart; marks move along.

    A mark that reaches into a replaced place covers the new text whole; one that has nothing left is gone. What is put
    in just before or after a mark stays outside of it.
    """
    if not replacements:
        return row
    parts: list[str] = []
    at = 0
    for start, end, new in replacements:
        parts += [row.text[at:start], new]
        at = end
    marks = ((_moved(start, replacements, 0), _moved(end, replacements, 1), kind) for start, end, kind in row.marks)
    text = "".join(parts) + row.text[at:]
    return replace(row, text=text, marks=tuple(mark for mark in marks if mark[0] < mark[1]))


def _moved(offset: int, replacements: Sequence[Replacement], side: int) -> int:
    """Where an offset is now: one inside of a replaced place goes to its start (`side` 0) or its end (1)."""
    shift = 0
    for start, end, new in replacements:
        if end <= offset and (start < offset or side == 0):
            shift += len(new) - (end - start)
        elif start < offset:
            return start + shift + side * len(new)
        else:
            break
    return offset + shift

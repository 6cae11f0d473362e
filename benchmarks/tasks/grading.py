"""Grades the shop's final state against what a task's correct writes leave behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any

from benchmarks.tasks.goals import Goal, Leaves, Task
from shared.shop.formats.base import Documents, Done

TOLERANCE = 0.005
MOST_TOLD = 12
Record = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """How a format's data parts into records and their owners."""

    state_of: Callable[[Documents], Leaves]
    record_of: Callable[[tuple[str, ...]], Record]
    owner_of: Callable[[Record, Documents], str | None]


@dataclass(frozen=True)
class Grade:
    """How a task ended in the shop. `missing` are records without their change, `wrong` changes that nobody wanted."""

    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    duplicates: int = 0
    differences: tuple[str, ...] = ()
    as_given: bool = True
    """Whether the records are, to the letter, what the data gives, contradictions included."""

    @property
    def succeeded(self) -> bool:
        return not (self.missing or self.wrong or self.duplicates)


def by_record(
    state: Leaves, record_of: Callable[[tuple[str, ...]], Record]
) -> dict[Record, dict[tuple[str, ...], Any]]:
    """The state's values, record by record."""
    found: dict[Record, dict[tuple[str, ...], Any]] = {}
    for path, value in state.items():
        record = record_of(path)
        found.setdefault(record, {})[path[len(record) :]] = value
    return found


def same(one: Leaves, other: Leaves) -> bool:
    """Whether two records hold the same, numbers within half a cent."""
    return one.keys() == other.keys() and all(_same_value(value, other[path]) for path, value in one.items())


def _same_value(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)) and not isinstance(one, bool):
        return isclose(one, other, abs_tol=TOLERANCE)
    return bool(one == other)


def changed_records(before: Mapping[Record, Leaves], now: Mapping[Record, Leaves]) -> set[Record]:
    """The records that differ."""
    return {
        record for record in before.keys() | now.keys() if not same(before.get(record, {}), now.get(record, {}))
    }  # fmt: skip


def grade(task: Task, before: Mapping[Record, Leaves], now: Mapping[Record, Leaves], done: Sequence[Done]) -> Grade:
    """Grades the customer's records (`before` and `now` hold these alone) and the acts that were done for them.

    A record that lacks its change is missing. Wrong is a change of a record that the task leaves alone, an act that
    is no goal of the customer's, and a record that differs although all that was wanted of it was done.
    """
    missing = {r for r, wanted in task.gold.items() if not same(wanted, now.get(r, {}))}
    wrong = [_named(record) for record in sorted(changed_records(before, now) - task.gold.keys())]
    left = list(task.card.goals)
    duplicates = 0
    for act in done:
        goal = next((goal for goal in left if amounts_to(act, goal)), None)
        if goal is not None:
            left.remove(goal)
        elif any(amounts_to(act, goal) for goal in task.card.goals):
            duplicates += 1
        else:
            wrong.append(f"{act.action} on {act.target}")
    if not left and done and not wrong:
        wrong += [f"{_named(record)} is not as wanted" for record in sorted(missing)]
    given = task.gold if task.given is None else task.given
    as_given = all(same(wanted, now.get(record, {})) for record, wanted in given.items())
    told = tuple(line for record in sorted(missing) for line in _differences(task.gold[record], now.get(record, {})))
    return Grade(tuple(map(_named, sorted(missing))), tuple(wrong), duplicates, told[:MOST_TOLD], as_given)


def _differences(wanted: Leaves, found: Leaves) -> list[str]:
    """What is otherwise than wanted, value by value."""
    paths = sorted(wanted.keys() | found.keys())
    apart = [path for path in paths if not _same_value(wanted.get(path), found.get(path))]
    return [f"{_named(path)} is {found.get(path)!r}, not {wanted.get(path)!r}" for path in apart]


def amounts_to(act: Done, goal: Goal) -> bool:
    """Whether the act is what the goal wants: the action, the order, and exactly these items and variants."""
    if act.action not in goal.acts or (goal.order and "order" in act.arguments and act.target != goal.order):
        return False
    items, options = _parts(act.arguments.get("item", "")), _parts(act.arguments.get("option", ""))
    if sorted(items) != sorted(item.sku for item in goal.items) and "item" in act.arguments:
        return False
    pairs = dict(zip(items, options, strict=False))
    return not options or pairs == {item.sku: item.new_sku for item in goal.items}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _named(record: Record) -> str:
    return "/".join(record)

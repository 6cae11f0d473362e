"""What a run of tasks found, as data and as a page with every failure and its transcript."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.tasks.goals import Task
from benchmarks.tasks.playing import Found, Played
from loadtest.html import page, pairs, table
from loadtest.machine import describe

METHOD = (
    "Each customer is made from the correct writes of a task: they know what they want, which order and which thing, "
    "and what to pay with; they confirm only a preview that shows just this. So the figures say whether a customer who "
    "knows their mind gets it done, and nothing about guessing what an undecided one wants. A task succeeds if the "
    "shop's records end as the correct writes leave them and no other record changed. Where a task's end state gives "
    "an item a price and options that its own catalogue does not, the catalogue's count (`mended_end_states`); "
    "`succeeded_as_given` counts what is also to the letter as the data has it."
)


def document(found: Found, tasks: Sequence[Task], settings: dict[str, Any]) -> dict[str, Any]:
    """The report as plain data: figures first, then every task."""
    played = found.played
    succeeded = [one for one in played if one.kind == "success"]
    writes = [bool(task.gold) for task in tasks]
    return {
        **settings,
        "tasks": len(played),
        "succeeded": len(succeeded),
        "success": round(len(succeeded) / len(played), 4) if played else None,
        "succeeded_as_given": sum(one.grade.as_given for one in succeeded),
        "mended_end_states": sum(task.given is not None for task in tasks),
        "without_writes": writes.count(False),
        "wrong_writes": sum(len(one.grade.wrong) for one in played) + len(found.stray),
        "duplicate_writes": sum(one.grade.duplicates for one in played),
        "unconfirmed_writes": sum(one.unconfirmed for one in played),
        "previews_declined": sum(one.declined for one in played),
        "by_class": dict(Counter(one.kind for one in played).most_common()),
        "by_goal": by_goal(played, tasks),
        "turns": round(sum(one.turns for one in played) / len(played), 2) if played else None,
        "seconds": round(found.seconds, 1),
        "stray": list(found.stray),
        "method": METHOD,
        "machine": describe(),
        "played": [_one(one) for one in played],
    }


def by_goal(played: Sequence[Played], tasks: Sequence[Task]) -> dict[str, dict[str, int]]:
    """How many goals of each kind there were, and how many came about."""
    goals: dict[str, Counter[str]] = {}
    for one, task in zip(played, tasks, strict=True):
        for goal, end in zip(task.card.goals, one.ends, strict=True):
            goals.setdefault(goal.words, Counter()).update(
                ["goals", *(["done"] if end in ("done", "answered") else [])]
            )
    return {kind: {"goals": found["goals"], "done": found["done"]} for kind, found in sorted(goals.items())}


def _one(one: Played) -> dict[str, Any]:
    return {
        "task": one.task, "class": one.kind, "goals": one.ends, "missing": list(one.grade.missing),
        "wrong": list(one.grade.wrong),
        "differences": list(one.grade.differences), "duplicates": one.grade.duplicates, "turns": one.turns,
        "seconds": one.seconds, "transcript": [list(line) for line in one.transcript],
    }  # fmt: skip


def write_report(directory: Path, report: dict[str, Any]) -> None:
    """Writes `report.json`, the page, and `failed.txt`, which holds the transcripts of what failed."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    (directory / "report.html").write_text(_page(report), encoding="utf-8")
    (directory / "failed.txt").write_text("\n\n".join(_failures(report)) + "\n", encoding="utf-8")


def summary(report: dict[str, Any]) -> str:
    """The figures in a few lines."""
    share = f"{report['success']:.1%}), {report['succeeded_as_given']} as given"
    head = f"{report['succeeded']}/{report['tasks']} tasks succeeded ({share}"
    bad = ", ".join(f"{report[f'{kind}_writes']} {kind}" for kind in ("wrong", "duplicate", "unconfirmed"))
    classes = ", ".join(f"{name}: {count}" for name, count in report["by_class"].items())
    return f"{head}; writes: {bad}\n{classes}\n{report['by_goal']}"


def _failures(report: dict[str, Any]) -> Iterator[str]:
    for one in (one for one in report["played"] if one["class"] != "success"):
        lines = [f"# {one['task']}: {one['class']}", *(f"- {goal}" for goal in one["goals"])]
        lines += [f"- wrong: {wrong}" for wrong in one["wrong"]] + [f"- missing: {gone}" for gone in one["missing"]]
        lines += [f"- {told}" for told in one["differences"]]
        yield "\n".join([*lines, *(f"{who}: {text}" for who, text in one["transcript"])])


def _page(report: dict[str, Any]) -> str:
    hidden = ("played", "by_class", "by_goal", "method", "machine", "command", "stray")
    figures = {name: value for name, value in report.items() if name not in hidden}
    goals = [[name, counts["goals"], counts["done"]] for name, counts in report["by_goal"].items()]
    sections = [
        f"<h1>Tasks of customers: {escape(str(report['collection']))}</h1>",
        f'<p class="note">{escape(METHOD)}</p>',
        pairs(figures),
        "<h2>How they ended</h2>",
        pairs(report["by_class"]),
        "<h2>By goal</h2>",
        table(["", "goals", "done"], goals),
        "<h2>Failures</h2>",
        *(f"<pre>{escape(text)}</pre>" for text in _failures(report)),
        "<h2>Machine</h2>",
        pairs(report["machine"]),
        f"<pre>{escape(report['command'])}</pre>",
    ]
    return page("Tasks of customers", sections)

"""A run of the check over labelled replies, as data and as a page."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.generation.measuring import Judged, by_kind, false_alarms, hard_alarms, hard_recall, recall
from loadtest.html import page, pairs, table
from loadtest.machine import describe

LANGUAGES = (None, "en", "zh")


def document(results: Mapping[str, Sequence[Judged]], command: list[str]) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "sets": {name: _set(judged) for name, judged in results.items()},
        "machine": describe(),
        "command": " ".join(command),
    }


def summary(report: dict[str, Any]) -> str:
    """One line a set and language."""
    return "\n".join("  ".join(str(cell) for cell in row) for row in _rows(report["sets"]))


def write_report(directory: Path, report: dict[str, Any]) -> None:
    """Writes `report.json` and the page."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    (directory / "report.html").write_text(_page(report), encoding="utf-8")


def _set(judged: Sequence[Judged]) -> dict[str, Any]:
    shares = {}
    for language in LANGUAGES:
        found, stopped = recall(judged, language), false_alarms(judged, language)
        hard, alarms = hard_recall(judged, language), hard_alarms(judged, language)
        shares[language or "all"] = {
            "bad": found.of, "recall": found.percent, "good": stopped.of, "false_alarms": stopped.percent,
            "hard_bad": hard.of, "hard_recall": hard.percent, "hard_false_alarms": alarms.percent,
        }  # fmt: skip
    return {
        "shares": shares,
        "recall_by_kind": {kind: {"bad": share.of, "recall": share.percent} for kind, share in by_kind(judged).items()},
        "wrong": [
            {"text": j.reply.text, "label": j.reply.kind, "found": sorted(j.faults)} for j in judged if not j.right
        ],
    }


def _rows(sets: Mapping[str, Any]) -> list[list[Any]]:
    rows = []
    for name, results in sets.items():
        for language, of in results["shares"].items():
            found, stopped = f"{of['recall']} % of {of['bad']} bad", f"{of['false_alarms']} % of {of['good']} good"
            hard = f"hard: {of['hard_recall']} % of {of['hard_bad']} bad"
            rows.append([name, language, found, stopped, hard, f"{of['hard_false_alarms']} % of {of['good']} good"])
    return rows


def _page(report: dict[str, Any]) -> str:
    shares = table(
        ("set", "language", "found", "stopped", "found by hard rules", "stopped by hard rules"), _rows(report["sets"])
    )
    parts = ["<h1>The check of what models write</h1>", shares]
    for name, results in report["sets"].items():
        kinds = [[kind, of["bad"], of["recall"]] for kind, of in results["recall_by_kind"].items()]
        wrong = [[w["label"], w["text"], ", ".join(w["found"])] for w in results["wrong"]]
        parts += [f"<h2>{name}: by kind</h2>", table(("kind", "bad", "recall, %"), kinds)]
        parts += [f"<h2>{name}: judged wrongly</h2>", table(("label", "reply", "found"), wrong)]
    parts += ["<h2>Run</h2>", pairs(report["machine"] | {"command": report["command"]})]
    return page("Generation check", parts)

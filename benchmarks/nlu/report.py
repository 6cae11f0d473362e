"""What a run of the understanding benchmark found, as data and as a page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt  # noqa: E402 - the backend must be chosen first

from benchmarks.crowd import Speed  # noqa: E402
from loadtest.html import page, pairs, percentile_table, table  # noqa: E402
from loadtest.machine import describe  # noqa: E402

FLOOR = "encoder alone"
OURS = "deskbell"
DRIVEN_BY = (
    "Every system is fitted to the same examples and asked the same texts. Alone, one text is read at a time; in the "
    "crowd, so many callers ask at once, each its next text when the last has been read, and encoders share batches "
    "among them. No vector is remembered. Our own side reads the whole message: parts, encoder, heads, mentions and "
    "signals; the encoder alone makes one vector of it."
)


@dataclass(frozen=True)
class Result:
    """One system: shares of right answers by language, and speed."""

    name: str
    accuracy: dict[str, float]
    alone: Speed
    crowd: Speed

    def document(self) -> dict[str, Any]:
        """Plain data."""
        return {"accuracy": self.accuracy, "alone": self.alone.document(), "crowd": self.crowd.document()}


def document(results: Sequence[Result], facts: dict[str, Any], command: list[str]) -> dict[str, Any]:
    """The report as plain data; `ratio` compares our whole path with the encoder's forward pass of the same run."""
    by_name = {result.name: result for result in results}
    ours, floor = by_name[OURS], by_name[FLOOR]
    ratio = {
        "alone": round(ours.alone.per_s / floor.alone.per_s, 3),
        "crowd": round(ours.crowd.per_s / floor.crowd.per_s, 3),
    }
    return {
        "systems": {result.name: result.document() for result in results},
        "ratio": ratio,
        "data": facts,
        "driven_by": DRIVEN_BY,
        "machine": describe(),
        "command": " ".join(command),
    }


def write_report(directory: Path, report: dict[str, Any]) -> None:
    """Writes `report.json`, the page and its pictures."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    _draw(directory / "speed.svg", "texts a second", _speeds(report["systems"]))
    _draw(directory / "accuracy.svg", "right answers, %", _accuracies(report["systems"]))
    (directory / "report.html").write_text(_page(report), encoding="utf-8")


def _page(report: dict[str, Any]) -> str:
    systems, ratio = report["systems"], report["ratio"]
    times = {f"{name}, {way}": of[way]["took_ms"] for name, of in systems.items() for way in ("alone", "crowd")}
    share = f"Whole path : forward pass = {ratio['alone']:g} alone, {ratio['crowd']:g} in the crowd (texts a second)."
    return page(
        "Understanding",
        [
            "<h1>Understanding beside other ways to do it</h1>",
            f"<p>{DRIVEN_BY}</p>",
            _overview(systems),
            f"<p>{share}</p>",
            '<img src="accuracy.svg" alt="accuracy"><img src="speed.svg" alt="speed">',
            "<h2>Time of a text, ms</h2>",
            percentile_table(times),
            "<h2>Data</h2>",
            pairs(report["data"]),
            "<h2>Machine</h2>",
            pairs(report["machine"]),
            f"<h2>Again</h2><pre>{report['command']}</pre>",
        ],
    )


def _overview(systems: dict[str, Any]) -> str:
    languages = list(dict.fromkeys(name for of in systems.values() for name in of["accuracy"]))
    head = ["", *(f"right, {name} %" for name in languages), "texts/s alone", "p50 ms", "texts/s crowd", "p99 ms crowd"]
    rows = [
        [
            name,
            *(of["accuracy"].get(language, "") for language in languages),
            of["alone"]["turns_per_s"],
            of["alone"]["took_ms"]["p50"],
            of["crowd"]["turns_per_s"],
            of["crowd"]["took_ms"]["p99"],
        ]
        for name, of in systems.items()
    ]
    return table(head, rows)


def _speeds(systems: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {name: {way: of[way]["turns_per_s"] for way in ("alone", "crowd")} for name, of in systems.items()}


def _accuracies(systems: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {name: of["accuracy"] for name, of in systems.items() if of["accuracy"]}


def _draw(path: Path, label: str, rows: dict[str, dict[str, float]]) -> None:
    """Bars side by side: a group for each system."""
    series = list(dict.fromkeys(name for row in rows.values() for name in row))
    figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
    width = 0.8 / len(series)
    for place, name in enumerate(series):
        at = [group + (place - (len(series) - 1) / 2) * width for group in range(len(rows))]
        bars = axes.bar(at, [row.get(name, 0) for row in rows.values()], width, label=name)
        axes.bar_label(bars, fmt="%.0f" if label.startswith("texts") else "%.1f", fontsize=8)
    axes.set_xticks(range(len(rows)), list(rows))
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)

"""What the dialogue's step takes, as data, tables and a picture."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt  # noqa: E402 - the backend must be chosen first
import numpy as np  # noqa: E402

from benchmarks.dialogue.measuring import SCRIPT, Times  # noqa: E402
from loadtest.html import page, pairs, table  # noqa: E402
from loadtest.machine import describe  # noqa: E402

BARS = {"p50_ms": 5.0, "growth": 1.5}
"""The median of a step, and how often the smallest median the largest of a row may be."""
SAYS = {
    "turn": "Place in the conversation",
    "orders": "Orders in the shop",
    "own orders": "Orders of the customer, in a shop of 10,000",
}
MEASURED = (
    "From `message.understood` to `reply.planned` in the handler, with Valkey (every write on disk before it is "
    "answered) and SQLite, without knowledge search. The floor loads the same state from the same Valkey and saves it "
    "by compare-and-set. Compared are the messages that can begin a conversation; a write is a confirmed change of "
    "address, with its commit and the look at the order after it."
)


def figures(times: Times) -> dict[str, Any]:
    """Median and 99th percentile in ms of the step and its floor, and by kind of message."""
    return {
        "turns": len(times.compared),
        **_percentiles(times.compared),
        **{f"floor_{name}": value for name, value in _percentiles(times.floor).items()},
        "state_bytes": max(times.state_bytes),
        "by_kind": {kind: _percentiles(times.steps[kind]) for kind in SCRIPT if times.steps[kind]},
    }


def _percentiles(seconds: list[float]) -> dict[str, float]:
    return {f"p{share}_ms": round(float(np.percentile(seconds, share)) * 1000, 2) for share in (50, 99)}


def document(found: Mapping[str, Mapping[int, Times]], command: str) -> dict[str, Any]:
    """The report as plain data, with whether the bars are held."""
    places = {name: {size: figures(times) for size, times in row.items()} for name, row in found.items()}
    medians = {name: [row["p50_ms"] for row in rows.values()] for name, rows in places.items()}
    growth = {name: round(max(row) / min(row), 2) for name, row in medians.items()}
    held = all(max(row) < BARS["p50_ms"] for row in medians.values())
    return {
        "measured": MEASURED,
        "places": places,
        "growth": growth,
        "bars": BARS,
        "held": held and all(value <= BARS["growth"] for value in growth.values()),
        "machine": describe(),
        "command": command,
    }


def write_report(directory: Path, report: Mapping[str, Any]) -> None:
    """Writes `report.json`, the picture and the page."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    _draw(directory / "growth.svg", report)
    (directory / "report.html").write_text(_page(report), encoding="utf-8")


def _draw(path: Path, report: Mapping[str, Any]) -> None:
    figure, plots = plt.subplots(1, len(report["places"]), figsize=(11, 3.4), layout="constrained", squeeze=False)
    for axes, (name, rows) in zip(plots[0], report["places"].items(), strict=True):
        sizes = list(rows)
        for key, colour, style in (("", "#2f7d5b", "-"), ("floor_", "#8a8a8a", "-")):
            for share, line in ((50, style), (99, ":")):
                values = [row[f"{key}p{share}_ms"] for row in rows.values()]
                label = f"{key or 'step_'}p{share}".replace("_", " ")
                axes.plot(sizes, values, line, marker=".", color=colour, label=label)
        axes.axhline(BARS["p50_ms"], color="#c0392b", linewidth=0.8)
        axes.set(xscale="log", xlabel=SAYS[name], ylabel="ms")
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(True, alpha=0.25)
    plots[0][0].legend(frameon=False, fontsize="small")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _page(report: Mapping[str, Any]) -> str:
    sections = ["<h1>The dialogue's own step</h1>", f"<p>{report['measured']}</p>", '<img src="growth.svg">']
    for name, rows in report["places"].items():
        sections += [f"<h2>{SAYS[name]}</h2>", _table(rows), "<h2>Median by message, ms</h2>", _kinds(rows)]
    verdict = f"largest by smallest median: {report['growth']}; bars {report['bars']} held: {report['held']}"
    sections += [f"<p>{verdict}</p>", "<h2>Machine</h2>", pairs(report["machine"])]
    return page("Dialogue", [*sections, f"<h2>Again</h2><pre>{report['command']}</pre>"])


def _table(rows: Mapping[Any, Any]) -> str:
    keys = ("turns", "p50_ms", "p99_ms", "floor_p50_ms", "floor_p99_ms", "state_bytes")
    cells = [[f"{size:,}", *(_plain(row[key]) for key in keys)] for size, row in rows.items()]
    return table(("", *(key.replace("_", " ") for key in keys)), cells)


def _kinds(rows: Mapping[Any, Any]) -> str:
    kinds = [kind for kind in SCRIPT if any(kind in row["by_kind"] for row in rows.values())]
    cells = [
        [f"{size:,}", *(_plain(row["by_kind"].get(kind, {}).get("p50_ms", "")) for kind in kinds)]
        for size, row in rows.items()
    ]
    return table(("", *kinds), cells)


def _plain(value: float | str) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}" if isinstance(value, float) else value

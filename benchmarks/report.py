"""What a run of the pipeline found, as data and as a page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.crowd import Speed
from loadtest.html import page, pairs, percentile_table, table
from loadtest.machine import describe

DRIVEN_BY = (
    "The road is driven over WebSocket: as many conversations as turns in flight, connections open before the clock "
    "starts, each message sent when the turn before it has ended. A turn's time runs from its message to `turn.ended`. "
    "Alone, one turn is under way at a time, each from the next of these customers. Those who measure run on the same "
    "cores."
)


@dataclass
class Part:
    """One road, crowded and alone; `cpu_ms` is what a turn of the crowd cost each process."""

    crowd: Speed
    alone: Speed
    cpu_ms: dict[str, float] = field(default_factory=dict)
    responses: dict[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "crowd": self.crowd.document(),
            "alone": self.alone.document(),
            "cpu_ms_per_turn": self.cpu_ms,
            "responses": self.responses,
        }


@dataclass
class Findings:
    """All that a run found. Memory by moment, then by process, in MB."""

    parts: dict[str, Part] = field(default_factory=dict)
    memory: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    start_s: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


def document(found: Findings, command: list[str]) -> dict[str, Any]:
    """The report as plain data; `ratio` compares a part with the floor of the same run."""
    floor = found.parts.get("floor")
    others = {name: part for name, part in found.parts.items() if name != "floor"}
    return {
        "parts": {name: part.document() for name, part in found.parts.items()},
        "ratio": {name: ratios(part, floor) for name, part in others.items()} if floor else {},
        "memory_mb": found.memory,
        "start_s": found.start_s,
        "driven_by": DRIVEN_BY,
        "servers": found.versions,
        "machine": describe(),
        "command": " ".join(command),
    }


def ratios(part: Part, floor: Part) -> dict[str, float]:
    """Throughput as a share of the floor's, times as a multiple."""
    found = {"throughput": round(part.crowd.per_s / floor.crowd.per_s, 3)}
    for way in ("crowd", "alone"):
        took, bare = getattr(part, way).document()["took_ms"], getattr(floor, way).document()["took_ms"]
        found |= {f"{way}_{name}": round(took[name] / bare[name], 2) for name in ("p50", "p99")}
    return found


def write_report(directory: Path, report: dict[str, Any]) -> None:
    """Writes `report.json` and the page."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    (directory / "report.html").write_text(_page(report), encoding="utf-8")


def _page(report: dict[str, Any]) -> str:
    sections = ["<h1>The whole road beside a bare relay</h1>"]
    if report["parts"]:
        sections += [f"<p>{report['driven_by']}</p>", *_speeds(report["parts"]), *_ratios(report["ratio"])]
        sections += ["<h2>Processor time of a turn, ms</h2>", _by_name(_costs(report["parts"]))]
    if report["memory_mb"]:
        sections += ["<h2>Memory, MB: proportional share / resident</h2>", _by_name(_memory(report["memory_mb"]))]
    if report["start_s"]:
        sections += ["<h2>Start of everything in one process, s</h2>", pairs(report["start_s"])]
    sections += ["<h2>Machine</h2>", pairs({**report["servers"], **report["machine"]})]
    return page("Pipeline", [*sections, f"<h2>Again</h2><pre>{report['command']}</pre>"])


def _speeds(parts: dict[str, Any]) -> list[str]:
    rows = [
        [name, part["crowd"]["in_flight"], part["crowd"]["turns_per_s"], _listed(part["responses"])]
        for name, part in parts.items()
    ]
    times = {f"{name}, {way}": part[way]["took_ms"] for name, part in parts.items() for way in ("crowd", "alone")}
    head = ("", "in flight", "turns/s", "answers")
    return [table(head, rows), "<h2>Time of a turn, ms</h2>", percentile_table(times)]


def _ratios(ratio: dict[str, Any]) -> list[str]:
    if not ratio:
        return []
    head = ["", *next(iter(ratio.values()))]
    rows = [[name, *map(str, values.values())] for name, values in ratio.items()]
    return ["<h2>As a multiple of the floor</h2>", table([word.replace("_", " ") for word in head], rows)]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _costs(parts: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {name: {who: f"{ms:.2f}" for who, ms in part["cpu_ms_per_turn"].items()} for name, part in parts.items()}


def _memory(memory: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {
        moment: {who: f"{size['pss']:.0f} / {size['rss']:.0f}" for who, size in sizes.items()}
        for moment, sizes in memory.items()
    }


def _by_name(columns: dict[str, dict[str, str]]) -> str:
    """A row for each name, a column for each moment or part."""
    names: Sequence[str] = list(dict.fromkeys(name for column in columns.values() for name in column))
    return table(["", *columns], [[name, *(column.get(name, "") for column in columns.values())] for name in names])

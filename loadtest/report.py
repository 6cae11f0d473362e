"""The folder that a run leaves: figures, a page, the histograms, and every message."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loadtest import measures
from loadtest.ledger import Ledger
from loadtest.machine import describe
from loadtest.page import render_page
from loadtest.plots import draw
from loadtest.records import Run

COLUMNS = ("visit", "kind", "intended", "lag_s", "sent", "accepted", "first", "ended", "seq", "outcome")


@dataclass(frozen=True)
class Findings:
    """What a run brought: its records, the logs' ledger, the stack's books if they were asked for."""

    run: Run
    ledger: Ledger
    books: dict[str, Any] | None
    command: Sequence[str]
    pinned_cpu: int | None = None

    @property
    def balanced(self) -> bool:
        """Whether every accepted message has exactly one end, by the logs and by the stack's books."""
        books = self.books is None or (self.books["balanced"] and self.books["matches_logs"])
        return self.ledger.balanced and bool(books)


def document(findings: Findings) -> dict[str, Any]:
    """The report as plain data: `report.json`."""
    run = findings.run
    doubts = measures.doubts(run, findings.pinned_cpu is not None)
    plan = asdict(run.plan)
    plan["scenarios"] = [scenario.name for scenario in run.plan.scenarios]
    latency = {name: measures.summary(measures.latencies(run.turns, of)) for name, of in measures.LATENCIES.items()}
    return {
        "valid": not doubts,
        "doubts": doubts,
        "started_at": run.started_at,
        "plan": plan,
        "throughput": measures.throughput(run),
        "outcomes": measures.outcomes(run),
        "latency_ms": {"open": measures.summary(measures.openings(run.visits)), **latency},
        "complete_ms_by_scenario": measures.by_scenario(run),
        "ledger": findings.ledger.document(),
        "books": findings.books,
        "generator": {
            "lag_ms": measures.lag(run),
            "cpu_share": round(run.cpu_s / run.wall_s, 3) if run.wall_s else 0.0,
            "pinned_cpu": findings.pinned_cpu,
        },
        "machine": describe(),
        "command": " ".join(findings.command),
    }


def write_report(directory: Path, findings: Findings) -> dict[str, Any]:
    """Writes the folder; returns what is in its `report.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    report = document(findings)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    for name, moment in measures.LATENCIES.items():
        recorded = measures.histogram(measures.latencies(findings.run.turns, moment))
        with (directory / f"{name}.hgrm").open("wb") as file:
            recorded.output_percentile_distribution(file, 1000.0)
    _write_turns(directory / "turns.csv", findings.run)
    pictures = draw(directory, findings.run, measures.windows(findings.run))
    (directory / "report.html").write_text(render_page(report, pictures), encoding="utf-8")
    return report


def _write_turns(path: Path, run: Run) -> None:
    visits = {visit.index: visit for visit in run.visits}
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow((*COLUMNS, "scenario", "transport", "refusals"))
        for turn in run.turns:
            visit = visits[turn.visit]
            values = [getattr(turn, column) for column in COLUMNS]
            shown = [round(value, 6) if isinstance(value, float) else value for value in values]
            rows.writerow([*shown, visit.scenario, visit.transport, " ".join(turn.refusals)])

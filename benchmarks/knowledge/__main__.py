"""`python -m benchmarks.knowledge TRIAL --data DIR --report DIR`."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.knowledge import cmrc, demo, held_out, importing, product_qa, scale, weights
from benchmarks.knowledge.bench import open_bench
from benchmarks.knowledge.plots import draw_growth
from loadtest.html import page, pairs, table
from loadtest.machine import describe

TRIALS = {
    "cmrc2018": cmrc.run, "amazon-product-qa": product_qa.run,
    **{trial: partial(demo.run, trial) for trial in demo.SETS},
    "demo-held-out": held_out.run, "weights": weights.run, "scale": scale.run, "import": importing.run,
}  # fmt: skip


async def measure(trial: str, data: Path) -> dict[str, Any]:
    """What the trial found."""
    async with open_bench() as bench:
        return await TRIALS[trial](bench, data)


def write_report(directory: Path, report: dict[str, Any]) -> None:
    """Writes `report.json` and the page."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    pictures = []
    if "growth" in (found := report["found"]):
        pictures = [draw_growth(directory, found["growth"], found["bars"]["p95_ms_at_100000"])]
    (directory / "report.html").write_text(_page(report, pictures), encoding="utf-8")


def _page(report: dict[str, Any], pictures: Sequence[str] = ()) -> str:
    sections = [f"<h1>Knowledge: {report['trial']}</h1>", *(f'<img src="{name}" alt="">' for name in pictures)]
    plain = {name: value for name, value in report["found"].items() if not isinstance(value, (dict, list))}
    sections += [pairs(plain)] if plain else []
    for name, value in report["found"].items():
        if isinstance(value, dict) and value:
            sections += [f"<h2>{name.replace('_', ' ')}</h2>", _of_mapping(value)]
        elif isinstance(value, list) and value:
            head = list(value[0])
            sections += [
                f"<h2>{name.replace('_', ' ')}</h2>",
                table(head, [[row[key] for key in head] for row in value]),
            ]
    return page(
        "Knowledge", [*sections, "<h2>Machine</h2>", pairs(report["machine"]), f"<pre>{report['command']}</pre>"]
    )


def _of_mapping(found: dict[str, Any]) -> str:
    if not all(isinstance(value, dict) for value in found.values()):
        return pairs(found)
    head = list(next(iter(found.values())))
    return table(["", *head], [[name, *(value.get(key, "") for key in head)] for name, value in found.items()])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.knowledge")
    parser.add_argument("trial", choices=list(TRIALS))
    parser.add_argument("--data", type=Path, default=Path("."), help="the folder of the trial's data")
    parser.add_argument("--report", type=Path, required=True)
    given = parser.parse_args()
    found = asyncio.run(measure(given.trial, given.data))
    command = f"python -m benchmarks.knowledge {' '.join(sys.argv[1:])}"
    write_report(given.report, {"trial": given.trial, "found": found, "machine": describe(), "command": command})
    figures = {name: value for name, value in found.items() if not isinstance(value, list)}
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")

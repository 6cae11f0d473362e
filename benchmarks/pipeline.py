"""`python -m benchmarks.pipeline --report DIR`: what a turn costs on the whole road, beside a bare relay.

One run, one machine, one private broker: absolute figures of a shared machine promise nothing, the ratio does.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.crowd import Speed, Turn, measure
from benchmarks.relay import open_relay
from loadtest.html import page, pairs, percentile_table, table
from loadtest.machine import describe
from tests.harness.rabbitmq import running_rabbitmq

ALONE_SHARE = 0.3
WARM_UP_S = 2.0


def pipeline(
    report: Annotated[Path, typer.Option(help="folder for the report")],
    seconds: Annotated[float, typer.Option(min=1, help="measured time of each part")] = 20,
    in_flight: Annotated[int, typer.Option(min=1, max=1024, help="turns at once")] = 64,
) -> None:
    """Measures turns per second and their times on a private RabbitMQ and a private Valkey."""
    with running_rabbitmq() as broker:
        version = broker.evaluate("rabbit_misc:version().").strip('"')
        parts = asyncio.run(_measure(broker.url(), seconds, in_flight))
    write_report(report, document(parts, version, ["python -m benchmarks.pipeline", *sys.argv[1:]]))
    typer.echo(f"{report / 'report.html'}")


async def _measure(url: str, seconds: float, in_flight: int) -> dict[str, dict[str, Speed]]:
    async with open_relay(url) as turn:
        return {"floor": await both_ways([turn] * in_flight, seconds)}


async def both_ways(turns: list[Turn], seconds: float) -> dict[str, Speed]:
    """All at once for throughput, then one alone for its time."""
    crowd = await measure(turns, WARM_UP_S, seconds)
    return {"crowd": crowd, "alone": await measure(turns[:1], WARM_UP_S / 2, seconds * ALONE_SHARE)}


def document(parts: dict[str, dict[str, Speed]], broker_version: str, command: list[str]) -> dict[str, Any]:
    """The report as plain data; `ratio` compares a part with the floor of the same run."""
    floor = parts["floor"]
    return {
        "parts": {name: {way: speed.document() for way, speed in ways.items()} for name, ways in parts.items()},
        "ratio": {name: ratios(ways, floor) for name, ways in parts.items() if name != "floor"},
        "broker": f"RabbitMQ {broker_version}",
        "machine": describe(),
        "command": " ".join(command),
    }


def ratios(ways: dict[str, Speed], floor: dict[str, Speed]) -> dict[str, float]:
    """Throughput as a share of the floor's, the time of a turn alone as a multiple."""
    alone, bare = ways["alone"].document()["took_ms"], floor["alone"].document()["took_ms"]
    assert isinstance(alone, dict) and isinstance(bare, dict)
    return {
        "throughput": round(ways["crowd"].per_s / floor["crowd"].per_s, 3),
        "alone_p50": round(alone["p50"] / bare["p50"], 2),
        "alone_p99": round(alone["p99"] / bare["p99"], 2),
    }


def write_report(directory: Path, report: dict[str, Any]) -> None:
    """Writes `report.json` and the page."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    (directory / "report.html").write_text(_page(report), encoding="utf-8")


def _page(report: dict[str, Any]) -> str:
    parts = report["parts"]
    speeds = [[name, ways["crowd"]["in_flight"], ways["crowd"]["turns_per_s"]] for name, ways in parts.items()]
    times = {f"{name}, {way}": speed["took_ms"] for name, ways in parts.items() for way, speed in ways.items()}
    ratio = [[name, *values.values()] for name, values in report["ratio"].items()]
    return page(
        "Pipeline",
        [
            "<h1>The whole road beside a bare relay</h1>",
            table(("", "in flight", "turns/s"), speeds),
            "<h2>Time of a turn, ms</h2>",
            percentile_table(times),
            "<h2>As a multiple of the floor</h2>",
            table(("", "throughput", "p50 alone", "p99 alone"), ratio) if ratio else "<p>Only the floor was run.</p>",
            "<h2>Machine</h2>",
            pairs({"broker": report["broker"], **report["machine"]}),
            f"<h2>Again</h2><pre>{report['command']}</pre>",
        ],
    )


if __name__ == "__main__":
    typer.run(pipeline)

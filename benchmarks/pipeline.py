"""`python -m benchmarks.pipeline --report DIR`: what a turn costs on the whole road, beside a bare relay.

One run, one machine, one private broker: absolute figures of a shared machine promise nothing, the ratio does.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from benchmarks.costs import cpu_of, ms_per_turn
from benchmarks.crowd import Speed, Turn, in_rotation, measure
from benchmarks.customers import open_customers, same_text, varied_texts
from benchmarks.relay import open_relay
from benchmarks.report import Findings, Part, document, write_report
from benchmarks.road import Road, own_pid, running_road, start_times_s
from tests.harness.program import folder
from tests.harness.rabbitmq import RabbitMQ, running_rabbitmq
from tests.harness.valkey import Valkey, running_valkey

ALONE_SHARE = 0.3
WARM_UP_S = 2.0
PARTS = ("start", "floor", "road", "understanding")


def pipeline(
    report: Annotated[Path, typer.Option(help="folder for the report")],
    seconds: Annotated[float, typer.Option(min=1, help="measured time of each part")] = 20,
    in_flight: Annotated[int, typer.Option(min=1, max=1024, help="turns at once")] = 64,
    part: Annotated[list[str] | None, typer.Option(help=f"only this part: {', '.join(PARTS)}; may be repeated")] = None,
    var: Annotated[Path | None, typer.Option(help="fitted models and pages; unset: an empty folder")] = None,
) -> None:
    """Measures turns per second and their times on a private RabbitMQ and a private Valkey."""
    wanted = set(part or PARTS)
    if wanted - set(PARTS):
        raise typer.BadParameter(f"there are {', '.join(PARTS)}", param_hint="--part")
    with ExitStack() as stack:
        directory = stack.enter_context(folder("pipeline"))
        bench = Bench(directory, (var or directory / "var").resolve(), seconds, in_flight)
        bench.var.mkdir(parents=True, exist_ok=True)
        if "start" in wanted:
            bench.found.start_s = start_times_s(directory, bench.var)
        if wanted - {"start"}:
            broker = stack.enter_context(running_rabbitmq())
            bench.measure_parts(broker, stack.enter_context(running_valkey()), wanted)
    write_report(report, document(bench.found, ["python -m benchmarks.pipeline", *sys.argv[1:]]))
    typer.echo(f"{report / 'report.html'}")


class Bench:
    """One run: what it needs, and what it has found so far."""

    def __init__(self, directory: Path, var: Path, seconds: float, in_flight: int) -> None:
        self.directory, self.var, self.seconds, self.in_flight = directory, var, seconds, in_flight
        self.found = Findings()

    def measure_parts(self, broker: RabbitMQ, valkey: Valkey, wanted: set[str]) -> None:
        """The floor first, then the road on the same broker."""
        self.found.versions["RabbitMQ"] = broker.evaluate("rabbit_misc:version().").strip('"')
        servers = _pids(broker, valkey)
        if "floor" in wanted:
            self.found.parts["floor"] = uvloop.run(self._floor(broker.url(), {"RabbitMQ": servers["RabbitMQ"]}))
        if wanted & {"road", "understanding"}:
            with running_road(self.directory, broker.url(broker.fresh_vhost()), valkey, self.var) as road:
                self._measure_road(road, servers, wanted)

    def _measure_road(self, road: Road, servers: dict[str, int], wanted: set[str]) -> None:
        self.found.memory["at rest"] = road.memory()
        if "road" in wanted:
            self.found.parts["road"] = uvloop.run(self._customers(road, servers, same_text()))
            self.found.memory["after the road"] = road.memory()
        if "understanding" in wanted:
            road.understand_with("nlu")
            self.found.memory["at rest"]["nlu"] = road.memory()["nlu"]
            self.found.parts["understanding"] = uvloop.run(self._customers(road, servers, varied_texts()))
            self.found.memory["after understanding"] = road.memory()

    async def _floor(self, url: str, servers: dict[str, int]) -> Part:
        async with open_relay(url) as turn:
            return await self._both_ways([turn] * self.in_flight, servers)

    async def _customers(self, road: Road, servers: dict[str, int], texts: Iterator[str]) -> Part:
        told: Counter[str] = Counter()
        async with open_customers(road.stack.url, texts, told, self.in_flight) as turns:
            part = await self._both_ways(turns, road.pids | servers)
        part.responses = dict(told.most_common())
        return part

    async def _both_ways(self, turns: list[Turn], pids: dict[str, int]) -> Part:
        """All at once for throughput, then one alone for its time."""
        pids = pids | own_pid()
        before = cpu_of(pids)
        crowd = await measure(turns, WARM_UP_S, self.seconds)
        cost = ms_per_turn(before, cpu_of(pids), crowd.turns)
        alone: Speed = await measure([in_rotation(turns)], WARM_UP_S / 2, self.seconds * ALONE_SHARE)
        return Part(crowd, alone, cost)


def _pids(broker: RabbitMQ, valkey: Valkey) -> dict[str, int]:
    assert broker.program.process is not None and valkey.program.process is not None
    return {"RabbitMQ": broker.program.process.pid, "Valkey": valkey.program.process.pid}


if __name__ == "__main__":
    typer.run(pipeline)

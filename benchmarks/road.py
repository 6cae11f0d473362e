"""The whole road for measuring: one process a service over RabbitMQ, its state on Valkey, its shop in SQLite."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.costs import memory_mb
from tests.harness.program import Program, free_port
from tests.harness.stack import ROOT, Stack, embedded
from tests.harness.valkey import Valkey

SERVICES = ("dialogue", "generator", "gateway")
UNLIMITED = "1000000"
Memory = dict[str, dict[str, float]]


class Road:
    """A running stack whose understanding can be changed."""

    def __init__(self, stack: Stack, understands: str) -> None:
        self.stack, self._understands = stack, understands

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now."""
        running = {name: program.process for name, program in self.stack.programs.items()}
        return {name: process.pid for name, process in running.items() if process is not None}

    def memory(self) -> Memory:
        """Of each process, in MB."""
        return {name: memory_mb(pid) for name, pid in self.pids.items()}

    def understand_with(self, name: str) -> None:
        """Stops the one that understands and starts the other."""
        self.stack.programs[self._understands].stop()
        self.stack.start(name)
        self._understands = name


@contextmanager
def running_road(directory: Path, broker_url: str, valkey: Valkey, var: Path) -> Iterator[Road]:
    """The four processes, understanding replaced by a fixed answer at first."""
    public = free_port()
    env = {
        "DESKBELL_BUS_URL": broker_url, "DESKBELL_STATE_URL": valkey.url, "DESKBELL_VAR": str(var),
        "DESKBELL_ENV": "dev", "DESKBELL_ENV_FILE": "", "DESKBELL_PORT": str(public), "PYTHONPATH": str(ROOT),
        "DESKBELL_MESSAGE_BURST": UNLIMITED, "DESKBELL_MESSAGE_PER_S": UNLIMITED,
    }  # fmt: skip
    modules = {
        "fixed nlu": ["benchmarks.fixed_nlu"],
        **{name: ["services.cli", "run", name] for name in (*SERVICES, "nlu")},
    }
    ports = {name: free_port() for name in modules}
    programs = {
        name: Program([sys.executable, "-m", *module], directory / f"{name}.log", {
            **env, "DESKBELL_INTERNAL_PORT": str(ports[name]),
        }) for name, module in modules.items()
    }  # fmt: skip
    road = Road(Stack(f"http://127.0.0.1:{public}", env, programs, ports), "fixed nlu")
    try:
        for name in ("fixed nlu", *SERVICES):
            road.stack.start(name)
        yield road
    finally:
        road.stack.stop()


def start_times_s(directory: Path, var: Path) -> dict[str, float]:
    """How long `deskbell run` takes until it is ready: with nothing fitted yet, and again."""
    found = {}
    for name in ("first", "again"):
        began = time.monotonic()
        with embedded(directory, var):
            found[name] = round(time.monotonic() - began, 1)
    return found


def own_pid() -> dict[str, int]:
    """The process that measures, which shares the cores with what it measures."""
    return {"the customers": os.getpid()}

"""Running stacks: embedded in one process, or one process a service over RabbitMQ."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.harness.program import Program, free_port

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN_S = 240
QUIET_S = "86400"
"""No message of the shop's own comes between what a test says and hears."""
SERVICES = ("nlu", "dialogue", "generator", "gateway")


class Stack:
    """The processes of a stack by name, and its public address."""

    def __init__(self, url: str, env: Mapping[str, str], programs: dict[str, Program], ports: dict[str, int]) -> None:
        self.url, self.env, self.programs, self.ports = url, env, programs, ports

    @property
    def books_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['gateway']}/books"

    def start(self, name: str) -> None:
        """Starts one process, until it is ready to work."""
        port = self.ports[name]
        self.programs[name].start(lambda: _ready(f"http://127.0.0.1:{port}/readyz"), START_WITHIN_S)

    def start_all(self) -> None:
        for name in self.programs:
            self.start(name)

    def kill(self, name: str) -> None:
        self.programs[name].kill()

    def stop(self) -> None:
        for program in self.programs.values():
            program.stop()


def _ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _program(arguments: list[str], directory: Path, env: Mapping[str, str]) -> Program:
    command = [sys.executable, "-m", "services.cli", "run", *arguments]
    return Program(command, directory / f"{'-'.join(arguments) or 'embedded'}.log", {**env, "PYTHONPATH": str(ROOT)})


@contextmanager
def embedded(
    directory: Path, var: Path, shop: Path | None = None, more: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """`deskbell run`: everything in one process. `more`: settings with their prefix."""
    port, internal = free_port(), free_port()
    env = {
        "DESKBELL_VAR": str(var), "DESKBELL_PORT": str(port), "DESKBELL_INTERNAL_PORT": str(internal),
        "DESKBELL_ENV_FILE": "", "DESKBELL_PROACTIVE_EVERY_S": QUIET_S,
        **({"DESKBELL_SHOP_DIR": str(shop)} if shop else {}), **(more or {}),
    }  # fmt: skip
    programs = {"embedded": _program([], directory, env)}
    stack = Stack(f"http://127.0.0.1:{port}", env, programs, {"embedded": internal, "gateway": internal})
    with _stopping(stack):
        stack.start_all()
        yield stack


@contextmanager
def processes(directory: Path, env: Mapping[str, str], var: Path, twice: Sequence[str] = ()) -> Iterator[Stack]:
    """One process a service; `env` names the bus, the state, the database. Those `twice` have a second, `NAME-2`."""
    services = {**{name: name for name in SERVICES}, **{f"{name}-2": name for name in twice}}
    ports = {name: free_port() for name in services}
    public = free_port()
    common = {**env, "DESKBELL_VAR": str(var), "DESKBELL_ENV": "dev", "DESKBELL_ENV_FILE": ""}
    programs = {
        name: _program([service], directory, {
            **common, "DESKBELL_INTERNAL_PORT": str(ports[name]), "DESKBELL_PORT": str(public),
        }) for name, service in services.items()
    }  # fmt: skip
    stack = Stack(f"http://127.0.0.1:{public}", common, programs, ports)
    with _stopping(stack):
        stack.start_all()
        yield stack


@contextmanager
def _stopping(stack: Stack) -> Iterator[None]:
    with ExitStack() as ending:
        ending.callback(stack.stop)
        yield

"""An embedded stack of a command's own: a process on a free port, with its data apart from that of `deskbell run`."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.commands.client import Client, Refused, Unreachable, open_client
from shared.config import Settings
from shared.errors import ConfigError
from shared.processes import end_process

READY_WITHIN_S = 180
STOP_WITHIN_S = 30
ASK_EVERY_S = 0.2
# Where other stacks keep their data: never ours.
ELSEWHERE = ("DESKBELL_STATE_URL", "DESKBELL_CACHE_URL", "DESKBELL_DATABASE_URL", "DESKBELL_SHOP_URL")


@dataclass(frozen=True)
class OwnStack:
    """Where it listens, and the settings that it runs with."""

    url: str
    settings: Settings


@asynccontextmanager
async def open_own_stack(shop_dir: Path, name: str) -> AsyncIterator[OwnStack]:
    """The stack, ready, until the block ends. Its data stays in `<var>/NAME`, so that a second start is quick.

    Raises ConfigError with the last line of its log if it does not become ready.
    """
    settings = Settings(shop_dir=shop_dir, var=Settings().var / name, state_url=None, database_url=None)
    settings.var.mkdir(parents=True, exist_ok=True)
    public, internal = _free_ports(2)
    env = {
        "DESKBELL_SHOP_DIR": str(shop_dir),
        "DESKBELL_VAR": str(settings.var),
        "DESKBELL_BUS_URL": "memory://",
        "DESKBELL_PORT": str(public),
        "DESKBELL_INTERNAL_PORT": str(internal),
        # What is played must not meet messages of the shop's own.
        "DESKBELL_PROACTIVE_EVERY_S": "86400",
    }
    log = settings.var / "stack.log"
    async with _process(env, log) as process:
        url = f"http://127.0.0.1:{public}"
        async with open_client(url) as client:
            await _until_ready(client, process, log)
        yield OwnStack(url, settings)


@asynccontextmanager
async def _process(env: dict[str, str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "services.cli", "run")
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command, env={**kept, **env}, stdin=asyncio.subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        yield process
    finally:
        await end_process(process, STOP_WITHIN_S)


async def _until_ready(client: Client, process: asyncio.subprocess.Process, log: Path) -> None:
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            while process.returncode is None and not await _is_ready(client):  # noqa: ASYNC110 - it raises no event
                await asyncio.sleep(ASK_EVERY_S)
    except TimeoutError:
        raise ConfigError(f"the stack was not ready within {READY_WITHIN_S} s; see {log}") from None
    if process.returncode is not None:
        raise ConfigError(_last_line(log).removeprefix("deskbell: "))


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1] if lines else f"the stack ended; see {log}"


async def _is_ready(client: Client) -> bool:
    try:
        await client.get_json("/readyz")
    except (Unreachable, Refused):
        return False
    return True


def _free_ports(count: int) -> list[int]:
    """Ports of the loopback that were free a moment ago, all different."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports

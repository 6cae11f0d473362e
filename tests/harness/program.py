"""A server program that belongs to the tests: it answers on a free port, and ends when they do."""

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import NoReturn

import pytest

PR_SET_PDEATHSIG = 1
STOP_WITHIN_S = 15
FIRST_PORT, PORTS_EACH, MOST_WORKERS = 20_000, 3_000, 4


def missing(what: str) -> NoReturn:
    """Skips the test that needs `what`; where every test must run (`./deskbell test`), fails it instead."""
    if os.environ.get("DESKBELL_TEST_ALL") == "1":
        pytest.fail(f"{what} is missing; `./deskbell test` installs it as root", pytrace=False)
    pytest.skip(f"{what} is missing")


def ports_of(worker: str) -> range:
    """The ports of a worker of pytest-xdist (`gw0`, `gw1`..., or an empty name where there are none).

    They lie below those that the kernel lends to whoever connects, or listens on any port.
    """
    first = FIRST_PORT + int(worker.removeprefix("gw") or 0) % MOST_WORKERS * PORTS_EACH
    return range(first, first + PORTS_EACH)


_MINE = ports_of(os.environ.get("PYTEST_XDIST_WORKER", ""))
_CANDIDATES = cycle(random.sample(_MINE, len(_MINE)))


def free_port() -> int:
    """A TCP port of the loopback that is free, and that no other worker will be given before it is used."""
    for port in islice(_CANDIDATES, PORTS_EACH):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"none of the ports {_MINE} is free")


def listening(port: int) -> bool:
    """Whether somebody accepts connections on this port of the loopback."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def folder(name: str, owner: str | None = None) -> Iterator[Path]:
    """A fresh folder outside of pytest's own, whose paths are too long for sockets and closed to other users."""
    path = Path(tempfile.mkdtemp(prefix=f"deskbell-test-{name}-"))
    if owner:
        shutil.chown(path, owner)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """One server process; what it prints goes to `log`."""

    def __init__(
        self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, user: str | None = None
    ) -> None:
        self.command, self.log, self.user = list(command), log, user
        self.env = {**os.environ, **(env or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], bool], within_s: float) -> None:
        """Starts it and returns when it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.env, user=self.user, cwd=self.log.parent, preexec_fn=_die_with_parent,
            )  # fmt: skip
        deadline = time.monotonic() + within_s
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.command[0]} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        """SIGSTOP freezes it, SIGCONT wakes it."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """Ends it with no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it in good order; with force if it takes too long."""
        self._end(how)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(how)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

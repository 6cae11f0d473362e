"""A private PostgreSQL cluster that trusts the loopback; its server refuses to run as root."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.harness.program import Program, folder, free_port, listening, missing

INSTALLED = Path("/usr/lib/postgresql")
CALL_WITHIN_S = 60
# Data of tests need not survive the machine.
SPEED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": "127.0.0.1"}


class Postgres:
    """A cluster with a fresh database for whoever asks."""

    def __init__(self, programs: Path, directory: Path, user: str | None) -> None:
        self.port = free_port()
        self.programs, self.directory, self.user = programs, directory, user
        self._databases = count(1)
        flags = [part for name, value in SPEED.items() for part in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(directory / "data"), "-k", str(directory), *flags]
        self.program = Program([*command, "-p", str(self.port)], directory / "log", user=user)

    def start(self) -> None:
        data = str(self.directory / "data")
        if not Path(data).exists():
            self._call("initdb", "-D", data, "-U", "deskbell", "--auth=trust", "--no-sync", "-E", "UTF8")
        self.program.start(lambda: listening(self.port) and self._answers(), within_s=30)

    def fresh_database(self) -> str:
        """The name of a new, empty database."""
        name = f"test{next(self._databases)}"
        self._call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "deskbell", name)
        return name

    def url(self, database: str, driver: str = "postgresql+asyncpg") -> str:
        return f"{driver}://deskbell@127.0.0.1:{self.port}/{database}"

    def _answers(self) -> bool:
        command = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, timeout=CALL_WITHIN_S).returncode == 0

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            user=self.user, cwd=self.directory, stdout=subprocess.DEVNULL, timeout=CALL_WITHIN_S, check=True,
        )  # fmt: skip


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A cluster until the block ends."""
    versions = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not versions:
        missing("PostgreSQL (Debian package postgresql)")
    user = "postgres" if os.geteuid() == 0 else None
    with folder("postgres", user) as directory:
        server = Postgres(versions[-1].parent, directory, user)
        (directory / "log").touch()
        try:
            server.start()
            yield server
        finally:
            server.program.stop(signal.SIGINT)

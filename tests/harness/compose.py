"""The whole stack in containers, under a project name and a port of its own."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from uuid import uuid4

from tests.harness.program import folder, free_port, missing
from tests.harness.stack import ROOT

UP_WITHIN_S = 1500
LLM_IMAGE = Path(__file__).with_name("llm_image.yml")
PROFILES = ("--profile", "tools", "--profile", "llm-cpu")
CHILD = "$(cat /proc/1/task/1/children)"


class Compose:
    """`docker compose` on one project. `env_file` was made as `.env.example` says."""

    def __init__(self, env_file: Path, port: int) -> None:
        self.project = f"deskbell-test-{uuid4().hex[:8]}"
        self.url = f"http://127.0.0.1:{port}"
        self._env_file = env_file
        # The port and the demo's pages; all else is as a newcomer has it.
        self._env = {**os.environ, "DESKBELL_PORT": str(port), "DESKBELL_ENV": "dev"}
        self._files: tuple[str, ...] = ()

    def with_model(self, **settings: str) -> "Compose":
        """The same stack with the profile `llm-cpu`, where the tests' own server answers, and more in `.env`."""
        stack = copy(self)
        stack._env = {**self._env, **settings, "COMPOSE_PROFILES": "llm-cpu"}
        stack._files = ("--file", str(ROOT / "docker-compose.yml"), "--file", str(LLM_IMAGE))
        return stack

    def __call__(self, *arguments: str, within_s: float = 120) -> str:
        """What the command says on standard output; fails with all that it said where it fails."""
        command = ["docker", "compose", "--project-directory", str(ROOT), "--env-file", str(self._env_file)]
        command += [*self._files]
        done = subprocess.run(
            [*command, "--project-name", self.project, *arguments],
            cwd=ROOT, env=self._env, capture_output=True, text=True, timeout=within_s, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"docker compose {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self) -> None:
        """Starts what does not run; returns when all of it is healthy."""
        self("up", "--wait", within_s=UP_WITHIN_S)

    def tools(self, *arguments: str, within_s: float = 600) -> str:
        """Runs a command of ours beside the gateway."""
        return self("run", "--rm", "-T", "tools", *arguments, within_s=within_s)

    def signal(self, service: str, name: str) -> None:
        """Sends a signal to the service's process from inside, so that the engine sees a crash and no order."""
        self("exec", "-T", service, "sh", "-c", f"kill -{name} {CHILD}")

    def sql(self, query: str) -> str:
        """The one value that the query finds."""
        return self("exec", "-T", "database", "psql", "-U", "deskbell", "-d", "deskbell", "-tAc", query).strip()

    def redis(self, *command: str) -> str:
        """The state server's answer."""
        return self("exec", "-T", "state", "redis-cli", *command).strip()


def newcomers_env(directory: Path) -> Path:
    """Follows the instructions in `.env.example` to the letter."""
    example = (ROOT / ".env.example").read_text()
    shutil.copy(ROOT / ".env.example", directory)
    steps = "\n".join(line.removeprefix("#   ") for line in re.findall(r"^#   .*$", example, re.MULTILINE))
    subprocess.run(["sh", "-euc", steps], cwd=directory, timeout=30, check=True)
    return directory / ".env"


@contextmanager
def composed() -> Iterator[Compose]:
    """The stack, built and healthy; taken down with its data afterwards."""
    if not _answers():
        missing("a Docker engine with Compose")
    with folder("compose") as directory:
        compose = Compose(newcomers_env(directory), free_port())
        try:
            compose("--profile", "tools", "build", "--quiet", within_s=UP_WITHIN_S)
            compose.up()
            yield compose
        finally:
            compose(*PROFILES, "down", "--volumes", "--timeout", "5", within_s=300)


def _answers() -> bool:
    try:
        for command in (["docker", "info"], ["docker", "compose", "version"]):
            subprocess.run(command, capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True

"""`deskbell test`: brings what the tests need, then runs all of them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from shared.config import ROOT
from shared.errors import ConfigError

# The Debian package, and a path that is there once it is installed.
PACKAGES = {
    "rabbitmq-server": "usr/lib/rabbitmq/bin/rabbitmq-server",
    "chromium": "usr/bin/chromium",
    "postgresql": "usr/lib/postgresql/*/bin/postgres",
    "fonts-noto-cjk": "usr/share/fonts/opentype/noto/NotoSansCJK-*",
}
# What Python is started with. Scripts in its bin folder would break when the project is moved.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as main; main()"
CHECKS = {
    "style": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
    "imports": ("-c", LINT_IMPORTS, "--no-logo"),
    "types": ("-m", "mypy"),
}
# Half of what the tests take is waiting, so two at a time fill two cores. Each worker has servers of its own, and
# takes file after file in the order of their names: the long ones of e2e and integration come before the short ones
# of unit. What measures time, or cannot be told apart by name, runs after that by itself.
SPREAD = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
TESTS = {
    "tests": ("-m", "not alone and not chaos and not load", *SPREAD),
    "tests that run alone": ("-m", "alone and not chaos and not load"),
}
SLOWEST = "--durations=25"
APT_WITHIN_S = 1800
CHECK_WITHIN_S = 600
TESTS_WITHIN_S = 3600
POLICY = Path("/usr/sbin/policy-rc.d")
Step = tuple[str, tuple[str, ...], int]
"""Its name, what Python is started with, and the seconds it may take."""


def test(
    arguments: Annotated[list[str] | None, typer.Argument(help="for pytest; then nothing else runs")] = None,
) -> None:
    """Style, import contracts, types, then every test but load and chaos; what is missing is installed as root."""
    install(missing_packages())
    if failed := [name for name, command, within_s in steps(arguments or ()) if not passes(name, command, within_s)]:
        raise ConfigError(f"failed: {', '.join(failed)}")


def steps(arguments: Sequence[str]) -> list[Step]:
    """What runs, one after another; with arguments for pytest nothing else does."""
    if arguments:
        return [("tests", ("-m", "pytest", *arguments), TESTS_WITHIN_S)]
    checks = [(name, check, CHECK_WITHIN_S) for name, check in CHECKS.items()]
    return checks + [(name, ("-m", "pytest", *which, SLOWEST), TESTS_WITHIN_S) for name, which in TESTS.items()]


def passes(name: str, command: Sequence[str], within_s: float) -> bool:
    """Runs Python with these arguments in the project's folder; what it prints goes straight through."""
    typer.secho(f"\n== {name}", bold=True, err=True)
    try:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, timeout=within_s, env={**os.environ, "DESKBELL_TEST_ALL": "1"}
        )
    except subprocess.TimeoutExpired:
        typer.echo(f"not done after {within_s:.0f} s", err=True)
        return False
    return done.returncode == 0


def missing_packages(root: Path = Path("/")) -> list[str]:
    """The Debian packages that the tests need and this machine lacks."""
    return [package for package, path in PACKAGES.items() if not any(root.glob(path))]


def install(packages: Sequence[str]) -> None:
    """Installs them, or raises ConfigError with the command that does."""
    if not packages:
        return
    if shutil.which("apt-get") is None:
        raise ConfigError(f"the tests need what Debian calls {', '.join(packages)}; install that and start again")
    if os.geteuid() != 0:
        raise ConfigError(f"the tests need more programs: sudo apt-get install {' '.join(packages)}")
    typer.echo(f"installing {', '.join(packages)}", err=True)
    with _without_starting_services():
        _apt("update", "-qq")
        _apt("install", "-y", "-qq", "--no-install-recommends", *packages)


def _apt(*arguments: str) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            ["apt-get", *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            timeout=APT_WITHIN_S,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as exc:
        raise ConfigError(f"apt-get {' '.join(arguments)} failed (see above)") from exc


@contextmanager
def _without_starting_services() -> Iterator[None]:
    """Debian starts a server as it installs it, unless this file says no: the tests start their own."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)

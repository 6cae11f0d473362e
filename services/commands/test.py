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
APT_WITHIN_S = 1800
CHECK_WITHIN_S = 600
TESTS_WITHIN_S = 3600
POLICY = Path("/usr/sbin/policy-rc.d")


def test(
    arguments: Annotated[list[str] | None, typer.Argument(help="for pytest; then nothing else runs")] = None,
) -> None:
    """Style, import contracts, types, then every test but load and chaos; what is missing is installed as root."""
    install(missing_packages())
    failed = [] if arguments else [name for name, check in CHECKS.items() if not passes(name, check, CHECK_WITHIN_S)]
    if not passes("tests", ("-m", "pytest", *(arguments or ())), TESTS_WITHIN_S):
        failed.append("tests")
    if failed:
        raise ConfigError(f"failed: {', '.join(failed)}")


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

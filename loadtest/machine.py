"""Where a run was made: machine, versions, state of the code."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("deskbell", "httpx", "websockets", "uvloop", "hdrhistogram", "aio-pika", "redis", "fastapi", "uvicorn")


def describe() -> dict[str, object]:
    """What one must know to repeat or to doubt a measurement."""
    return {
        "git": git_state(Path(__file__).parent),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "kernel": platform.release(),
        "cpu": cpu_model(Path("/proc/cpuinfo")),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_average": os.getloadavg(),
    }


def cpu_model(cpuinfo: Path) -> str:
    """The processor's name, as the kernel tells it."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def git_state(directory: Path) -> str:
    """The commit, with a plus when files differ from it; `unknown` outside a checkout."""
    commit, changes = _git(directory, "rev-parse", "HEAD"), _git(directory, "status", "--porcelain")
    return (commit or "unknown") + ("+" if changes else "")


def _git(directory: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(directory), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

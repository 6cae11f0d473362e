"""Every service has the same rooms, and no code lies outside of them."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.runner import SERVICES as RUN
from shared.config import ROOT
from tests.architecture.project import SERVICES, tracked

ROOMS = {"__init__.py", "service.py", "config.py", "README.md"}
HOMES = {"services", "shared", "tests", "loadtest", "benchmarks", "deploy"}
CHECK = "from importlinter.cli import lint_imports_command as main; main()"


def test_the_runner_knows_these_services() -> None:
    assert set(RUN) == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_rooms(service: str) -> None:
    folder = ROOT / "services" / service
    assert {name for name in ROOMS if not (folder / name).is_file()} == set()
    assert (folder / "handlers.py").is_file() or (folder / "handlers" / "__init__.py").is_file()


@pytest.mark.parametrize("service", SERVICES)
def test_its_package_says_in_one_sentence_what_it_is_for(service: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / "services" / service / "__init__.py").read_text())) or ""
    assert said.endswith(".") and len(said.splitlines()) == 1


def test_python_has_no_other_home() -> None:
    assert [path for path in tracked("*.py") if path.parts[0] not in HOMES] == []


def lint(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CHECK, "--no-logo", "--no-cache"],
        cwd=folder, capture_output=True, text=True, timeout=60, env={**os.environ, "COLUMNS": "200", "PYTHONPATH": "."},
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("services", "shared"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return folder


def test_the_contracts_hold(copy: Path) -> None:
    assert "0 broken" in lint(copy)


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("services/nlu/domain/bad.py", "from services.nlu import adapters", "point inward"),
        ("services/nlu/utils.py", "", "point inward"),
        ("services/nlu/ports.py", "import services.dialogue.ports", "know neither each other"),
        ("services/nlu/config.py", "import services.runner", "know neither each other"),
        ("services/helpers.py", "", "know neither each other"),
        ("shared/errors.py", "import services.nlu", "knows no service"),
        ("services/runner.py", "import services.gateway.ports", "loads them by name"),
        ("services/dialogue/domain/bad.py", "import random", "no clock, no chance"),
        ("services/gateway/domain/bad.py", "import redis.asyncio", "no clock, no chance"),
    ],
)
def test_a_contract_objects(copy: Path, path: str, line: str, contract: str) -> None:
    file = copy / path
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        broken = [said for said in lint(copy).splitlines() if said.rstrip().endswith("BROKEN")]
    finally:
        file.unlink() if before is None else file.write_text(before)
    assert any(contract in said for said in broken)

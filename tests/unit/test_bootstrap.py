"""`./deskbell` installs for each command what it needs: seen by a Python that only writes down what it is asked."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from shared.config import ROOT

SETS = ("build", "default", "load", "dev", "finetune")
PYTHON = """#!/bin/sh
printf '%s\\n' "$*" >>"$ASKED"
case "$*" in *torch.txt) exit "$TORCH" ;; esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the bootstrap, lock files that only bear their names, and an environment that runs nothing."""
    shutil.copy(ROOT / "deskbell", tmp_path)
    (tmp_path / "requirements").mkdir()
    for name in SETS:
        (tmp_path / "requirements" / f"{name}.lock").write_text(f"{name}\n")
    shutil.copy(ROOT / "requirements/torch.txt", tmp_path / "requirements")
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text(PYTHON)
    program.chmod(0o755)
    return tmp_path


def start(project: Path, *words: str, torch: int = 0) -> tuple[list[str], subprocess.CompletedProcess[str]]:
    """What the environment's Python was asked to install, and how the bootstrap ended."""
    asked = project / "asked"
    asked.write_text("")
    env = os.environ | {"ASKED": str(asked), "TORCH": str(torch), "DESKBELL_PYTHON": sys.executable}
    done = subprocess.run([project / "deskbell", *words], env=env, capture_output=True, text=True, timeout=30)
    return [line for line in asked.read_text().splitlines() if " install " in line], done


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("run",), "default"),
        (("load",), "load"),
        (("test",), "dev"),
        (("train", "nlu", "--data", "x"), "default"),
        (("evaluate", "conversations", "x"), "default"),
        (("evaluate", "nlu", "--model", "x"), "load"),
    ],
)
def test_a_command_brings_its_set_with_hashes_and_no_torch(project: Path, words: tuple[str, ...], name: str) -> None:
    installed, _ = start(project, *words)
    assert [line.rsplit("/", 1)[1] for line in installed] == ["build.lock", f"{name}.lock"]
    assert all("--require-hashes" in line for line in installed)


@pytest.mark.parametrize("words", [("train", "nlu", "--fine-tune"), ("train", "generator")])
def test_fine_tuning_brings_torch_besides(project: Path, words: tuple[str, ...]) -> None:
    installed, _ = start(project, *words)
    assert [line.rsplit("/", 1)[1] for line in installed] == ["build.lock", "finetune.lock", "torch.txt"]
    assert "--require-hashes" in installed[1] and "--no-deps" in installed[1]
    assert "--require-hashes" not in installed[2]
    assert start(project, *words)[0] == []
    assert start(project, "run")[0] == []


def test_without_torch_the_error_says_what_works_anyway(project: Path) -> None:
    _, done = start(project, "train", "nlu", "--fine-tune", torch=1)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert "torch==2.13.0 could not be installed" in said and "PIP_FIND_LINKS" in said
    assert start(project, "train", "nlu", "--fine-tune")[0] != []


def test_torch_is_named_alike_in_both_places() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert (ROOT / "requirements/torch.txt").read_text().strip() in extras["finetune"]

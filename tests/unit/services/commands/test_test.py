import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import build_app
from services.commands import test as command
from shared.errors import ConfigError


def test_packages_are_missing_until_their_files_are_there(tmp_path: Path) -> None:
    assert command.missing_packages(tmp_path) == list(command.PACKAGES)
    (tmp_path / "usr/lib/postgresql/15/bin").mkdir(parents=True)
    (tmp_path / "usr/lib/postgresql/15/bin/postgres").touch()
    assert "postgresql" not in command.missing_packages(tmp_path)


def test_whoever_is_not_root_is_told_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(ConfigError, match="sudo apt-get install chromium postgresql$"):
        command.install(["chromium", "postgresql"])


def test_another_system_is_told_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match="what Debian calls chromium"):
        command.install(["chromium"])


@pytest.mark.parametrize(
    ("code", "passed"), [("", True), ("raise SystemExit(1)", False), ("import time; time.sleep(9)", False)]
)
def test_a_check_passes_by_its_exit_status_and_in_time(code: str, passed: bool) -> None:
    assert command.passes("check", ("-c", code), within_s=1) is passed


def test_arguments_are_for_one_pytest_without_workers() -> None:
    ((_, told, _),) = command.steps(["tests/unit", "-x"])
    assert told == ("-m", "pytest", "tests/unit", "-x")


@pytest.mark.slow
def test_every_test_but_load_and_chaos_runs_once(tmp_path: Path) -> None:
    case, ran = tmp_path / "test_case.py", tmp_path / "ran"
    ran.mkdir()
    marks = ("slow", "rabbitmq", "alone", "chaos", "load")
    lines = [
        "import pathlib, tempfile, pytest",
        "def ran(name): tempfile.mkstemp(prefix=name, dir=pathlib.Path(__file__).parent / 'ran')",
    ]
    lines += [f"@pytest.mark.{mark}\ndef test_{mark}(): ran('{mark}')" for mark in marks]
    case.write_text("\n".join(lines))
    for name, told, within_s in command.steps(()):
        if "pytest" in told:
            assert command.passes(name, (*told, str(case), "-p", "no:cacheprovider"), within_s)
    assert sorted(path.name[:-8] for path in ran.iterdir()) == ["alone", "rabbitmq", "slow"]


@pytest.mark.slow
def test_a_failing_test_fails_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = tmp_path / "test_case.py"
    case.write_text("def test_no():\n    assert False\n")
    monkeypatch.setattr(command, "install", lambda packages: None)
    arguments = ["test", "--", str(case), "-q", "-p", "no:cacheprovider"]
    failed = CliRunner().invoke(build_app("test"), arguments)
    assert isinstance(failed.exception, ConfigError) and str(failed.exception) == "failed: tests"
    case.write_text("def test_yes():\n    assert True\n")
    assert CliRunner().invoke(build_app("test"), arguments).exit_code == 0

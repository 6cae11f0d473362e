import asyncio
import json
import sys
from pathlib import Path

import pytest

from services.commands.load import is_ours
from shared.errors import ConfigError
from tests.stub_gateway import StubGateway, serve

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://127.9.9.9", True),
        ("http://10.0.0.1", False),
        ("http://192.0.2.7", False),
    ],
)
def test_load_stays_on_this_machine(url: str, ours: bool) -> None:
    assert is_ours(url) is ours


def test_an_unknown_host_is_said() -> None:
    with pytest.raises(ConfigError, match="no host"):
        is_ours("http://nowhere.invalid")


async def run_load(*arguments: str) -> tuple[int, str, str]:
    pipes = dict.fromkeys(("stdout", "stderr"), asyncio.subprocess.PIPE)
    command = (sys.executable, "-m", "services.cli", "load", *arguments)
    process = await asyncio.create_subprocess_exec(*command, **pipes)
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_the_command_writes_its_report_and_balances_the_books(tmp_path: Path) -> None:
    stub = StubGateway()
    async with serve(stub.app) as url:
        plan = ("--rate", "10", "--duration", "1", "--think", "0.05", "--url", url, "--books", url)
        code, out, _ = await run_load(*plan, "--report", str(tmp_path / "r"))
    assert code == 0
    report = json.loads((tmp_path / "r/report.json").read_text())
    assert out.startswith(f"{stub.books['accepted']} accepted = {stub.books['completed']} completed")
    assert "the books balance" in out
    assert report["books"]["matches_logs"]


async def test_unbalanced_books_fail_the_command(tmp_path: Path) -> None:
    stub = StubGateway()
    stub.faults.end_twice = 1
    async with serve(stub.app) as url:
        plan = ("--rate", "5", "--duration", "1", "--think", "0.05", "--url", url)
        code, out, _ = await run_load(*plan, "--report", str(tmp_path / "r"))
    assert code == 1
    assert "THE BOOKS DO NOT BALANCE" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--url", "http://127.0.0.1:9"), "nothing answers at http://127.0.0.1:9"),
        (("--url", "http://192.0.2.7"), "is outside this machine"),
        (("--scenario", "nope"), "there is no scenario 'nope'"),
        (("--rate", "500", "--duration", "3600"), "more than 200000 arrivals"),
    ],
)
async def test_mistakes_are_one_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    plan = ("--rate", "1", "--duration", "1", "--report", str(tmp_path / "r"))
    code, out, err = await run_load(*plan, *arguments)
    assert (code, out) == (1, "")
    assert sentence in err and err.count("\n") == 1
    assert not (tmp_path / "r").exists()

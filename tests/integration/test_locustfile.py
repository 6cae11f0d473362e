import asyncio
import csv
import sys
from pathlib import Path

import pytest

from tests.stub_gateway import StubGateway, serve

pytestmark = [pytest.mark.slow, pytest.mark.alone]


async def crowd(stub: StubGateway, directory: Path) -> tuple[int, dict[str, dict[str, str]]]:
    """Three customers for some seconds: Locust's exit status and its figures by name."""
    command = (sys.executable, "-m", "locust", "-f", "loadtest/locustfile.py", "--headless", "-u", "3", "-r", "3")
    async with serve(stub.app) as url:
        given = ("-t", "8s", "--host", url, "--csv", str(directory / "r"), "--only-summary")
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, *given, stdout=pipe, stderr=pipe)
        async with asyncio.timeout(60):
            await process.communicate()
    with (directory / "r_stats.csv").open(newline="") as file:
        return process.returncode, {row["Name"]: row for row in csv.DictReader(file)}


async def test_locusts_customers_play_the_shops_conversations(tmp_path: Path) -> None:
    stub = StubGateway()
    status, figures = await crowd(stub, tmp_path)
    assert status == 0
    assert int(figures["turn"]["Request Count"]) >= 6
    assert figures["Aggregated"]["Failure Count"] == "0"
    assert figures["accepted"]["Request Count"] == figures["turn"]["Request Count"]
    # Locust stops its customers where they stand: what they did not wait for any more may have been accepted.
    assert 0 <= stub.books["accepted"] - int(figures["turn"]["Request Count"]) <= 3


async def test_refusals_are_locusts_failures(tmp_path: Path) -> None:
    stub = StubGateway()
    stub.faults.refuse = [(429, "too_many_waiting")]
    status, figures = await crowd(stub, tmp_path)
    assert status == 1
    assert figures["turn"]["Failure Count"] == "1"

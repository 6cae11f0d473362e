"""The private state server of embedded mode: one owner, nothing lost, nothing left behind."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from shared.errors import ConfigError
from shared.store.client import open_redis
from shared.store.private import open_private_server

OWNER = """
import asyncio, sys
from pathlib import Path
from shared.store.private import open_private_server
async def main():
    async with open_private_server(Path(sys.argv[1])) as url:
        print(url, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_what_was_written_is_there_after_a_kill(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout
    url = (await owner.stdout.readline()).decode().strip()
    async with open_redis(url) as redis:
        await redis.set("k", "v")
    owner.send_signal(signal.SIGKILL)
    await owner.wait()
    async with open_private_server(tmp_path) as again, open_redis(again) as redis:
        assert await redis.get("k") == "v"


async def test_a_second_owner_is_told_to_go_elsewhere(tmp_path: Path) -> None:
    async with open_private_server(tmp_path):
        with pytest.raises(ConfigError, match="DESKBELL_VAR"):
            async with open_private_server(tmp_path):
                pass

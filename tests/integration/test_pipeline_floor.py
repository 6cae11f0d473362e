import asyncio

import pytest

from benchmarks.relay import open_relay

pytestmark = pytest.mark.rabbitmq


async def test_every_turn_comes_out_of_the_last_queue(rabbitmq_url: str) -> None:
    async with asyncio.timeout(30), open_relay(rabbitmq_url) as turn, asyncio.TaskGroup() as crowd:
        for _ in range(50):
            crowd.create_task(turn())

"""Tries are counted over all conversations, for an hour, under a digest."""

import asyncio

from services.dialogue.adapters.redis_tries import WINDOW_S, RedisTries
from services.dialogue.ports import Tries
from shared.store.client import open_redis


async def test_so_many_and_no_more(state_url: str) -> None:
    async with open_redis(state_url) as one, open_redis(state_url) as other:
        here: Tries = RedisTries(one, {"code": 5, "glimpse": 2})
        there: Tries = RedisTries(other, {"code": 5, "glimpse": 2})
        allowed = await asyncio.gather(*(side.allow("code", "a@b") for side in (here, there) * 5))
        assert sum(allowed) == 5
        assert await here.allow("code", "c@d")
        assert [await there.allow("glimpse", "a@b") for _ in range(3)] == [True, True, False]


async def test_what_is_counted_ends_by_itself_and_names_nobody(state_url: str) -> None:
    async with open_redis(state_url) as redis:
        await RedisTries(redis, {"code": 1}).allow("code", "emma.fischer@example.com")
        (key,) = await redis.keys("*tries*")
        assert "emma" not in key
        assert 0 < await redis.ttl(key) <= WINDOW_S

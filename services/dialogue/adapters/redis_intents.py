"""Open writes in Redis: a sorted set by when to look at each, and whose conversation it is."""

from typing import Any

from redis.asyncio import Redis

from services.dialogue.ports import OpenIntent
from shared.store.client import unavailable
from shared.store.keys import PREFIX

DUE, OWNERS = f"{PREFIX}:{{intents}}:due", f"{PREFIX}:{{intents}}:owners"
LENT_S = 10
MOST = 50

# One script: two processes that take at the same time never get the same intent.
TAKE = """#!lua flags=
local taken = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  redis.call('ZADD', KEYS[1], ARGV[1] + ARGV[2], key)
  taken[#taken + 1] = key
  taken[#taken + 1] = redis.call('HGET', KEYS[2], key) or ''
end
return taken
"""


class RedisIntents:
    """Port `Intents` on Redis. Raises Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis  # the driver types every reply as a union of all replies
        self._take = redis.register_script(TAKE)

    async def add(self, intent: OpenIntent, due_at: float) -> None:
        with unavailable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(OWNERS, intent.key, intent.conversation_id)
                pipe.zadd(DUE, {intent.key: due_at})
                await pipe.execute()

    async def take(self, now: float) -> list[OpenIntent]:
        with unavailable():
            flat: Any = await self._take(keys=[DUE, OWNERS], args=[now, LENT_S, MOST])
        return [OpenIntent(key, owner) for key, owner in zip(flat[::2], flat[1::2], strict=True)]

    async def has(self, key: str) -> bool:
        with unavailable():
            return await self._redis.zscore(DUE, key) is not None

    async def remove(self, key: str) -> None:
        with unavailable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zrem(DUE, key)
                pipe.hdel(OWNERS, key)
                await pipe.execute()

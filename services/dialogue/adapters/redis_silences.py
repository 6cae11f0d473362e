"""Conversations in which the customer may have fallen silent, in Redis: a sorted set by when to look at each."""

from typing import Any

from redis.asyncio import Redis

from services.dialogue.ports import Silence
from shared.store.client import unavailable
from shared.store.keys import PREFIX

DUE = f"{PREFIX}:{{silences}}:due"
MOST = 50

# One script: two processes that take at the same time never remind the same customer.
TAKE = """#!lua flags=
local taken = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
if #taken > 0 then redis.call('ZREM', KEYS[1], unpack(taken)) end
return taken
"""


class RedisSilences:
    """Port `Silences` on Redis. Raises Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis  # the driver types every reply as a union of all replies
        self._take = redis.register_script(TAKE)

    async def add(self, silence: Silence, due_at: float) -> None:
        with unavailable():
            await self._redis.zadd(DUE, {f"{silence.turn}:{silence.conversation_id}": due_at})

    async def take(self, now: float) -> list[Silence]:
        with unavailable():
            taken: Any = await self._take(keys=[DUE], args=[now, MOST])
        pairs = (entry.partition(":") for entry in taken)
        return [Silence(conversation, int(turn)) for turn, _, conversation in pairs]

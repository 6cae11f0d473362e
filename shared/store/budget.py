"""What may be spent in a day, counted by all processes together."""

from dataclasses import dataclass

from redis.asyncio import Redis

from shared.store.client import unavailable
from shared.store.keys import PREFIX

DAY_S = 86_400
# A day is a number of days since 1970, UTC, by the server's clock. Nothing is taken where anything would be exceeded.
TAKE = f"""#!lua flags=
local day = math.floor(redis.call('TIME')[1] / {DAY_S})
if tonumber(redis.call('HGET', KEYS[1], 'day') or -1) ~= day then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'day', day, 'requests', 0, 'tokens', 0)
  redis.call('EXPIRE', KEYS[1], {2 * DAY_S})
end
local requests = tonumber(redis.call('HGET', KEYS[1], 'requests'))
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens'))
if requests + 1 > tonumber(ARGV[2]) or tokens + tonumber(ARGV[1]) > tonumber(ARGV[3]) then return -1 end
redis.call('HINCRBY', KEYS[1], 'requests', 1)
redis.call('HINCRBY', KEYS[1], 'tokens', ARGV[1])
return day
"""
# What was taken on a day that is over is not given back to another.
SETTLE = """#!lua flags=
if tonumber(redis.call('HGET', KEYS[1], 'day') or -1) == tonumber(ARGV[2]) then
  redis.call('HINCRBY', KEYS[1], 'tokens', ARGV[1])
end
"""


@dataclass(frozen=True)
class Taken:
    """Tokens that were set aside on a day."""

    tokens: int
    day: int


class DailyBudget:
    """Requests and tokens of one day under one name. Tokens are set aside before a request and settled after it."""

    def __init__(self, redis: Redis, name: str, requests: int, tokens: int):
        self._key = f"{PREFIX}:budget:{{{name}}}"
        self._limits = (requests, tokens)
        self._take = redis.register_script(TAKE)
        self._settle = redis.register_script(SETTLE)

    async def take(self, tokens: int) -> Taken | None:
        """Sets aside one request and so many tokens; None if the day has not so much left. Raises Unavailable."""
        with unavailable():
            day = int(await self._take(keys=[self._key], args=[tokens, *self._limits]))
        return Taken(tokens, day) if day >= 0 else None

    async def settle(self, taken: Taken, used: int) -> None:
        """Counts what was used instead of what was set aside. Raises Unavailable."""
        with unavailable():
            await self._settle(keys=[self._key], args=[used - taken.tokens, taken.day])

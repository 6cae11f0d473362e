"""Limits counted in Redis by all gateways together, and in this process while Redis is away."""

import time
from collections import OrderedDict

from redis.asyncio import Redis

from services.gateway.domain.gcra import Limit, step
from shared.errors import Unavailable
from shared.store.client import unavailable

# Times are microseconds of the server's clock, as strings: a Lua number would lose digits in text.
GCRA = """#!lua flags=
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local base = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = base - (burst - 1) * interval - now
if wait > 0 then return math.ceil(wait / 1000) end
redis.call('SET', KEYS[1], string.format('%.0f', base + interval), 'PX', math.ceil((base + interval - now) / 1000) + 1)
return 0
"""
MAX_SUBJECTS = 10_000
AVOID_FOR_S = 5.0


class LocalLimiter:
    """Limits of this process alone; the subjects seen least lately are forgotten first."""

    def __init__(self) -> None:
        self._moments: OrderedDict[str, float] = OrderedDict()

    def take(self, limit: Limit, subject: str) -> float:
        """Seconds to wait, 0 when the subject may go on."""
        key, now = f"{limit.name}:{subject}", time.monotonic()
        self._moments[key], wait_s = step(limit, self._moments.pop(key, 0.0), now)
        if len(self._moments) > MAX_SUBJECTS:
            self._moments.popitem(last=False)
        return wait_s


class RedisLimiter:
    """Port `Limiter`. Without Redis the limits are halved, never lifted."""

    def __init__(self, redis: Redis) -> None:
        self._script = redis.register_script(GCRA)
        self._local = LocalLimiter()
        self._avoid_until = 0.0

    async def wait_s(self, limit: Limit, subject: str) -> float:
        if time.monotonic() >= self._avoid_until:
            try:
                return await self._shared_wait_s(limit, subject)
            except Unavailable:
                # Asking again at once would add a second to every request.
                self._avoid_until = time.monotonic() + AVOID_FOR_S
        return self._local.take(limit.halved(), subject)

    async def _shared_wait_s(self, limit: Limit, subject: str) -> float:
        key = f"deskbell:limit:{limit.name}:{{{subject}}}"
        with unavailable():
            wait_ms = await self._script(keys=[key], args=[round(limit.interval_s * 1_000_000), limit.burst])
        return int(wait_ms) / 1000

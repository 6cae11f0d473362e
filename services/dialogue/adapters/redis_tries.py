"""How often something was tried of late, by all conversations and processes together, in Redis."""

import hashlib
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis

from shared.store.client import unavailable
from shared.store.keys import PREFIX

WINDOW_S = 3600

# One script: a counter without an end would lock its subject out for ever.
COUNT = """#!lua flags=
local tries = redis.call('INCR', KEYS[1])
if tries == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return tries
"""


class RedisTries:
    """Port `Tries`: so many of each kind in an hour for one subject, which is kept as a digest only."""

    def __init__(self, redis: Redis, most: Mapping[str, float]) -> None:
        self._count: Any = redis.register_script(COUNT)
        self._most = most

    async def allow(self, kind: str, subject: str) -> bool:
        digest = hashlib.sha256(f"{kind}:{subject}".encode()).hexdigest()
        with unavailable():
            tries: Any = await self._count(keys=[f"{PREFIX}:tries:{digest}"], args=[WINDOW_S])
        return int(tries) <= self._most[kind]

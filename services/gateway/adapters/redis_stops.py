"""Stop signals in Redis: a key that whoever generates looks at."""

from redis.asyncio import Redis

from shared.store.client import unavailable
from shared.store.keys import stop_key

KEPT_S = 60


class RedisStops:
    """Port `StopSignals`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def stop(self, conversation_id: str, turn: int) -> None:
        """Raises Unavailable."""
        with unavailable():
            await self._redis.set(stop_key(conversation_id), turn, ex=KEPT_S)

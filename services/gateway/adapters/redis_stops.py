"""Stop signals in Redis: a key that whoever generates looks at, and a word on a channel."""

from redis.asyncio import Redis

from shared.store.client import unavailable

KEPT_S = 60


class RedisStops:
    """Port `StopSignals`: `deskbell:stop:<conversation>` holds the turn whose reply shall end."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def stop(self, conversation_id: str, turn: int) -> None:
        """Raises Unavailable."""
        key = f"deskbell:stop:{conversation_id}"
        with unavailable():
            await self._redis.set(key, turn, ex=KEPT_S)
            await self._redis.publish(key, turn)

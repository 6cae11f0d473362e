"""In which conversation each customer was known last."""

from typing import Any

from redis.asyncio import Redis

from shared.ports import Identity
from shared.store.client import unavailable
from shared.store.keys import PREFIX

KEPT_S = 90 * 24 * 3600


class RecentConversations:
    """By customer the conversation that they were last known in. Raises Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis  # the driver types every reply as a union of all replies

    async def note(self, identity: Identity | None, conversation_id: str) -> None:
        """Remembers the conversation, if its customer is proven."""
        if identity is None or identity.level != "L2" or not identity.customer_id:
            return
        with unavailable():
            await self._redis.set(_key(identity.customer_id), conversation_id, ex=KEPT_S)

    async def latest(self, customer_id: str) -> str | None:
        """The customer's latest conversation; it may have ended since."""
        with unavailable():
            found: str | None = await self._redis.get(_key(customer_id))
        return found


def _key(customer_id: str) -> str:
    return f"{PREFIX}:{{recent:{customer_id}}}"

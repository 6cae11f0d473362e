"""Port `Conversations` on the stores that the gateway and the dialogue keep."""

from collections.abc import Mapping
from typing import Any

import structlog
from redis.asyncio import Redis

from shared.store.conversations import Conversations, UnknownConversation
from shared.store.desk import RedisDesk
from shared.store.recent import RecentConversations

log = structlog.get_logger()


class RedisConversations:
    """Where a customer can be reached. Raises Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._conversations = Conversations(redis)
        self._recent = RecentConversations(redis)
        self._desk = RedisDesk(redis)

    async def latest(self, customer_id: str) -> str | None:
        """The customer's latest conversation, if it has not ended and is still theirs."""
        found = await self._recent.latest(customer_id)
        meta = await self._conversations.meta(found) if found else None
        return found if meta and meta.identity.customer_id == customer_id else None

    async def has_person(self, conversation_id: str) -> bool:
        """Whether there is an open ticket."""
        return await self._desk.current(conversation_id) is not None

    async def tell_once(self, conversation_id: str, key: str, reply: Mapping[str, Any]) -> None:
        """Appends the reply; one whose conversation ended meanwhile reaches nobody."""
        try:
            await self._conversations.tell_once(conversation_id, key, "reply", {"reply": dict(reply)})
        except UnknownConversation:
            log.info("proactive.nobody_to_tell", conversation_id=conversation_id)

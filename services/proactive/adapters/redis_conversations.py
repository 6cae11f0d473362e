"""Port `Conversations` on the stores that the gateway and the dialogue keep."""

from collections.abc import Mapping
from typing import Any

import structlog
from redis.asyncio import Redis

from services.proactive.domain.records import Liked
from shared.store.conversations import Conversations, UnknownConversation
from shared.store.desk import RedisDesk
from shared.store.recent import RecentConversations
from shared.store.states import DialogueStates

log = structlog.get_logger()


class RedisConversations:
    """Where a customer can be reached. Raises Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._conversations = Conversations(redis)
        self._recent = RecentConversations(redis)
        self._desk = RedisDesk(redis)
        self._states = DialogueStates(redis)

    async def latest(self, customer_id: str) -> str | None:
        """The customer's latest conversation, if it has not ended and is still theirs."""
        found = await self._recent.latest(customer_id)
        meta = await self._conversations.meta(found) if found else None
        return found if meta and meta.identity.customer_id == customer_id else None

    async def has_person(self, conversation_id: str) -> bool:
        """Whether there is an open ticket."""
        return await self._desk.current(conversation_id) is not None

    async def liked(self, conversation_id: str) -> Liked:
        """The goods and the colour in the dialogue's memory of the conversation, and erased together with it."""
        state = (await self._states.load(conversation_id)).state or {}
        wish = state.get("wish") or {}
        return Liked(tuple(state.get("goods", ())), str(wish.get("color", "")))

    async def tell_once(self, conversation_id: str, key: str, reply: Mapping[str, Any]) -> None:
        """Appends the reply; one whose conversation ended meanwhile reaches nobody."""
        try:
            await self._conversations.tell_once(conversation_id, key, "reply", {"reply": dict(reply)})
        except UnknownConversation:
            log.info("proactive.nobody_to_tell", conversation_id=conversation_id)

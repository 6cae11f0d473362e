"""The dialogue's state: loaded whole, saved by compare-and-set with the fence check of the turn."""

from typing import Any, Literal

import orjson
from redis.asyncio import Redis

from shared.contracts.topology import queue_of
from shared.ports import Identity, Loaded, TurnRef
from shared.store.client import Scripts, unavailable
from shared.store.keys import ConversationKeys
from shared.store.recent import RecentConversations

STAGE = queue_of("dialogue").stage


class DialogueStates:
    """Port `States` of the dialogue, on Redis. Raises Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis  # the driver types every reply as a union of all replies
        self._scripts = Scripts(redis)
        self._recent = RecentConversations(redis)

    async def load(self, conversation_id: str) -> Loaded:
        """The state, its version and the customer's identity."""
        keys = ConversationKeys(conversation_id)
        with unavailable():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hmget(keys.state, ["version", "state"])
                pipe.hmget(keys.meta, ["level", "customer"])
                (version, state), (level, customer) = await pipe.execute()
        identity = Identity(level or "L0", customer or None)
        return Loaded(orjson.loads(state) if state else None, int(version or 0), identity)

    async def save(  # noqa: PLR0913 - the fence, the version and what is written go together
        self,
        ref: TurnRef,
        attempt: int,
        version: int,
        state: dict[str, Any],
        *,
        identity: Identity | None = None,
        write_open: bool = False,
    ) -> Literal["saved", "stale", "conflict"]:
        """Writes `state` as version + 1, and with it a raised identity and whether a write is unresolved."""
        raised = identity or Identity("L0")
        level = raised.level if identity else ""
        answer: Literal["saved", "stale", "conflict"] = await self._scripts.run(
            "save",
            [ConversationKeys(ref.conversation_id).meta],
            [ref.turn, ref.token, STAGE, attempt, version, orjson.dumps(state).decode(), level,
             raised.customer_id or "", int(write_open)],
        )  # fmt: skip
        if answer == "saved":
            await self._recent.note(identity, ref.conversation_id)
        return answer

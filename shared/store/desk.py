"""The queue of tickets for people."""

from typing import Any, Literal

from redis.asyncio import Redis

from shared.ports import Ticket
from shared.store.client import Scripts, unavailable
from shared.store.keys import DESK

QUEUE, BY_CONVERSATION, COUNTER = f"{DESK}:queue", f"{DESK}:by_conversation", f"{DESK}:counter"
TICKET = f"{DESK}:ticket:"


class RedisDesk:
    """Port `Desk` on Redis: one open ticket a conversation, served in order of arrival. Raises Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis  # the driver types every reply as a union of all replies
        self._scripts = Scripts(redis)

    async def open(self, conversation_id: str, reason: str, language: str) -> Ticket:
        """The conversation's open ticket, made if there is none."""
        keys = [QUEUE, BY_CONVERSATION, COUNTER]
        number = await self._scripts.run("open_ticket", keys, [conversation_id, reason, language, TICKET])
        return await self._ticket(number)

    async def current(self, conversation_id: str) -> Ticket | None:
        """The conversation's ticket while it is queued or claimed."""
        with unavailable():
            number = await self._redis.hget(BY_CONVERSATION, conversation_id)
        return await self._ticket(number) if number else None

    async def tickets(self) -> list[Ticket]:
        """All open tickets, the longest waiting first."""
        with unavailable():
            numbers = await self._redis.zrange(QUEUE, 0, -1)
        return [await self._ticket(number) for number in numbers]

    async def hand_back(self, number: str) -> bool:
        """Ends the ticket: the bot speaks again. False if there is no such open ticket."""
        return bool(await self._scripts.run("hand_back", [QUEUE, BY_CONVERSATION, TICKET + number], [number]))

    async def _ticket(self, number: str) -> Ticket:
        with unavailable():
            record = await self._redis.hgetall(TICKET + number)
            rank = await self._redis.zrank(QUEUE, number)
        state: Literal["queued", "claimed", "returned"] = record["state"]
        return Ticket(
            number=number,
            conversation_id=record["conversation"],
            state=state,
            reason=record["reason"],
            language=record["language"],
            opened_at=int(record["opened_ms"]) / 1000,
            position=0 if rank is None else int(rank) + 1,
        )

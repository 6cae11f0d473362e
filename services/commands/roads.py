"""How a turn of an executable conversation travels: over REST, or over WebSocket. Both show the same answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from services.commands.client import TURN_DEADLINE_S, Client, Conversation, Refused
from services.commands.connection import Connection, open_connection
from shared.contracts.messages import CustomerInput, Expects, Reply


@dataclass(frozen=True)
class Answer:
    """What a turn brought: how it ended, what was said, and the names of the responses spoken."""

    status: str
    replies: tuple[Reply, ...]
    responses: tuple[str, ...]

    @property
    def expects(self) -> Expects:
        """What the bot waits for now: the last reply says it."""
        return self.replies[-1].expects if self.replies else Expects()


class Road(Protocol):
    """Carries one message and waits for the end of its turn. Raises Refused, Unreachable or TimeoutError."""

    async def turn(self, message: CustomerInput) -> Answer: ...


class RestRoad:
    """REST with `wait_s`; the conversation's log names the responses."""

    def __init__(self, client: Client, conversation: Conversation) -> None:
        self._client = client
        self._conversation = conversation
        self._cursor: str | None = None

    async def turn(self, message: CustomerInput) -> Answer:
        turn = await self._client.turn(self._conversation, message)
        return Answer(turn.status, turn.replies, await self._responses(turn.seq))

    async def _responses(self, seq: int) -> tuple[str, ...]:
        responses: tuple[str, ...] = ()
        async for event in self._client.all_events(self._conversation, self._cursor):
            self._cursor = event.cursor
            if event.type == "turn.ended" and event.data["turn"] == seq:
                responses = tuple(event.data.get("responses", ()))
        return responses


class SocketRoad:
    """WebSocket; the frames say everything."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def turn(self, message: CustomerInput) -> Answer:
        replies: list[Reply] = []
        end: dict[str, Any] = {}
        async with asyncio.timeout(TURN_DEADLINE_S + 5):
            async for frame in self._connection.play(message):
                if frame.type == "reply":
                    replies.append(Reply.model_validate(frame.data["reply"]))
                elif frame.type == "turn.ended":
                    end = frame.data
                elif frame.type in ("error", "closed"):
                    raise Refused(frame.data.get("status", 0), str(frame.data["code"]), frame.data.get("detail", ""))
        return Answer(end["status"], tuple(replies), tuple(end.get("responses", ())))


@asynccontextmanager
async def open_road(client: Client, conversation: Conversation, *, websocket: bool) -> AsyncIterator[Road]:
    """The road that was asked for."""
    if not websocket:
        yield RestRoad(client, conversation)
        return
    async with open_connection(client, conversation) as connection:
        yield SocketRoad(connection)

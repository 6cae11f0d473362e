"""Server-sent events: the conversation log as it grows, and the chunks of the reply under way."""

import asyncio
import secrets
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.gateway.handlers.following import Follower, Gone
from shared.contracts.messages import ReplyChunk
from shared.errors import DeskbellError
from shared.ports import Event
from shared.store.conversations import Conversations, Meta

SEND_WITHIN_S = 5
BEAT_EVERY_S = 15
RECONNECT_MS = (1000, 5000)


class _Over(DeskbellError):
    """The stream has come to its end."""


class EventStream(Response):
    """A response that lasts as long as the client listens. The id of an event is its cursor."""

    media_type = "text/event-stream"

    def __init__(self, conversations: Conversations, meta: Meta, after: str | None, draining: asyncio.Event) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._follower = Follower(conversations, meta.conversation_id, after, self)
        self._open_turn = meta.open_turn
        self._draining = draining
        self._send: Send

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._send = send
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        try:
            async with asyncio.TaskGroup() as owner:
                owner.create_task(self._follower.run(self._open_turn))
                owner.create_task(self._beat())
                owner.create_task(self._until_draining())
                owner.create_task(_until_gone(receive))
        except* (_Over, Gone, TimeoutError, OSError):
            pass
        await send({"type": "http.response.body", "body": b""})

    async def on_event(self, event: Event) -> None:
        data = {"cursor": event.cursor, "type": event.type, "at": event.at, "data": event.data}
        await self._tell(event.type, data, event.cursor)

    async def on_chunk(self, chunk: ReplyChunk) -> None:
        await self._tell("reply.chunk", chunk.model_dump())

    async def on_resync(self) -> None:
        await self._tell("resync", {})

    async def _tell(self, kind: str, data: dict[str, Any], cursor: str | None = None) -> None:
        lines = [f"id: {cursor}"] if cursor else []
        await self._write("\n".join([*lines, f"event: {kind}", f"data: {orjson.dumps(data).decode()}", "", ""]))

    async def _write(self, text: str) -> None:
        async with asyncio.timeout(SEND_WITHIN_S):
            await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def _beat(self) -> None:
        while True:
            await self._write(": here\n\n")
            await asyncio.sleep(BEAT_EVERY_S)

    async def _until_draining(self) -> None:
        await self._draining.wait()
        low, high = RECONNECT_MS
        await self._write(f"retry: {low + secrets.randbelow(high - low)}\n\n")
        raise _Over


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise _Over

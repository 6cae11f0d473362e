"""A conversation over WebSocket that outlives its connections: it resumes by cursor and resends."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from services.commands.client import Client, Conversation, is_loopback, wire_body
from shared.contracts.messages import CustomerInput

SUBPROTOCOL = Subprotocol("deskbell.v1")
STAY_AWAY = frozenset({4400, 4401, 4403, 4409})
ABNORMAL = 1006
LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True)
class Frame:
    """A frame from the gateway and when it came, on the event loop's clock."""

    at: float
    type: str
    data: dict[str, Any]


def position(cursor: str) -> int:
    """The place of an event in its log: the part of `seq.nonce` before the point."""
    return int(cursor.partition(".")[0])


class Connection:
    """What a customer's page does: keeps what has no end yet, and sends it again after every reconnect.

    Each event of the log comes once and in order, other frames as they arrive. Two types are its own: `connected`
    after every (re)connect, and `closed` when the gateway told us to stay away.
    """

    def __init__(self, url: str, conversation: Conversation) -> None:
        self._url = f"ws{url.removeprefix('http')}/v1/ws"
        self._conversation = conversation
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._unended: dict[str, CustomerInput] = {}
        self._ids: dict[int, str] = {}
        self._seen: set[tuple[str, Any]] = set()
        self._cursor: str | None = None
        self._wire: ClientConnection | None = None
        self._failures = 0
        self.connects = 0
        self.resyncs = 0
        self.repeated = 0

    @property
    def settled(self) -> bool:
        """Whether everything that was sent has its end (or was refused), and every frame has been taken."""
        return not self._unended and self._frames.empty()

    async def next(self) -> Frame:
        """The next frame; waits for it without limit."""
        return await self._frames.get()

    async def play(self, message: CustomerInput) -> AsyncIterator[Frame]:
        """Sends, and yields what comes until the message's turn has ended, or an `error` names the message."""
        await self.send(message)
        while not self.settled:
            frame = await self._frames.get()
            yield frame
            if frame.type == "closed":
                return

    async def send(self, message: CustomerInput) -> None:
        """Sends now, or as soon as there is a connection; again under the same id until the turn has ended."""
        self._unended[message.client_message_id] = message
        if self._wire is not None:
            await self._pass_up(self._wire, message)

    async def run(self) -> None:
        """Connects, reads, and connects again, until cancelled or told to stay away."""
        while (code := await self._attempt()) not in STAY_AWAY:
            pause_s = min(LONGEST_PAUSE_S, 0.2 * 2**self._failures)
            self._failures += 1
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))
        self._put({"type": "closed", "code": code})

    async def _attempt(self) -> int:
        try:
            return await self._converse()
        except InvalidStatus as exc:
            return 4403 if exc.response.status_code in (401, 403) else ABNORMAL
        except (OSError, InvalidHandshake):
            return ABNORMAL

    async def _converse(self) -> int:
        """One connection from hello to its end; returns its close code."""
        proxy: Literal[True] | None = None if is_loopback(self._url) else True
        async with connect(self._url, subprotocols=[SUBPROTOCOL], compression=None, proxy=proxy) as wire:
            try:
                await self._read(wire)
            except ConnectionClosed:
                pass
            finally:
                self._wire = None
        return wire.close_code or ABNORMAL

    async def _read(self, wire: ClientConnection) -> None:
        after = {"after": self._cursor} if self._cursor else {}
        await wire.send(json.dumps({"type": "hello", "token": self._conversation.token, **after}))
        async for raw in wire:
            body = json.loads(raw)
            if body["type"] == "ready":
                await self._on_ready(wire)
            elif body["type"] == "resync":
                await self._on_resync(wire)
            elif self._is_new(body):
                self._put(body)

    async def _on_ready(self, wire: ClientConnection) -> None:
        self._failures = 0
        self.connects += 1
        self._wire = wire
        self._put({"type": "connected"})
        await self._resend(wire)

    async def _on_resync(self, wire: ClientConnection) -> None:
        """The log could not be resumed where we stood: it comes from its start, and what we know of it is skipped."""
        self.resyncs += 1
        self._cursor = None
        await self._resend(wire)

    async def _resend(self, wire: ClientConnection) -> None:
        for message in list(self._unended.values()):
            await self._pass_up(wire, message)

    async def _pass_up(self, wire: ClientConnection, message: CustomerInput) -> None:
        kinds = ("confirm", "decline", "choose", "handoff")
        kind = next((name for name in kinds if getattr(message, name)), "message")
        try:
            await wire.send(json.dumps({"type": kind, **wire_body(message)}, ensure_ascii=False))
        except ConnectionClosed:
            # The reader sees the same end, reconnects and resends: nothing to do here.
            self._wire = None

    def _is_new(self, body: dict[str, Any]) -> bool:
        """Whether this frame is no event of the log, or one that we have not had."""
        cursor = body.get("cursor")
        if cursor is None:
            return True
        if self._cursor is not None and position(cursor) <= position(self._cursor):
            self.repeated += 1
            return False
        self._cursor = cursor
        return not (self.resyncs and _identity(body) in self._seen)

    def _put(self, body: dict[str, Any]) -> None:
        self._note(body)
        self._frames.put_nowait(Frame(asyncio.get_running_loop().time(), body["type"], body))

    def _note(self, body: dict[str, Any]) -> None:
        """Remembers what a later resync must not show again, and forgets what need not be resent."""
        if "cursor" in body:
            self._seen.add(_identity(body))
        if body["type"] == "error":
            self._unended.pop(body.get("client_message_id") or "", None)
        elif "client_message_id" in body and "seq" in body:
            self._ids[body["seq"]] = body["client_message_id"]
        seq = body.get("seq", body.get("turn"))
        # The end may be known before the number: when `accepted` was lost with a connection and comes again.
        if ("turn.ended", seq) in self._seen:
            self._unended.pop(self._ids.get(seq or 0, ""), None)


def _identity(body: dict[str, Any]) -> tuple[str, Any]:
    """What makes an event the same one after the log's cursors have changed."""
    if body["type"] == "reply":
        return "reply", body["reply"]["id"]
    if body["type"] == "turn.ended":
        return "turn.ended", body["turn"]
    return body["type"], json.dumps({key: value for key, value in body.items() if key != "cursor"}, sort_keys=True)


@asynccontextmanager
async def open_connection(client: Client, conversation: Conversation) -> AsyncIterator[Connection]:
    """The conversation's connection, kept up until the block is left."""
    connection = Connection(client.url, conversation)
    async with asyncio.TaskGroup() as owner:
        keeper = owner.create_task(connection.run())
        try:
            yield connection
        finally:
            keeper.cancel()

"""WebSocket: one reader, one writer and one follower of the log for each connection."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from services.gateway.adapters.clients import Client, Connections
from services.gateway.adapters.guards import refuse
from services.gateway.domain import inbound
from services.gateway.domain.close_codes import CloseCode
from services.gateway.domain.gcra import Limit, step
from services.gateway.domain.refusals import Refusal
from services.gateway.domain.strict_json import NotJson
from services.gateway.handlers.figures import CLOSED, OPEN_SOCKETS, REFUSED
from services.gateway.handlers.following import Follower, Gone
from services.gateway.handlers.reception import Reception
from shared.contracts.messages import ReplyChunk
from shared.errors import DeskbellError
from shared.ports import Event
from shared.store.conversations import Meta

SUBPROTOCOL = "deskbell.v1"
HELLO_WITHIN_S = 5
SEND_WITHIN_S = 5
CLOSE_WITHIN_S = 2
MAX_OUTGOING = 64
MAX_OFFENCES = 3
FRAMES = Limit("frames", 60, 20)
SLOW_DOWN_MS = 3000
RECONNECT_MS = (500, 5000)
PUBLIC_EVENTS = frozenset({"message", "reply", "handoff", "agent.message", "turn.ended", "identity"})
Fields = dict[str, Any]


class Closing(DeskbellError):
    """The connection is to be closed; `last` is said before."""

    def __init__(self, code: CloseCode, last: Fields | None = None, reason: str = "") -> None:
        super().__init__(code.name)
        self.code, self.last, self.reason = code, last, reason or code.name.lower()


async def serve_websocket(ws: WebSocket) -> None:
    """The endpoint: a place, a conversation, and both until one side leaves."""
    connections: Connections = ws.app.state.connections
    offered = ws.scope["subprotocols"]
    try:
        if offered and SUBPROTOCOL not in offered:
            raise Refusal("bad_request", f"The subprotocol is {SUBPROTOCOL}.")
        with connections.admitted(Client.of(ws)), OPEN_SOCKETS.track_inprogress():
            await ws.accept(subprotocol=SUBPROTOCOL if offered else None)
            await Connection(ws, ws.app.state.reception, connections).run()
    except Refusal as refusal:
        await refuse(refusal, ws.scope, ws.receive, ws.send)


class Connection:
    """One accepted WebSocket. It is the follower's sink."""

    def __init__(self, ws: WebSocket, reception: Reception, connections: Connections) -> None:
        self._ws, self._reception, self._connections = ws, reception, connections
        self._outgoing: asyncio.Queue[Fields] = asyncio.Queue(MAX_OUTGOING)
        # Held while a message is accepted, so that nothing of its turn is told before `accepted`.
        self._accepting = asyncio.Lock()
        self._conversation_id = ""
        self._offences = 0
        self._frames_until = 0.0

    async def run(self) -> None:
        """Until the client leaves, or the connection has to be closed."""
        closing: BaseException | None = None
        try:
            hello, meta = await self._greeted()
            await self._converse(hello, meta)
        except* (Closing, Gone, WebSocketDisconnect) as ended:
            closing = _first(ended)
        if isinstance(closing, Gone):
            closing = Closing(CloseCode.UNAUTHORIZED, _error(Refusal("unknown_conversation")))
        if isinstance(closing, Closing):
            await self._close(closing)

    # --- greeting -------------------------------------------------------------------------

    async def _greeted(self) -> tuple[inbound.HelloFrame, Meta]:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                frame = inbound.parse_frame(await self._receive())
        except TimeoutError:
            raise Closing(CloseCode.HELLO_TIMEOUT) from None
        except (NotJson, inbound.WrongFrame) as exc:
            raise Closing(CloseCode.BAD_REQUEST, _error(Refusal("bad_request", str(exc)))) from None
        if not isinstance(frame, inbound.HelloFrame):
            raise Closing(CloseCode.UNAUTHORIZED, _error(Refusal("unauthorized", "The first frame is hello.")))
        try:
            return frame, await self._reception.enter(frame.token)
        except Refusal as refusal:
            code = CloseCode.INTERNAL if refusal.code == "unavailable" else CloseCode.UNAUTHORIZED
            raise Closing(code, _error(refusal)) from None

    async def _converse(self, hello: inbound.HelloFrame, meta: Meta) -> None:
        self._conversation_id = meta.conversation_id
        await self._tell(
            "ready", conversation_id=meta.conversation_id, level=meta.identity.level, open_turn=meta.open_turn
        )
        follower = Follower(self._reception.conversations, meta.conversation_id, hello.after, self)
        with self._connections.joined(meta.conversation_id) as membership:
            async with asyncio.TaskGroup() as owner:
                owner.create_task(self._read())
                owner.create_task(self._write())
                owner.create_task(follower.run(meta.open_turn))
                owner.create_task(self._until_asked_to_leave(membership.asked))

    async def _until_asked_to_leave(self, asked: Callable[[], Awaitable[str]]) -> None:
        reason = await asked()
        if reason == "draining":
            low, high = RECONNECT_MS
            pause_ms = low + secrets.randbelow(high - low)
            last = {"type": "server.draining", "reconnect_after_ms": pause_ms}
            raise Closing(CloseCode.RESTARTING, last, f"reconnect_after_ms={pause_ms}")
        if reason == "replaced":
            raise Closing(CloseCode.REPLACED)
        raise Gone(self._conversation_id)

    # --- from the client ------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            text = await self._receive()
            self._frames_until, wait_s = step(FRAMES, self._frames_until, time.monotonic())
            if wait_s:
                last = _error(Refusal("rate_limited", retry_after_s=SLOW_DOWN_MS / 1000))
                raise Closing(CloseCode.SLOW_DOWN, last, f"retry_after_ms={SLOW_DOWN_MS}")
            await self._handle(text)

    async def _receive(self) -> str:
        message = await self._ws.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1005)
        text = message.get("text")
        if not isinstance(text, str):
            raise Closing(CloseCode.NOT_TEXT)
        return text

    async def _handle(self, text: str) -> None:
        own_id = None
        try:
            frame = inbound.parse_frame(text)
            own_id = getattr(frame, "client_message_id", None)
            await self._HANDLERS[type(frame)](self, frame)
        except NotJson as exc:
            self._offences += 1
            last = _error(Refusal("bad_request", f"The frame is refused: {exc}."))
            if self._offences > MAX_OFFENCES:
                raise Closing(CloseCode.BAD_REQUEST, last) from None
            await self._outgoing.put(last)
        except inbound.WrongFrame as exc:
            await self._outgoing.put(_error(Refusal("bad_request", str(exc)), exc.client_message_id))
        except Refusal as refusal:
            if refusal.code == "unknown_conversation":
                raise Gone(self._conversation_id) from None
            await self._outgoing.put(_error(refusal, own_id))

    async def _on_hello(self, _: inbound.HelloFrame) -> None:
        raise Closing(CloseCode.UNAUTHORIZED, _error(Refusal("unauthorized", "A connection says hello once.")))

    async def _on_message(self, frame: inbound.MessageFrame) -> None:
        async with self._accepting:
            seq = await self._reception.send(self._conversation_id, frame)
            await self._tell("accepted", client_message_id=frame.client_message_id, seq=seq)
            await self._tell("typing", turn=seq)

    async def _on_handoff(self, frame: inbound.HandoffFrame) -> None:
        async with self._accepting:
            seq = await self._reception.hand_off(self._conversation_id, frame)
            await self._tell("accepted", client_message_id=frame.client_message_id, seq=seq)

    async def _on_identify(self, frame: inbound.IdentifyFrame) -> None:
        async with self._accepting:
            level, seq = await self._reception.identify(self._conversation_id, frame.customer_token)
            await self._tell("identified", level=level, seq=seq)

    async def _on_feedback(self, frame: inbound.FeedbackFrame) -> None:
        await self._reception.feedback(self._conversation_id, frame)

    async def _on_stop(self, frame: inbound.StopFrame) -> None:
        await self._reception.stop(self._conversation_id, frame.turn)

    async def _on_typing(self, _: inbound.TypingFrame) -> None:
        """Nobody at the desk can see it yet."""

    async def _on_ping(self, _: inbound.PingFrame) -> None:
        await self._tell("pong")

    _HANDLERS: dict[type, Callable[["Connection", Any], Awaitable[None]]] = {
        inbound.HelloFrame: _on_hello,
        inbound.MessageFrame: _on_message,
        inbound.HandoffFrame: _on_handoff,
        inbound.IdentifyFrame: _on_identify,
        inbound.FeedbackFrame: _on_feedback,
        inbound.StopFrame: _on_stop,
        inbound.TypingFrame: _on_typing,
        inbound.PingFrame: _on_ping,
    }

    # --- to the client --------------------------------------------------------------------

    async def on_event(self, event: Event) -> None:
        """An entry of the log: its cursor beside its fields."""
        if event.type in PUBLIC_EVENTS:
            async with self._accepting:
                await self._tell(event.type, cursor=event.cursor, at=event.at, **event.data)

    async def on_chunk(self, chunk: ReplyChunk) -> None:
        """A chunk is dropped rather than waited for: the reply follows in the log."""
        async with self._accepting:
            if not self._outgoing.full():
                self._outgoing.put_nowait({"type": "reply.chunk", **chunk.model_dump()})

    async def on_resync(self) -> None:
        await self._tell("resync")

    async def _tell(self, kind: str, **fields: Any) -> None:
        """Waits for room: who reads slowly is slowed down, and closed by the writer's deadline."""
        await self._outgoing.put({"type": kind, **fields})

    async def _write(self) -> None:
        while True:
            await self._send(await self._outgoing.get())

    async def _send(self, frame: Fields) -> None:
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self._ws.send_text(orjson.dumps(frame).decode())
        except TimeoutError:
            raise Closing(CloseCode.SLOW_READER) from None
        except RuntimeError:
            # The server library has closed the connection by itself and its reader has not seen it yet.
            raise WebSocketDisconnect(1006) from None

    async def _close(self, closing: Closing) -> None:
        CLOSED.labels(closing.code.name.lower()).inc()
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError, Closing):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                if closing.code is not CloseCode.SLOW_READER:
                    await self._say_the_rest(closing.last)
                await self._ws.close(closing.code, closing.reason)

    async def _say_the_rest(self, last: Fields | None) -> None:
        while not self._outgoing.empty():
            await self._send(self._outgoing.get_nowait())
        if last is not None:
            await self._send(last)


def _error(refusal: Refusal, client_message_id: str | None = None) -> Fields:
    REFUSED.labels(refusal.code).inc()
    told: Fields = {"type": "error", "code": refusal.code, "detail": refusal.detail}
    if client_message_id is not None:
        told["client_message_id"] = client_message_id
    if refusal.retry_after_s is not None:
        told["retry_after_ms"] = round(refusal.retry_after_s * 1000)
    return told


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error

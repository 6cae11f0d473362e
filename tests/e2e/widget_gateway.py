"""A small server that speaks the customer protocol and answers from a script, so that a test can pull its plugs."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

Frames = list[dict[str, Any]]


class Gateway:
    """One conversation log per token. `script` turns a customer's message into frames without cursors."""

    def __init__(self, script: Callable[[int, dict[str, Any]], Frames]) -> None:
        self.script = script
        self.logs: dict[str, Frames] = {}
        self.sockets: dict[WebSocket, str] = {}
        self.received, self.hellos, self.refusals = Frames(), Frames(), Frames()
        self.swallow_accepted = 0
        self.refuse_connections = False

    def routes(self) -> list[BaseRoute]:
        one = Route("/v1/conversations/{id}/{what}", self.rest, methods=["GET", "POST"])
        return [Route("/v1/conversations", self.create, methods=["POST"]), one, WebSocketRoute("/v1/ws", self.ws)]

    async def create(self, request: Request) -> Response:
        token = secrets.token_hex(8)
        self.logs[token] = []
        expires_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        return JSONResponse({"conversation_id": f"c-{token}", "token": token, "expires_at": expires_at}, 201)

    async def rest(self, request: Request) -> Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        if f"c-{token}" != request.path_params["id"] or token not in self.logs:
            return JSONResponse({"type": "about:blank", "status": 404, "code": "unknown_conversation"}, 404)
        if request.method == "GET":
            events = self.after(token, request.query_params.get("after")) or []
            return JSONResponse({"events": events, "next": events[-1]["cursor"] if events else None})
        body = await request.json()
        if request.path_params["what"] == "handoff":
            seq, fresh = self.number(token, body)
            await self.answer(token, seq, {**body, "handoff": True}, fresh)
            return JSONResponse({"seq": seq}, 202)
        return JSONResponse({})

    def after(self, token: str, cursor: str | None) -> Frames | None:
        """The events after a cursor, or None if the log does not know it."""
        cursors = [event["cursor"] for event in self.logs[token]]
        if cursor is None or cursor in cursors:
            return self.logs[token][cursors.index(cursor) + 1 if cursor else 0 :]
        return None

    async def ws(self, socket: WebSocket) -> None:
        if self.refuse_connections:
            return await socket.close()
        await socket.accept(subprotocol="deskbell.v1")
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self.serve(socket)
        self.sockets.pop(socket, None)

    async def serve(self, socket: WebSocket) -> None:
        hello = await socket.receive_json()
        self.hellos.append(hello)
        if hello["token"] not in self.logs:
            return await socket.close(4401)
        await socket.send_json({"type": "ready"})
        missed = self.after(hello["token"], hello.get("after"))
        if missed is None:
            await socket.send_json({"type": "resync"})
        for event in self.logs[hello["token"]] if missed is None else missed:
            await socket.send_json(flat(event))
        self.sockets[socket] = hello["token"]
        while True:
            await self.on_frame(socket, hello["token"], await socket.receive_json())

    async def on_frame(self, socket: WebSocket, token: str, frame: dict[str, Any]) -> None:
        self.received.append(frame)
        own_id = frame.get("client_message_id")
        if own_id is None:
            return
        if self.refusals:
            return await socket.send_json({"type": "error", "client_message_id": own_id, **self.refusals.pop(0)})
        payload = {key: value for key, value in frame.items() if key != "type"}
        seq, fresh = self.number(token, payload)
        if self.swallow_accepted:
            self.swallow_accepted -= 1
            self.sockets.pop(socket)
        else:
            await socket.send_json({"type": "accepted", "client_message_id": own_id, "seq": seq})
        await self.answer(token, seq, payload, fresh)
        if socket not in self.sockets:
            await socket.close(1012)

    def number(self, token: str, payload: dict[str, Any]) -> tuple[int, bool]:
        """The message's number, and whether it is new: a resend gets the number it had."""
        messages = [event["data"] for event in self.logs[token] if event["type"] == "message"]
        known = [data["seq"] for data in messages if data["client_message_id"] == payload.get("client_message_id")]
        return (known[0], False) if known else (len(messages) + 1, True)

    async def answer(self, token: str, seq: int, payload: dict[str, Any], fresh: bool) -> None:
        frames = [{"type": "message", "data": {"seq": seq, **payload}}, *self.script(seq, payload)] if fresh else []
        for frame in frames:
            await (self.append(token, **frame) if "data" in frame else self.send(token, frame))

    async def append(self, token: str, type: str, data: dict[str, Any]) -> None:
        cursor = f"{len(self.logs[token]) + 1}.{secrets.token_hex(4)}"
        self.logs[token].append({"cursor": cursor, "type": type, "at": datetime.now(UTC).isoformat(), "data": data})
        await self.send(token, flat(self.logs[token][-1]))

    async def send(self, token: str, frame: dict[str, Any]) -> None:
        for socket, owner in list(self.sockets.items()):
            if owner == token:
                await socket.send_json(frame)

    async def drop(self, code: int = 1012) -> None:
        """Ends every connection, as a server that is restarted does."""
        await asyncio.gather(*(socket.close(code) for socket in list(self.sockets)))


def flat(event: dict[str, Any]) -> dict[str, Any]:
    """An event as a frame."""
    return {"type": event["type"], "cursor": event["cursor"], "at": event["at"], **event["data"]}

"""A small server that speaks the customer protocol and answers from a script, so that a test can pull its plugs."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

STATIC = Path("services/gateway/static")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    + ("form-action 'none'; require-trusted-types-for 'script'")
)
Frames = list[dict[str, Any]]


def now() -> str:
    return datetime.now(UTC).isoformat()


class Gateway:
    """One conversation log per token. `script` turns a customer's message into frames without cursors."""

    def __init__(self, script: Callable[[int, dict[str, Any]], Frames], demo: dict[str, Any]) -> None:
        self.script, self.demo = script, demo
        self.logs: dict[str, Frames] = {}
        self.sockets: dict[WebSocket, str] = {}
        self.received: Frames = []
        self.hellos: Frames = []
        self.refusals: list[dict[str, Any]] = []
        self.swallow_accepted = 0
        self.refuse_connections = False

    def app(self) -> Starlette:
        page = lambda name: lambda request: FileResponse(STATIC / name, headers={"content-security-policy": CSP})  # noqa: E731
        demo = lambda request: JSONResponse(self.demo.get(request.url.path.rsplit("/", 1)[1], {"token": "e30.e30.x"}))  # noqa: E731
        routes = [
            Route("/v1/conversations", self.create, methods=["POST"]),
            Route("/v1/conversations/{id}/{what}", self.rest, methods=["GET", "POST"]),
            WebSocketRoute("/v1/ws", self.ws),
            Route("/", page("index.html")),
            Route("/demo/outbox", page("outbox.html")),
            Route("/demo/{name}", demo, methods=["GET", "POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        return Starlette(routes=routes)

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
            seq = await self.accept(token, {**body, "handoff": True})
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
        if frame["type"] not in ("message", "confirm", "decline", "choose"):
            return
        if self.refusals:
            own_id = frame["client_message_id"]
            return await socket.send_json({"type": "error", "client_message_id": own_id, **self.refusals.pop(0)})
        payload = {key: value for key, value in frame.items() if key != "type"}
        seq = await self.accept(token, payload, quiet=self.swallow_accepted > 0)
        if self.swallow_accepted:
            self.swallow_accepted -= 1
            return await socket.close(1012)
        await socket.send_json({"type": "accepted", "client_message_id": frame["client_message_id"], "seq": seq})

    async def accept(self, token: str, payload: dict[str, Any], quiet: bool = False) -> int:
        """Numbers a message once; a resend gets the number it had."""
        messages = [event["data"] for event in self.logs[token] if event["type"] == "message"]
        for message in messages:
            if message["client_message_id"] == payload.get("client_message_id"):
                return int(message["seq"])
        seq = len(messages) + 1
        await self.append(token, "message", {"seq": seq, **payload}, quiet)
        for frame in self.script(seq, payload):
            await (self.send(token, frame) if "data" not in frame else self.append(token, **frame, quiet=quiet))
        return seq

    async def append(self, token: str, type: str, data: dict[str, Any], quiet: bool = False) -> None:
        cursor = f"{len(self.logs[token]) + 1}.{secrets.token_hex(4)}"
        self.logs[token].append({"cursor": cursor, "type": type, "at": now(), "data": data})
        if not quiet:
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

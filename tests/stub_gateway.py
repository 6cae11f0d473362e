"""A small gateway in memory that keeps to the public protocol, for tests of what speaks it.

`python -m tests.stub_gateway PORT` serves it as a process of its own.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

NONE = {"kind": "none"}
ORDERS = ("MB10001", "MB10002")


@dataclass
class Talk:
    """One conversation: its log, its waiting messages, and what the bot waits for."""

    id: str
    language: str
    customer: str | None
    nonce: str = "a"
    log: list[dict[str, Any]] = field(default_factory=list)
    ids: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    waiting: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    ends: dict[int, dict[str, Any]] = field(default_factory=dict)
    grown: asyncio.Condition = field(default_factory=asyncio.Condition)
    order: str = ""

    def append(self, kind: str, data: dict[str, Any]) -> None:
        at = "2026-11-23T10:00:00+00:00"
        self.log.append({"cursor": f"{len(self.log) + 1}.{self.nonce}", "type": kind, "at": at, "data": data})


@dataclass
class Faults:
    """What the next requests suffer; each counts down to nothing."""

    refuse: list[tuple[int, str]] = field(default_factory=list)
    cut_after_accept: int = 0
    never_end: int = 0
    end_twice: int = 0
    rewind: int = 0


class StubGateway:
    """The application, its books, and the faults it plays."""

    def __init__(self) -> None:
        self.delay_s = self.opening_s = 0.0
        self.faults = Faults()
        self.talks: dict[str, Talk] = {}
        self.books = dict.fromkeys(("accepted", "completed", "failed", "expired", "open"), 0)
        self.outbox: list[dict[str, str]] = []
        self.statuses = dict.fromkeys(ORDERS, "pending")
        self.receipts = 0
        self._tasks: set[asyncio.Task[None]] = set()
        one = "/v1/conversations/{id}"
        self.app = Starlette(
            routes=[
                Route("/v1/conversations", self.create, methods=["POST"]),
                Route(f"{one}/messages", self.post, methods=["POST"]),
                Route(f"{one}/handoff", self.post, methods=["POST"]),
                Route(f"{one}/events", self.events),
                Route("/healthz", self.healthz),
                Route("/demo/token", self.demo_token, methods=["POST"]),
                Route("/demo/outbox.json", self.demo_outbox),
                Route("/books", self.show_books),
                WebSocketRoute("/v1/ws", self.websocket),
            ]
        )

    # --- REST ------------------------------------------------------------------------------

    async def create(self, request: Request) -> JSONResponse:
        await asyncio.sleep(self.opening_s)
        body = await request.json()
        customer = str(body["customer_token"]).removeprefix("token-of-") if body.get("customer_token") else None
        talk = Talk(f"c{len(self.talks) + 1}", body.get("language", "en"), customer)
        self.talks[talk.id] = talk
        answer = {"conversation_id": talk.id, "token": f"t-{talk.id}", "expires_at": "2026-11-24T00:00:00Z"}
        return JSONResponse(answer, 201)

    async def demo_token(self, request: Request) -> JSONResponse:
        return JSONResponse({"token": f"token-of-{(await request.json())['customer']}"})

    async def demo_outbox(self, _: Request) -> JSONResponse:
        return JSONResponse(self.outbox)

    async def healthz(self, _: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def show_books(self, _: Request) -> JSONResponse:
        return JSONResponse(self.books)

    async def post(self, request: Request) -> JSONResponse:
        talk = self.talks.get(request.path_params["id"])
        if talk is None or request.headers.get("Authorization") != f"Bearer t-{talk.id}":
            return problem(401, "unauthorized")
        body = await request.json()
        if request.url.path.endswith("/handoff"):
            body["handoff"] = True
        refusal, seq = self.accept(talk, body)
        if refusal:
            return problem(*refusal)
        wait_s = float(request.query_params.get("wait_s", 0))
        if not wait_s:
            return JSONResponse({"seq": seq}, 202)
        return await self.wait(talk, seq, wait_s)

    async def wait(self, talk: Talk, seq: int, wait_s: float) -> JSONResponse:
        try:
            async with asyncio.timeout(wait_s), talk.grown:
                await talk.grown.wait_for(lambda: seq in talk.ends)
        except TimeoutError:
            return JSONResponse({"seq": seq, "status": "open"}, 202)
        replies = [e["data"]["reply"] for e in talk.log if e["type"] == "reply" and e["data"]["reply"]["turn"] == seq]
        return JSONResponse({"seq": seq, "status": talk.ends[seq]["status"], "replies": replies})

    async def events(self, request: Request) -> JSONResponse:
        talk = self.talks[request.path_params["id"]]
        start = int(request.query_params.get("after", "0").partition(".")[0])
        page = talk.log[start : start + 5]
        return JSONResponse({"events": page, "next": page[-1]["cursor"] if page else None})

    # --- turns -----------------------------------------------------------------------------

    def accept(self, talk: Talk, body: dict[str, Any]) -> tuple[tuple[int, str] | None, int]:
        if self.faults.refuse:
            return self.faults.refuse.pop(0), 0
        known = talk.ids.get(body["client_message_id"])
        if known:
            return (None, known[0]) if known[1] == body else ((409, "id_reused"), 0)
        if not any(body.get(key) for key in ("text", "confirm", "decline", "choose", "handoff")):
            return (400, "blank"), 0
        if len(talk.waiting) >= 6:
            return (429, "too_many_waiting"), 0
        seq = len(talk.ids) + 1
        talk.ids[body["client_message_id"]] = (seq, body)
        talk.append("message", {"seq": seq, **body})
        self.books["accepted"] += 1
        self.books["open"] += 1
        talk.waiting.append((seq, body))
        if len(talk.waiting) == 1:
            task = asyncio.create_task(self.work(talk))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return None, seq

    async def work(self, talk: Talk) -> None:
        while talk.waiting:
            seq, body = talk.waiting[0]
            await asyncio.sleep(self.delay_s)
            if self.faults.never_end:
                self.faults.never_end -= 1
            else:
                self.finish(talk, seq, body)
            talk.waiting.pop(0)
            async with talk.grown:
                talk.grown.notify_all()

    def finish(self, talk: Talk, seq: int, body: dict[str, Any]) -> None:
        name, reply = self.answer(talk, seq, body)
        end = {"turn": seq, "status": "completed", "responses": [name]}
        talk.append("reply", {"reply": reply})
        talk.append("turn.ended", end)
        if self.faults.end_twice:
            self.faults.end_twice -= 1
            talk.append("turn.ended", end)
        talk.ends[seq] = end
        self.books["completed"] += 1
        self.books["open"] -= 1

    def answer(self, talk: Talk, seq: int, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        text = body.get("text", "")
        expects: dict[str, Any] = NONE
        acts: list[dict[str, str]] = []
        components: list[dict[str, str]] = []
        if "choose" in body:
            talk.order, name = body["choose"], "cancel_preview"
            preview = {
                "id": f"p-{talk.order}",
                "action": "cancel_order",
                "target": talk.order,
                "effect": "Refund 10 EUR",
            }
            expects = {"kind": "confirmation", "preview": {**preview, "expires_at": "2026-11-23T11:00:00Z"}}
        elif "confirm" in body:
            name = "order_cancelled"
            self.receipts += 1
            self.statuses[talk.order] = "cancelled"
            acts = [{"action": "cancel_order", "target": talk.order, "receipt": f"R{self.receipts}"}]
        elif "decline" in body:
            name = "nothing_changed"
        elif "handoff" in body:
            name = "handoff_queued"
        elif "cancel" in text or "取消" in text:
            name, expects = "which_order", {"kind": "choice", "options": [{"id": o, "label": o} for o in ORDERS]}
        elif "@" in text:
            name, expects = "code_sent", {"kind": "slot", "slot": "one_time_code"}
            self.outbox.insert(0, {"to": text, "code": "123456"})
        elif "order" in text or "订单" in text:
            name = "order_status_shown" if talk.customer or "123456" in text else "ask_email"
            expects = NONE if talk.customer else {"kind": "slot", "slot": "email"}
            components = [{"type": "order_card", "number": ORDERS[0]}]
        else:
            name = "answer_from_knowledge"
        shown = "好的。" if talk.language == "zh" else f"You said: {text or name}."
        reply = {"id": f"{talk.id}-{seq}", "turn": seq, "language": talk.language, "text": shown, "by": "response"}
        sources = [{"title": "Returns", "url": "", "passage": "30 days"}] if name == "answer_from_knowledge" else []
        return name, {**reply, "components": components, "sources": sources, "expects": expects, "acts": acts}

    # --- WebSocket -------------------------------------------------------------------------

    async def websocket(self, ws: WebSocket) -> None:
        await ws.accept(subprotocol="deskbell.v1")
        try:
            hello = await ws.receive_json()
            talk = self.talks.get(hello["token"].removeprefix("t-"))
            if talk is None:
                return await ws.close(4401)
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self.follow(ws, talk, await self.greet(ws, talk, hello)))
                await self.read(ws, talk)
                writer.cancel()
        except* WebSocketDisconnect:
            pass

    async def greet(self, ws: WebSocket, talk: Talk, hello: dict[str, Any]) -> int:
        after = hello.get("after", "")
        if self.faults.rewind and after:
            self.faults.rewind -= 1
            talk.nonce = "b"
            talk.log = [{**event, "cursor": event["cursor"].replace(".a", ".b")} for event in talk.log]
        await ws.send_json({"type": "ready", "conversation_id": talk.id})
        place, _, nonce = after.partition(".")
        if after and nonce != talk.nonce:
            await ws.send_json({"type": "resync"})
            return 0
        return int(place or 0)

    async def follow(self, ws: WebSocket, talk: Talk, place: int) -> None:
        while True:
            async with talk.grown:
                await talk.grown.wait_for(lambda: len(talk.log) > place)  # noqa: B023 - awaited at once
            while place < len(talk.log):
                event = talk.log[place]
                place += 1
                await ws.send_json({"type": event["type"], "cursor": event["cursor"], **event["data"]})

    async def read(self, ws: WebSocket, talk: Talk) -> None:
        while True:
            frame = await ws.receive_json()
            kind = frame.pop("type")
            if kind == "ping":
                await ws.send_json({"type": "pong"})
                continue
            if kind == "handoff":
                frame["handoff"] = True
            refusal, seq = self.accept(talk, frame)
            given = {"client_message_id": frame.get("client_message_id")}
            if refusal:
                await ws.send_json({"type": "error", "code": refusal[1], "detail": refusal[1], **given})
            elif self.faults.cut_after_accept:
                self.faults.cut_after_accept -= 1
                return await ws.close(1012)
            else:
                await ws.send_json({"type": "accepted", "seq": seq, **given})


def problem(status: int, code: str) -> JSONResponse:
    headers = {"Retry-After": "0"} if status in (429, 503) else {}
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": code}
    return JSONResponse(body, status, headers, "application/problem+json")


class _Server(uvicorn.Server):
    def capture_signals(self) -> Any:
        return nullcontext()


@asynccontextmanager
async def serve(app: Any) -> AsyncIterator[str]:
    """The application on a free port of this machine; yields its URL."""
    # asyncio switches Nagle's algorithm off only where the socket names its protocol: 40 ms a request otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    server = _Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True


if __name__ == "__main__":
    uvicorn.run(StubGateway().app, port=int(sys.argv[1]), log_level="error", lifespan="off", ws="websockets-sansio")

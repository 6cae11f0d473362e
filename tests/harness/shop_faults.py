"""How a shop's server fails: switches before an application, each turned for some requests or all."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

HUGE = 3 * 1024 * 1024


@dataclass
class Faulty:
    """The application behind its faults. `fault` is the name in FAULTS, `on` a pattern of paths that it befalls.

    With `times`, it befalls so many requests and no more. `seen` counts requests by path.
    """

    app: App
    url: str = ""
    fault: str = "none"
    on: str = ""
    times: int | None = None
    other_customer: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    befallen: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, fault: str, on: str = "", times: int | None = None) -> None:
        """Sets the fault that is to come."""
        self.fault, self.on, self.times, self.befallen = fault, on, times, 0

    def release(self) -> None:
        """Lets go of whoever is kept waiting."""
        self.released.set()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.seen[path] += 1
        if self.fault == "none" or not re.search(self.on, path) or self.befallen == self.times:
            await self.app(scope, receive, send)
            return
        self.befallen += 1
        await FAULTS[self.fault](self, scope, receive, send)

    async def applied(self, scope: dict[str, Any], receive: Receive) -> bytes:
        """Lets the application do its work, and keeps its answer."""
        body = b""

        async def keep(message: Message) -> None:
            nonlocal body
            body += message.get("body", b"")

        await self.app(scope, receive, keep)
        return body


async def answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    kinds = headers or ((b"content-type", b"application/json"),)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*kinds, length]})
    await send({"type": "http.response.body", "body": body})


async def garbage(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    await answer(send, 200, b"<html>down for maintenance</html>", (b"content-type", b"text/html"))


async def broken_json(server: Faulty, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await answer(send, 200, (await server.applied(scope, receive))[:-7])


async def wrong_schema(server: Faulty, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    body = await server.applied(scope, receive)
    await answer(send, 200, re.sub(rb'"(status|facts|name|action|shop)":', rb'"\1_of_old":', body))


async def strange_values(server: Faulty, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    body = await server.applied(scope, receive)
    body = re.sub(rb'"status":"\w+"', b'"status":"teleported"', body)
    await answer(send, 200, re.sub(rb'"(price|amount|total)":"', rb'"\1":"-', body))


async def wrong_customer(server: Faulty, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answers about another customer, whose records are real."""
    path = re.sub(r"/customers/(?!lookup)[^/]+", f"/customers/{server.other_customer}", scope["path"])
    await server.app({**scope, "path": path, "raw_path": path.encode()}, receive, send)


async def slow(server: Faulty, _: dict[str, Any], __: Receive, ___: Send) -> None:
    await server.released.wait()


async def dripping(server: Faulty, _: dict[str, Any], __: Receive, send: Send) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    while not server.released.is_set():
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(0.05)


async def failing(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    await answer(send, 500, b'{"code": "internal"}')


async def dropped(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    """The connection ends in the middle of the answer."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"orders": [', "more_body": True})
    raise ConnectionAbortedError


async def applied_then_500(server: Faulty, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await server.applied(scope, receive)
    await failing(server, scope, receive, send)


async def applied_then_dropped(server: Faulty, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await server.applied(scope, receive)
    await dropped(server, scope, receive, send)


async def applied_then_slow(server: Faulty, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await server.applied(scope, receive)
    await slow(server, scope, receive, send)


async def huge(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    await answer(send, 200, json.dumps({"orders": [], "padding": "x" * HUGE}).encode())


async def packed(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    kinds = ((b"content-type", b"application/json"), (b"content-encoding", b"gzip"))
    await answer(send, 200, b"\x1f\x8b\x08\x00", *kinds)


async def redirect(server: Faulty, _: dict[str, Any], __: Receive, send: Send) -> None:
    await answer(send, 307, b"", (b"location", f"{server.url}/trap".encode()))


async def busy(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    kinds = ((b"content-type", b"application/json"), (b"retry-after", b"1"))
    await answer(send, 503, b'{"code": "busy"}', *kinds)


async def unauthorised(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    await answer(send, 401, b'{"code": "unauthorised"}')


async def no_such_page(_: Faulty, __: dict[str, Any], ___: Receive, send: Send) -> None:
    """The 404 of a wrong address, which says nothing of orders and receipts."""
    await answer(send, 404, b'{"detail": "Not Found"}')


FAULTS: dict[str, Callable[[Faulty, dict[str, Any], Receive, Send], Awaitable[None]]] = {
    function.__name__: function
    for function in (
        garbage, broken_json, wrong_schema, strange_values, wrong_customer, slow, dripping, failing, dropped,
        applied_then_500, applied_then_dropped, applied_then_slow, huge, packed, redirect, busy, unauthorised,
        no_such_page,
    )
}  # fmt: skip

"""What every request passes before a route sees it: headers, Origin, body."""

import asyncio
from contextlib import suppress
from email.message import Message as MimeHeader

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.adapters.problems import problem
from services.gateway.domain import strict_json
from services.gateway.domain.origins import OriginRule
from services.gateway.domain.refusals import Refusal

MAX_BODY = 64 * 1024
BODY_WITHIN_S = 10
MAX_DISCARDED = 1024 * 1024
DISCARD_WITHIN_S = 2
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "600",
}
PAGE_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    "font-src 'self'", "frame-ancestors 'self'", "base-uri 'none'", "form-action 'none'",
    "require-trusted-types-for 'script'",
))  # fmt: skip
EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class SecurityHeaders:
    """Adds the headers that tell browsers what our answers may do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(EVERYWHERE)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = PAGE_POLICY
                headers.setdefault("Cache-Control", "no-store" if _is_private(scope["path"]) else "no-cache")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_private(path: str) -> bool:
    return path.startswith(("/v1/", "/demo/"))


class OriginCheck:
    """Turns pages of foreign origins away, before a WebSocket is accepted; answers CORS for the others."""

    def __init__(self, app: ASGIApp, rule: OriginRule) -> None:
        self._app, self._rule = app, rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origins = headers.getlist("origin")
        scheme = scope["scheme"].replace("ws", "http")
        if len(origins) > 1 or not self._rule.admits(next(iter(origins), None), scheme, headers.get("host", "")):
            await refuse(Refusal("forbidden_origin"), scope, receive, send)
        elif scope["type"] == "websocket" or not origins:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, _allowing(origins[0], send))
        else:
            await self._app(scope, receive, _allowing(origins[0], send))


def _allowing(origin: str, send: Send) -> Send:
    async def send_with_cors(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Retry-After"
            headers.add_vary_header("Origin")
        await send(message)

    return send_with_cors


class BodyCheck:
    """Reads the whole body: in time, not too long, JSON and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        try:
            body = await _whole_body(Headers(scope=scope), receive)
            if body:
                _check(Headers(scope=scope), body)
        except Refusal as refusal:
            if refusal.code == "too_large":
                await _discard(receive)
            # What may be left of the body is not read: the connection cannot be used again.
            await problem(refusal, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)


async def _whole_body(headers: Headers, receive: Receive) -> bytes:
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > MAX_BODY:
        raise Refusal("too_large", f"A body has at most {MAX_BODY} bytes.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            while (message := await receive())["type"] == "http.request":
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise Refusal("too_large", f"A body has at most {MAX_BODY} bytes.")
                if not message.get("more_body"):
                    break
    except TimeoutError as exc:
        raise Refusal("request_timeout") from exc
    return bytes(body)


async def _discard(receive: Receive) -> None:
    """Reads on for a while: a client that is cut off while it writes never reads why."""
    left = MAX_DISCARDED
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_WITHIN_S):
            while left > 0 and (message := await receive()).get("more_body"):
                left -= len(message["body"])


def _check(headers: Headers, body: bytes) -> None:
    given = MimeHeader()
    given["content-type"] = ", ".join(headers.getlist("content-type")) or "none/none"
    charset = given.get_param("charset", "utf-8")
    if given.get_content_type() != "application/json" or str(charset).lower() not in ("utf-8", "utf8"):
        raise Refusal("unsupported_media_type")
    try:
        strict_json.parse(body.decode("utf-8"))
    except strict_json.NotJson as exc:
        raise Refusal("bad_request", f"The body is refused: {exc}.") from exc
    except UnicodeDecodeError as exc:
        raise Refusal("bad_request", "The body is not UTF-8.") from exc


def _replayed(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


async def refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Tells a refusal over HTTP, also where a WebSocket was asked for."""
    response = problem(refusal)
    if scope["type"] == "http":
        await response(scope, receive, send)
        return
    start = {"type": "websocket.http.response.start", "status": response.status_code, "headers": response.raw_headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": response.body})

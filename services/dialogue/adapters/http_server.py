"""One request to the shop's server: under a deadline, a limit of requests at once, a size, and a breaker."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import structlog
from prometheus_client import Counter
from pydantic import SecretStr, ValidationError

from services.dialogue.adapters.http_wire import Problem
from shared.errors import ConfigError, Transient
from shared.llm import Breaker

MOST_BYTES = 2 * 1024 * 1024
FAILURES, REST_S, LONGEST_REST_S = 5, 10.0, 60.0
TRIES = 2
ADDRESSABLE = re.compile(r"(?!\.{0,2}$)[^/\\\x00-\x1f\x7f]{1,200}")
"""What a path may hold of an id: servers undo the quoting of slashes, and then look at another address."""
CALLS = Counter("deskbell_shop_calls_total", "Requests to the shop's server, by how they ended", ["end"])
log = structlog.get_logger()
T = TypeVar("T")

End = Literal[
    "unreachable", "slow", "failing", "busy", "unauthorised", "rejected", "redirected", "too_large", "garbage",
    "resting", "crowded",
]  # fmt: skip
OPENS: frozenset[End] = frozenset({"unreachable", "slow", "failing", "busy"})
"""What counts as the server being down. One record that it cannot tell properly must not close it to all customers."""


class ShopFault(Transient):
    """The shop's server gave no usable answer. The text holds nothing of the request or the reply."""

    def __init__(self, end: End, rest_s: float | None = None) -> None:
        super().__init__(f"the shop's server gave no usable answer ({end})")
        self.end, self.rest_s = end, rest_s


@dataclass(frozen=True)
class Asked:
    """A request: the segments of its path, which may hold anything, and what goes with it."""

    method: Literal["GET", "POST"]
    path: Sequence[str]
    params: Sequence[tuple[str, str]] = ()
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ShopServer:
    """The configured server and no other: redirects are not followed, proxies of the environment not used."""

    def __init__(self, http: httpx.AsyncClient, base: str, timeout_s: float, concurrency: int) -> None:
        self._http = http
        self._base = base
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(concurrency)
        self._breaker = Breaker(FAILURES, REST_S)

    async def ask(self, asked: Asked, parse: Callable[[bytes], T]) -> T | None:
        """The parsed reply, or None if the shop says that there is no such thing. Raises ShopFault.

        `parse` raises ValidationError for a reply that is not what the contract says.
        """
        if not all(ADDRESSABLE.fullmatch(part) for part in asked.path):
            return None
        try:
            async with self._slot() as until:
                answer = await self._guarded(asked, parse, until)
        except ShopFault as fault:
            CALLS.labels(fault.end).inc()
            log.warning("dialogue.shop_fault", end=fault.end)
            raise
        CALLS.labels("not_found" if answer is None else "ok").inc()
        return answer

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[float]:
        """A place among the requests at once, and until when its request may take."""
        clock = asyncio.get_running_loop().time
        until = clock() + self._timeout_s
        try:
            async with asyncio.timeout_at(until):
                await self._slots.acquire()
        except TimeoutError:
            raise ShopFault("crowded") from None
        try:
            if clock() >= until:  # the place came free as the time ran out: too late to ask for anything
                raise ShopFault("crowded")
            yield until
        finally:
            self._slots.release()

    async def _guarded(self, asked: Asked, parse: Callable[[bytes], T], until: float) -> T | None:
        clock = asyncio.get_running_loop().time
        if not self._breaker.lets(clock()):
            raise ShopFault("resting")
        try:
            async with asyncio.timeout_at(until):
                answer = await self._insistent(asked, parse)
        except TimeoutError:
            self._breaker.failed(clock())
            raise ShopFault("slow") from None
        except ShopFault as fault:
            if fault.end in OPENS:
                self._breaker.failed(clock(), fault.rest_s)
            raise
        self._breaker.succeeded()
        return answer

    async def _insistent(self, asked: Asked, parse: Callable[[bytes], T]) -> T | None:
        """A connection that the server had closed meanwhile is no answer. Every request may be made twice."""
        for left in reversed(range(TRIES)):
            try:
                return await self._answer(asked, parse)
            except httpx.TimeoutException:
                raise ShopFault("slow") from None
            except httpx.HTTPError:
                if not left:
                    raise ShopFault("unreachable") from None
        raise AssertionError("the last try returns or raises")

    async def _answer(self, asked: Asked, parse: Callable[[bytes], T]) -> T | None:
        url = f"{self._base}/{'/'.join(quote(part, safe='') for part in asked.path)}"
        request = self._http.stream(
            asked.method, url, params=list(asked.params), json=asked.body, headers=dict(asked.headers)
        )
        async with request as response:
            _check_status(response)
            body = await _body(response)
        try:
            if response.status_code == httpx.codes.NOT_FOUND:
                Problem.model_validate_json(body)
                return None
            return parse(body)
        except ValidationError:
            raise ShopFault("garbage") from None


def _check_status(response: httpx.Response) -> None:
    """Raises ShopFault for anything but a success or a 404."""
    code = response.status_code
    if code in (httpx.codes.OK, httpx.codes.NOT_FOUND):
        return
    if code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        raise ShopFault("busy", _retry_after_s(response))
    if code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise ShopFault("unauthorised")
    if response.is_redirect or response.has_redirect_location:
        raise ShopFault("redirected")
    raise ShopFault("failing" if response.is_server_error else "rejected" if response.is_client_error else "garbage")


def _retry_after_s(response: httpx.Response) -> float | None:
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_REST_S) if asked.isascii() and asked.isdigit() else None


async def _body(response: httpx.Response) -> bytes:
    """The whole body. Raises ShopFault for what is no JSON, packed, or longer than MOST_BYTES."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/problem+json") or "Content-Encoding" in response.headers:
        raise ShopFault("garbage")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            raise ShopFault("too_large")
    return bytes(body)


@asynccontextmanager
async def open_shop_server(
    url: str, token: SecretStr | None, timeout_s: float, concurrency: int
) -> AsyncIterator[ShopServer]:
    """Lends the server at this base URL; it connects when it is first asked. Raises ConfigError."""
    base = _base(url)
    # Packed replies are refused: a small body could unfold without end.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "deskbell"}
    if token is not None:
        headers["Authorization"] = f"Bearer {_header_value(token.get_secret_value())}"
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(timeout=timeout_s, headers=headers, limits=limits, trust_env=False) as http:
        yield ShopServer(http, base, timeout_s, concurrency)


def _base(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        usable = usable and parts.username is None and parts.password is None
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        # What is wrong is not repeated: the URL may hold a password.
        raise ConfigError("DESKBELL_SHOP_URL is no address of a server; write https://HOST/PATH, the token apart")
    return url.strip().rstrip("/")


def _header_value(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError("DESKBELL_SHOP_TOKEN holds blanks or other than ASCII characters; copy the token again")
    return token

"""Asks an OpenAI-compatible server; every wait has a deadline, and who stops listening ends the request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass

import httpx

from shared.llm.events import LlmChunk, LlmError, LlmUsage
from shared.llm.settings import LlmServer
from shared.llm.wire import ChatRequest, check_status, read_chunks, request_body, transport_errors

CONNECT_S = 2
TRIES = 2
RETRY_AFTER_S = 0.2
RETRIED = ("unreachable", "busy", "failing")
LONGEST_TOKEN = 16
"""Characters for each token asked for, past which a server that does not count is cut off."""


@dataclass(frozen=True)
class Deadlines:
    """Seconds until the first token, between two tokens, and for the whole answer."""

    first_token_s: float = 8
    token_s: float = 5
    total_s: float = 30


@dataclass(frozen=True)
class LlmReply:
    """A whole answer. `finish` is `stop` unless it was cut short; `usage` is None if the server does not count."""

    text: str
    finish: str
    usage: LlmUsage | None


class LlmClient:
    """Streams chat completions of one model. Tries again only as long as no token has come."""

    def __init__(self, http: httpx.AsyncClient, server: LlmServer):
        self._http = http
        self._server = server

    @asynccontextmanager
    async def chat(
        self, request: ChatRequest, deadlines: Deadlines | None = None
    ) -> AsyncIterator[AsyncIterator[LlmChunk]]:
        """The answer in pieces; leaving the block ends the request. Entering and iterating raise LlmError."""
        limits = deadlines or Deadlines()
        ends_at = asyncio.get_running_loop().time() + limits.total_s
        async with AsyncExitStack() as stack:
            first, rest = await self._first(request, limits, stack)
            yield _Answer(first, rest, _Pace(limits.token_s, ends_at), request.max_tokens)

    async def complete(self, request: ChatRequest, deadlines: Deadlines | None = None) -> LlmReply:
        """The whole answer. Raises LlmError."""
        text, finish, usage = "", "stop", None
        async with self.chat(request, deadlines) as chunks:
            async for chunk in chunks:
                text += chunk.text
                finish, usage = chunk.finish or finish, chunk.usage or usage
        return LlmReply(text, finish, usage)

    async def _first(
        self, request: ChatRequest, limits: Deadlines, stack: AsyncExitStack
    ) -> tuple[LlmChunk, AsyncIterator[LlmChunk]]:
        """The first chunk that says something, and the source of the others; `stack` owns the connection."""
        wait_s = min(limits.first_token_s, limits.total_s)
        gives_up_at = asyncio.get_running_loop().time() + wait_s
        try:
            async with asyncio.timeout_at(gives_up_at):
                for left in reversed(range(TRIES)):
                    try:
                        return await self._attempt(request, stack)
                    except LlmError as exc:
                        await _rest_before_next(exc, left, gives_up_at)
        except TimeoutError:
            raise LlmError("slow", f"sent no token within {wait_s:g} s") from None
        raise AssertionError("the last try returns or raises")

    async def _attempt(self, request: ChatRequest, outer: AsyncExitStack) -> tuple[LlmChunk, AsyncIterator[LlmChunk]]:
        async with AsyncExitStack() as stack:
            with transport_errors():
                response = await stack.enter_async_context(self._post(request))
            check_status(response)
            chunks = await stack.enter_async_context(aclosing(read_chunks(response)))
            first = await anext(chunks)
            outer.push_async_exit(stack.pop_all())
            return first, chunks

    def _post(self, request: ChatRequest) -> AbstractAsyncContextManager[httpx.Response]:
        key = self._server.api_key
        return self._http.stream(
            "POST",
            self._server.url.get_secret_value(),
            json=request_body(request, self._server.model),
            headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
        )


@asynccontextmanager
async def open_llm(server: LlmServer) -> AsyncIterator[LlmClient]:
    """Lends a client; it connects when it is first asked."""
    # Compressed answers are refused: a small body could unfold without end.
    headers = {"Accept-Encoding": "identity", "User-Agent": "deskbell"}
    async with httpx.AsyncClient(timeout=httpx.Timeout(None, connect=CONNECT_S), headers=headers) as http:
        yield LlmClient(http, server)


async def _rest_before_next(error: LlmError, tries_left: int, gives_up_at: float) -> None:
    """Raises the error again where another try makes no sense or cannot end in time."""
    rest_s = RETRY_AFTER_S if error.retry_after_s is None else error.retry_after_s
    if not tries_left or error.kind not in RETRIED or asyncio.get_running_loop().time() + rest_s >= gives_up_at:
        raise error
    await asyncio.sleep(rest_s)


class _Answer:
    """The chunks, each within its time; a server that says more than it was asked to is cut off as `length`.

    One that has said why it ended need not end its connection in time.
    """

    def __init__(self, first: LlmChunk, source: AsyncIterator[LlmChunk], pace: "_Pace", max_tokens: int):
        self._first: LlmChunk | None = first
        self._source = source
        self._pace = pace
        self._most = max_tokens
        self._pieces = self._characters = 0
        self._finished = False

    def __aiter__(self) -> AsyncIterator[LlmChunk]:
        return self

    async def __anext__(self) -> LlmChunk:
        if self._pieces > self._most:
            raise StopAsyncIteration
        chunk, self._first = self._first or await self._next(), None
        self._pieces += bool(chunk.text)
        self._characters += len(chunk.text)
        if self._pieces > self._most or self._characters > self._most * LONGEST_TOKEN:
            self._pieces = self._most + 1
            return LlmChunk(finish="length")
        self._finished = self._finished or chunk.finish is not None
        return chunk

    async def _next(self) -> LlmChunk:
        left_s = self._pace.ends_at - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(self._pace.token_s, left_s)):
                return await anext(self._source)
        except TimeoutError:
            if self._finished:
                raise StopAsyncIteration from None
            raise LlmError("slow", "fell silent or talked past its time") from None


@dataclass(frozen=True)
class _Pace:
    token_s: float
    ends_at: float

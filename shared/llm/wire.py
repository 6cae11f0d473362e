"""The request and the response of a chat completion on the wire."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from shared.llm.events import LONGEST_BODY, EventReader, LlmChunk, LlmError, whole_reply


@dataclass(frozen=True)
class ChatMessage:
    """One message of the prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class ChatRequest:
    """What is asked. `response_format` goes to the server as it is; not every server takes it."""

    messages: Sequence[ChatMessage]
    max_tokens: int
    temperature: float = 0.0
    stop: Sequence[str] = ()
    response_format: Mapping[str, Any] | None = None


def request_body(request: ChatRequest, model: str) -> dict[str, Any]:
    """What the server gets."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": _encodable(message.content)} for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.response_format is not None:
        body["response_format"] = dict(request.response_format)
    return body


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


class transport_errors:  # noqa: N801 - reads as a statement: `with transport_errors(): ...`
    """Turns the driver's errors into LlmError; once bytes have come, a broken connection is an answer cut off."""

    def __init__(self, *, begun: bool = False):
        self._begun = begun

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
            if self._begun:
                raise LlmError("broken", "broke off in the middle of its answer") from None
            raise LlmError("unreachable", "cannot be reached") from None


def check_status(response: httpx.Response) -> None:
    """Raises LlmError unless the server answers."""
    status = response.status_code
    if status == 200:
        return
    if status in (429, 503):
        raise LlmError("busy", f"is busy ({status})", status=status, retry_after_s=_retry_after_s(response))
    if status >= 500:
        raise LlmError("failing", f"failed ({status})", status=status)
    raise LlmError("rejected", f"refused the request ({status})", status=status)


def _retry_after_s(response: httpx.Response) -> float | None:
    told = response.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdecimal() else None


async def read_chunks(response: httpx.Response) -> AsyncGenerator[LlmChunk, None]:
    """What the response says; it says at least one thing and why it ended, or LlmError is raised."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise LlmError("broken", "sent a compressed answer")
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        yield _ended(whole_reply(await _whole_body(response)))
        return
    if kind != "text/event-stream":
        raise LlmError("broken", "sent something that is no chat completion")
    events = EventReader()
    with transport_errors(begun=True):
        async for data in response.aiter_raw():
            for chunk in events.feed(data):
                yield chunk
            if events.done:
                break
    for chunk in events.end():
        yield chunk


def _ended(chunk: LlmChunk) -> LlmChunk:
    return LlmChunk(chunk.text, chunk.finish or "stop", chunk.usage)


async def _whole_body(response: httpx.Response) -> bytes:
    body = b""
    with transport_errors(begun=True):
        async for data in response.aiter_raw():
            body += data
            if len(body) > LONGEST_BODY:
                raise LlmError("broken", "sent an answer without end")
    return body

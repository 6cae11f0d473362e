"""The bytes of a chat completion as pieces of text. Pure; what a server may not send ends in LlmError."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from shared.errors import DeskbellError

LONGEST_LINE = 256 * 1024
LONGEST_BODY = 1024 * 1024
Kind = Literal["unreachable", "busy", "failing", "rejected", "slow", "broken"]


class LlmError(DeskbellError):
    """No answer, or none that can be used; the text never holds what was asked or answered.

    unreachable   no connection, or it broke before a byte     may be asked again
    busy          429 or 503                                   after `retry_after_s`, if told
    failing       another 5xx, or an error told in the stream  may be asked again
    rejected      3xx or 4xx: a person must mend the settings
    slow          a deadline has passed
    broken        what came is no chat completion, or was cut off
    """

    def __init__(self, kind: Kind, message: str, *, status: int | None = None, retry_after_s: float | None = None):
        super().__init__(f"the language model's server {message}")
        self.kind: Kind = kind
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class LlmUsage:
    """Tokens as the server counted them."""

    prompt: int
    completion: int

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True)
class LlmChunk:
    """A piece of the answer; the last ones carry why it ended (`stop`, `length`, ...) and what it cost."""

    text: str = ""
    finish: str | None = None
    usage: LlmUsage | None = None

    @property
    def empty(self) -> bool:
        return not self.text and self.finish is None and self.usage is None


class EventReader:
    """Server-sent events, fed in pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""
        self._finished = False
        self.done = False

    def feed(self, data: bytes) -> Iterator[LlmChunk]:
        """The chunks that are complete with `data`, those that say nothing left out. Raises LlmError."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise LlmError("broken", "sent a line without end")
        for line in lines:
            payload = line.removeprefix(b"data:").strip()
            if not line.startswith(b"data:") or self.done:
                continue
            if payload == b"[DONE]":
                self.done = True
            elif not (chunk := _chunk(_parsed(payload), "delta")).empty:
                self._finished = self._finished or chunk.finish is not None
                yield chunk

    def end(self) -> Iterator[LlmChunk]:
        """What is left when nothing more comes. Raises LlmError if the answer was cut off.

        Some servers say why they ended, some only send the end mark: either will do.
        """
        yield from self.feed(b"\n")
        if not self._finished and not self.done:
            raise LlmError("broken", "ended in the middle of its answer")
        if not self._finished:
            yield LlmChunk(finish="stop")


def whole_reply(body: bytes) -> LlmChunk:
    """An answer that came in one piece. Raises LlmError."""
    return _chunk(_parsed(body), "message")


def _parsed(payload: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(payload)
    except ValueError:
        raise LlmError("broken", "sent something that is no JSON in UTF-8") from None
    if not isinstance(document, dict):
        raise LlmError("broken", "sent JSON that is no object")
    if document.get("error"):
        raise LlmError("failing", "reported an error")
    return document


def _chunk(document: dict[str, Any], part: Literal["delta", "message"]) -> LlmChunk:
    choices = document.get("choices")
    if choices is not None and not isinstance(choices, list):
        raise LlmError("broken", "sent a chunk whose choices are no list")
    choice = choices[0] if choices else {}
    said = (choice.get(part) or {}) if isinstance(choice, dict) else None
    text = (said.get("content") or "") if isinstance(said, dict) else None
    if not isinstance(text, str):
        raise LlmError("broken", "sent a chunk whose content is no text")
    finish = choice.get("finish_reason")
    return LlmChunk(text, finish if isinstance(finish, str) else None, _usage(document.get("usage")))


def _usage(usage: Any) -> LlmUsage | None:
    if not isinstance(usage, dict):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(completion, int) or min(prompt, completion) < 0:
        return None
    return LlmUsage(prompt, completion)

"""What generation needs of the world: models that write, who listens, what may be spent, where failures are kept."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from services.generator.domain.prompt import Prompt
from shared.contracts.messages import ReplyChunk
from shared.errors import DeskbellError


class NoAnswer(DeskbellError):
    """The model gave no answer, or broke off; `kind` says why, as it is counted. Holds nothing of what was asked.

    resting    it kept failing and is left alone for a while
    crowded    it has as much in hand as it takes
    untaught   it was made for other replies or another language
    length     it was cut off at `max_tokens`; what it wrote before is good
    slow       a deadline has passed
    others     as `shared.llm.LlmError` has them; `retry_after_s` is what a busy one asked for
    """

    def __init__(self, kind: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"the language model gave no answer: {kind}")
        self.kind, self.retry_after_s = kind, retry_after_s


@dataclass(frozen=True)
class Limits:
    """Seconds until the first piece, between two pieces, and for the whole answer; and its longest."""

    first_token_s: float = 8
    token_s: float = 5
    total_s: float = 30
    max_tokens: int = 300


class LanguageModel(Protocol):
    """Writes replies. `name` says which model it is."""

    @property
    def name(self) -> str: ...

    def stream(self, prompt: Prompt, limits: Limits) -> AsyncGenerator[str, None]:
        """The answer in pieces, as they are written. It ends where the model itself ended, and raises NoAnswer else.

        Closing it ends the work at once and frees the model.
        """
        ...


class Channel(Protocol):
    """Shows pieces of a reply under way to whoever watches its conversation. Raises Unavailable."""

    async def chunk(self, conversation_id: str, chunk: ReplyChunk) -> None: ...


@dataclass(eq=False)
class Attention:
    """Somebody waits for a reply; `ended` is set when they do no more, and `why` says how that came."""

    conversation_id: str
    turn: int
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    why: Literal["stopped", "left"] = "left"

    def end(self, why: Literal["stopped", "left"]) -> None:
        self.why = why
        self.ended.set()


class Audience(Protocol):
    """Knows whether the customer wants to read on."""

    def following(self, conversation_id: str, turn: int) -> AbstractContextManager[Attention]:
        """The attention to one turn's reply, as long as the block runs."""
        ...


class Spending(Protocol):
    """Tokens set aside."""

    async def settle(self, used: int) -> None:
        """Counts what was used instead. Never raises: what cannot be corrected stays set aside."""
        ...


class Budget(Protocol):
    """What may be spent in a day: for a customer, for an address, for all."""

    async def take(self, conversation_id: str, tokens: int) -> Spending | None:
        """Sets tokens aside for this conversation's customer; None if not so many are left. Raises Unavailable."""
        ...


class Failures(Protocol):
    """Keeps replies that failed the check, so that a model can be trained not to write them."""

    async def keep(self, record: dict[str, Any]) -> None:
        """Never raises."""
        ...

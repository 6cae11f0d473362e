"""What the dialogue needs of the world. Every call raises Transient when the world does not answer in time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from services.dialogue.domain.shop import (
    Customer,
    Drifted,
    Glimpse,
    Order,
    Preview,
    Product,
    Receipt,
    Refusal,
    ServiceRequest,
)
from shared.contracts.messages import Expects
from shared.ports import Identity, Loaded, Ticket, TurnRef


class ShopBackend(Protocol):
    """The shop. Reads are filtered by owner where a customer is given."""

    async def find_customer(self, *, customer_id: str | None = None, email: str | None = None) -> Customer | None: ...
    async def orders(self, customer_id: str) -> tuple[Order, ...]:
        """The newest orders of this customer, MOST_ORDERS of them at most, newest first."""
        ...

    async def order(self, number: str) -> Order | None: ...
    async def glimpse(self, number: str, proof: str) -> Glimpse | None:
        """Where the order is, if the proof is its postcode or the end of its customer's phone number; else None.

        An order that there is not takes as long and has the same answer.
        """
        ...

    async def products(self, ids: Collection[str] | None = None) -> tuple[Product, ...]:
        """The products with these ids, or with variants of these SKUs; the whole catalogue without."""
        ...

    async def requests(self, customer_id: str) -> tuple[ServiceRequest, ...]:
        """What this customer has asked the shop's staff for, the newest first."""
        ...

    async def preview(self, customer_id: str, action: str, arguments: dict[str, str]) -> Preview | Refusal: ...
    async def commit(self, customer_id: str, preview: Preview, key: str) -> Receipt | Drifted:
        """Applies the previewed act once per key, if the live state still gives the preview's digest."""
        ...

    async def receipt(self, key: str) -> Receipt | None:
        """The receipt of an earlier commit under this key, or None if none was applied."""
        ...


@dataclass(frozen=True)
class Passage:
    """A hit of the knowledge search. `score` in 0..1 is comparable between questions.

    `answer` is the one or two sentences of `passage` that answer best.
    """

    document: str
    title: str
    passage: str
    score: float
    language: str
    source: str
    answer: str = ""


class Knowledge(Protocol):
    """The shop's own pages, searched by meaning and by words."""

    async def search(self, question: str, language: str, top: int = 3) -> list[Passage]: ...
    async def rank_goods(self, words: str, language: str) -> tuple[tuple[str, float], ...]:
        """The products (ids) whose descriptions lie nearest to the words, and how near in 0..1, the nearest first."""
        ...


class CodeSender(Protocol):
    """Delivers one-time codes to an address that the shop has on file."""

    async def send(self, customer: Customer, code: str, language: str) -> None: ...


class States(Protocol):
    """Dialogue state, saved by compare-and-set together with the fence check of the turn."""

    async def load(self, conversation_id: str) -> Loaded: ...
    async def save(  # noqa: PLR0913 - the fence, the version and what is written go together
        self,
        ref: TurnRef,
        attempt: int,
        version: int,
        state: dict[str, Any],
        *,
        identity: Identity | None = None,
        write_open: bool = False,
    ) -> Literal["saved", "stale", "conflict"]:
        """Writes `state` as version + 1. `write_open` marks the turn as having an unresolved write."""
        ...


class Desk(Protocol):
    """The queue of tickets for people."""

    async def open(self, conversation_id: str, reason: str, language: str) -> Ticket:
        """The conversation's open ticket, made if there is none."""
        ...

    async def current(self, conversation_id: str) -> Ticket | None:
        """The conversation's ticket while it is queued or claimed."""
        ...

    async def hand_back(self, number: str) -> bool: ...


@dataclass(frozen=True)
class OpenIntent:
    """A write whose end nobody has told the customer yet. `key` is its idempotency key."""

    key: str
    conversation_id: str


class Intents(Protocol):
    """The writes under way, so that each one's end is told even if its turn is lost. Raises Unavailable."""

    async def add(self, intent: OpenIntent, due_at: float) -> None:
        """Remembers the intent; it is looked at from `due_at` (seconds since 1970) on."""
        ...

    async def take(self, now: float) -> list[OpenIntent]:
        """What is due. Each is lent for some seconds, so that two processes do not settle it at once."""
        ...

    async def has(self, key: str) -> bool: ...
    async def remove(self, key: str) -> None: ...


class Tries(Protocol):
    """Counts what may not be tried without end, over all conversations. Raises Unavailable."""

    async def allow(self, kind: str, subject: str) -> bool:
        """Counts one more try of this kind at this subject; False when there were too many of late."""
        ...


@dataclass(frozen=True)
class Silence:
    """A conversation whose turn `turn` ended with a question."""

    conversation_id: str
    turn: int


class Silences(Protocol):
    """Questions that nobody may have answered. Raises Unavailable."""

    async def add(self, silence: Silence, due_at: float) -> None:
        """Remembers the question; it is looked at from `due_at` (seconds since 1970) on."""
        ...

    async def take(self, now: float) -> list[Silence]:
        """What is due, gone from here: a reminder comes at most once."""
        ...


class ConversationLog(Protocol):
    """Where a conversation's events stand; used for what comes outside a turn."""

    async def append(self, conversation_id: str, kind: str, data: dict[str, Any]) -> str: ...


class Asked(Protocol):
    """What a conversation waits for, and the turn that runs in it."""

    @property
    def expects(self) -> Expects: ...
    @property
    def open_turn(self) -> int | None: ...


class WaitingLog(ConversationLog, Protocol):
    """A log that also knows what its conversation waits for; None without such a conversation."""

    async def meta(self, conversation_id: str) -> Asked | None: ...


class Wording(Protocol):
    """Words the few replies that no turn carries to the generator."""

    def say(self, response: str, language: str, arguments: dict[str, Any]) -> str: ...

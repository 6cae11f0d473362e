"""What the dialogue may ask of the world. The engine yields these and is sent their answers; it never waits itself."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from services.dialogue.domain.actions import Seen
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
from services.dialogue.domain.state import DialogueState, OpenWrite
from shared.ports import Ticket

T = TypeVar("T")


class Effect(Generic[T]):
    """A request to the world whose answer is a T."""


Steps = Generator[Effect[Any], Any, T]
"""A piece of the dialogue: yields effects, is sent their answers, returns a T."""


def ask(effect: Effect[T]) -> Steps[T]:
    """Yields the effect and returns its answer, typed."""
    answer: T = yield effect
    return answer


class Hit(Protocol):
    """A passage that answers a question; `score` in 0..1."""

    @property
    def document(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def passage(self) -> str: ...
    @property
    def answer(self) -> str:
        """The one or two sentences of the passage that answer best."""
        ...

    @property
    def score(self) -> float: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class Unknown:
    """The world did not answer in time: what was asked may or may not have happened."""


@dataclass(frozen=True)
class SealedCode:
    """A one-time code that was sent, as a salted digest."""

    salt: str
    digest: str


@dataclass(frozen=True)
class FindCustomer(Effect[Customer | None]):
    """The customer with this e-mail address or this id."""

    email: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True)
class LoadOrders(Effect[tuple[Order, ...]]):
    """The newest orders of a customer, newest first."""

    customer_id: str


@dataclass(frozen=True)
class LoadOrder(Effect[Order | None]):
    """An order as it is now."""

    number: str


@dataclass(frozen=True)
class LoadProducts(Effect[tuple[Product, ...]]):
    """The products with these ids, or with variants of these SKUs; the whole catalogue for None."""

    ids: tuple[str, ...] | None


@dataclass(frozen=True)
class RankGoods(Effect[tuple[tuple[str, float], ...]]):
    """The products (ids) whose descriptions lie nearest to these words, and how near in 0..1."""

    words: str
    language: str


@dataclass(frozen=True)
class LoadRequests(Effect[tuple[ServiceRequest, ...]]):
    """What the customer has asked the shop's staff for, the newest first."""

    customer_id: str


@dataclass(frozen=True)
class PreviewAct(Effect[Preview | Refusal]):
    """What an act would change, from live state; changes nothing."""

    customer_id: str
    action: str
    arguments: dict[str, str]


@dataclass(frozen=True)
class RecordIntent(Effect[None]):
    """Saves the state with its open write, fenced, so that a crash after this cannot lose or double the write."""

    write: OpenWrite
    state: DialogueState


@dataclass(frozen=True)
class CommitAct(Effect[Receipt | Drifted | Unknown]):
    """Applies the previewed act once per key. The only effect that changes the shop."""

    write: OpenWrite


@dataclass(frozen=True)
class LookUpReceipt(Effect[Receipt | None | Unknown]):
    """The receipt of a commit under this key, looked up after a pause of `after_s` seconds."""

    key: str
    after_s: float = 0.0


@dataclass(frozen=True)
class ReadBack(Effect[Seen | Unknown]):
    """What the shop shows after a commit."""

    write: OpenWrite


@dataclass(frozen=True)
class IsUntold(Effect[bool]):
    """Whether the customer still has to be told how the write with this key ended."""

    key: str


@dataclass(frozen=True)
class MayTry(Effect[bool]):
    """Counts a try at this, in all conversations together. False when there were too many of late."""

    kind: Literal["code", "glimpse"]
    subject: str


@dataclass(frozen=True)
class GlimpseOrder(Effect[Glimpse | None]):
    """Where the order with this number is, if the proof fits it."""

    number: str
    proof: str


@dataclass(frozen=True)
class SendCode(Effect[SealedCode]):
    """Makes a one-time code and delivers it; without a customer only seems to, so that nobody learns who has one."""

    customer: Customer | None
    language: str


@dataclass(frozen=True)
class Search(Effect[list[Hit]]):
    """The shop's pages that answer a question, best first."""

    question: str
    language: str


@dataclass(frozen=True)
class OpenTicket(Effect[Ticket]):
    """The conversation's ticket, made if there is none."""

    reason: str
    language: str


@dataclass(frozen=True)
class CurrentTicket(Effect[Ticket | None]):
    """The conversation's ticket while a person is wanted or there."""


@dataclass(frozen=True)
class HandBack(Effect[bool]):
    """Ends the ticket: the bot has the word again."""

    number: str

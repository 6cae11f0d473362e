"""What the proactive service needs of the world. Every call raises Transient or Unavailable when it does not answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.proactive.domain.records import Liked, Sent, ShopView
from shared.shop.proactive import Caps


class ShopReads(Protocol):
    """The shop, looked at as a whole."""

    async def view(self) -> ShopView: ...


@dataclass(frozen=True)
class Message:
    """One message. `key` is that of its rule and subject: there is never a second one under it.

    `reply` is what the customer reads, `coupon` what comes onto their record with it.
    """

    key: str
    customer_id: str
    rule: str
    conversation_id: str
    reply: Mapping[str, Any]
    coupon: Mapping[str, Any] | None = None


class Ledger(Protocol):
    """What was written to whom, in the shop's database: a message and its coupon are one transaction."""

    async def first_seen(self, subjects: Collection[str], now: float) -> Mapping[str, float]:
        """When each of these was seen first: `now` for the ones that nobody has seen before."""
        ...

    async def sent_to(self, customer_id: str, since: float) -> Sequence[Sent]:
        """What this customer has got since."""
        ...

    async def known(self, keys: Collection[str]) -> frozenset[str]:
        """Which of these keys have their message already."""
        ...

    async def claim(self, message: Message, now: float, caps: Caps) -> bool:
        """Takes the message on, and gives its coupon; False if its key or the caps forbid it by now."""
        ...

    async def unfinished(self, before: float) -> Sequence[Message]:
        """What was taken on before, and is not known to have reached its conversation."""
        ...

    async def finish(self, key: str) -> None:
        """The message is in its conversation."""
        ...


class Conversations(Protocol):
    """Where messages go."""

    async def latest(self, customer_id: str) -> str | None:
        """The conversation that the customer was in last, if it is still there."""
        ...

    async def has_person(self, conversation_id: str) -> bool:
        """Whether a person has the word there, or is waited for."""
        ...

    async def liked(self, conversation_id: str) -> Liked:
        """What the customer last looked at there."""
        ...

    async def tell_once(self, conversation_id: str, key: str, reply: Mapping[str, Any]) -> None:
        """Adds the reply to the conversation once; a conversation that is gone gets nothing."""
        ...


class Wording(Protocol):
    """Words a response of the shop."""

    def say(self, response: str, language: str, arguments: Mapping[str, Any], seed: str = "") -> str: ...

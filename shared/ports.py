"""The ports that more than one service needs: the bus, and the stores that order and remember turns."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.contracts.envelope import Message
from shared.contracts.messages import CustomerInput, Expects, TurnEnd

# --- the bus ---------------------------------------------------------------------------------


class Delivery(Protocol):
    """One message handed to a consumer. Exactly one of its methods ends it."""

    body: bytes
    redelivered: bool
    retries: int

    async def ack(self) -> None: ...
    async def requeue(self) -> None: ...
    async def retry(self, delay_s: int) -> None: ...
    async def dead_letter(self, reason: str) -> None: ...


OnDelivery = Callable[[Delivery], Awaitable[None]]


class Subscription(Protocol):
    """A running consumer."""

    async def stop(self, within_s: float) -> None:
        """Takes no new work, waits for the work in hand, hands the rest back."""
        ...


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody could handle; `body` is kept so that it can be replayed."""

    id: str
    queue: str
    reason: str
    at: float
    body: bytes


class Bus(Protocol):
    """Carries work between services, at least once."""

    async def publish(self, message: Message) -> None:
        """Puts the message into its queue, durably. Raises Unavailable, or OutcomeUnknown after a timeout."""
        ...

    async def consume(self, queue: str, on_delivery: OnDelivery, prefetch: int) -> Subscription: ...
    async def dead_letters(self, limit: int) -> list[DeadLetter]: ...
    async def take_dead_letter(self, dead_letter_id: str, *, replay: bool) -> bool: ...
    async def healthy(self) -> bool: ...


# --- turns -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TurnRef:
    """A turn and the token that fences it."""

    conversation_id: str
    turn: int
    token: str

    @classmethod
    def of(cls, message: Message) -> "TurnRef":
        return cls(message.conversation_id, message.turn, message.token)


@dataclass(frozen=True)
class Claim:
    """What TOUCH answered. Only `go` may work; `attempt` then fences every save and FINISH."""

    outcome: Literal["go", "busy", "passed", "finished", "stale", "exhausted"]
    attempt: int = 0


class Turns(Protocol):
    """The part of the turn protocol that a stage needs. Raises Unavailable."""

    async def touch(self, ref: TurnRef, stage: int, *, redelivered: bool) -> Claim: ...
    async def renew(self, ref: TurnRef, stage: int, attempt: int) -> bool: ...
    async def release(self, ref: TurnRef, stage: int, attempt: int) -> None: ...
    async def pass_on(self, ref: TurnRef, stage: int, attempt: int) -> bool: ...


@dataclass(frozen=True)
class Drive:
    """A turn to be driven (again) from its first stage: all that `message.received` needs."""

    ref: TurnRef
    input: CustomerInput
    language: str
    deadline_at: float
    previous_end: TurnEnd | None
    expects: Expects
    traceparent: str = ""
    sent_at: float | None = None


@dataclass(frozen=True)
class Accepted:
    """ACCEPT's answer. `drive` is set when the turn must be published now, again after a resend."""

    seq: int
    duplicate: bool
    drive: Drive | None


@dataclass(frozen=True)
class Event:
    """An entry of the conversation log. `cursor` is `seq.nonce`."""

    cursor: str
    type: str
    at: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """FINISH's answer: the ended turn's events, and the next waiting turn if one starts."""

    outcome: Literal["finished", "repeated", "stale"]
    next: Drive | None = None


@dataclass(frozen=True)
class Overdue:
    """What the sweeper found: publish `drive`, or end the turn as expired."""

    kind: Literal["redrive", "republish", "expire"]
    ref: TurnRef
    language: str
    write_open: bool
    drive: Drive | None


@dataclass(frozen=True)
class Identity:
    """Who the customer is, and how sure we are (design: L0 anonymous, L1 knows an order, L2 proven)."""

    level: Literal["L0", "L1", "L2"] = "L0"
    customer_id: str | None = None


@dataclass(frozen=True)
class Loaded:
    """A conversation's dialogue state; `version` 0 and `state` None before the first save."""

    state: dict[str, Any] | None
    version: int
    identity: Identity


@dataclass(frozen=True)
class Ticket:
    """A request for a person. `position` counts those before it, itself included."""

    number: str
    conversation_id: str
    state: Literal["queued", "claimed", "returned"]
    reason: str
    language: str
    opened_at: float
    position: int

"""What is written down of a run. All moments are seconds from its start, on one monotonic clock."""

from dataclasses import dataclass, field
from typing import Literal

from loadtest.scenarios import Scenario
from services.commands.client import Conversation

Transport = Literal["websocket", "rest"]
Profile = Literal["conversations", "turns"]


@dataclass(frozen=True)
class Plan:
    """What a run does. `rate` counts conversations (or turns, in the other profile) started per second."""

    url: str
    rate: float
    duration_s: float
    seed: int
    scenarios: tuple[Scenario, ...]
    customers: tuple[str, ...]
    profile: Profile = "conversations"
    rest_share: float = 0.25
    think_s: float = 2.0
    most_in_flight: int = 2000
    pool: int = 100


@dataclass(slots=True)
class TurnRecord:
    """One message. `lag_s` is how much later than intended the generator itself woke to send it.

    `outcome`: completed, failed, expired; lost (accepted, no end within its deadline); refused (every try);
    unconfirmed (no answer at all); `unsent` until it is sent.
    """

    visit: int
    kind: str
    intended: float
    lag_s: float = 0.0
    sent: float | None = None
    accepted: float | None = None
    first: float | None = None
    ended: float | None = None
    seq: int | None = None
    outcome: str = "unsent"
    refusals: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Visit:
    """One conversation. `outcome`: played, cut_short (a message had no good end), not_opened."""

    index: int
    scenario: str
    language: str
    transport: Transport
    intended: float
    lag_s: float = 0.0
    opened: float | None = None
    conversation: Conversation | None = None
    outcome: str = "played"
    refusals: list[str] = field(default_factory=list)
    reconnects: int = 0
    resyncs: int = 0
    repeated_events: int = 0


@dataclass
class Run:
    """All that happened. `dropped` counts arrivals that the generator could not serve; `began` is when they begin."""

    plan: Plan
    started_at: str
    visits: list[Visit] = field(default_factory=list)
    turns: list[TurnRecord] = field(default_factory=list)
    began: float = 0.0
    dropped: int = 0
    arrivals: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0

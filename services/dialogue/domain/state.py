"""What the dialogue remembers of a conversation between turns: JSON in, JSON out."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.dialogue.domain.shop import Preview
from shared.contracts.messages import Language, Option, PlannedReply, Request


class StateModel(BaseModel):
    """Base of what is remembered. Fields of a newer version are dropped."""

    model_config = ConfigDict(extra="ignore")


class Frame(StateModel):
    """A flow under way. `mentions` are values heard but not yet checked; `slots` hold checked ones.

    `origin` is the flow that the customer's wish started, where that one went over to this one.
    """

    id: int
    flow: str
    origin: str = ""
    step: int = 0
    slots: dict[str, str] = Field(default_factory=dict)
    mentions: dict[str, str] = Field(default_factory=dict)
    words: str = ""
    options: tuple[Option, ...] = ()
    waiting: bool = False
    tries: int = 0
    fleeting: bool = False
    must_choose: bool = False
    carded: bool = False


class PendingPreview(StateModel):
    """The one write that the customer may confirm. `turn` is the last one that showed it, `seen` that it arrived."""

    id: str
    frame: int
    customer_id: str
    preview: Preview
    expires_at: float
    turn: int
    seen: bool = False


class OpenWrite(StateModel):
    """A write that was begun: recorded before its commit, gone when its end is known. `key` makes it happen once."""

    key: str
    turn: int
    client_message_id: str
    customer_id: str
    preview: Preview
    preview_id: str
    language: Language
    recorded_at: float
    said: tuple[PlannedReply, ...] = ()


class Trace(StateModel):
    """How a turn came about, in lines for operators."""

    turn: int
    lines: tuple[str, ...]


class Done(StateModel):
    """The last write that was done and told, and the flow that did it, for second thoughts in the turn after it."""

    turn: int
    number: str
    preview: Preview
    flow: str = ""


class Challenge(StateModel):
    """A one-time code that was sent. Without a customer no code fits."""

    customer_id: str | None
    salt: str
    digest: str
    expires_at: float
    wrong: int = 0


class Plan(StateModel):
    """What a turn says. No replies: the bot is silent."""

    language: Language
    replies: tuple[PlannedReply, ...] = ()
    handoff: dict[str, Any] | None = None


class Answered(StateModel):
    """The last turn that was decided, and its plan."""

    turn: int
    client_message_id: str
    plan: Plan


class Wish(StateModel):
    """What a customer looks for. `words` are all that was said of it; `below` is a price that what fits must not reach.

    `seen` are the products that were shown for it, `asked` counts the questions about it.
    """

    words: str = ""
    kinds: tuple[str, ...] = ()
    category: str = ""
    traits: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    below: Decimal | None = None
    currency: str = ""
    color: str = ""
    size: str = ""
    seen: tuple[str, ...] = ()
    asked: int = 0


class DialogueState(StateModel):
    """A conversation's memory. `focus` is the order that was last spoken of, `goods` are the products."""

    version: Literal[1] = 1
    customer_id: str | None = None
    stack: list[Frame] = Field(default_factory=list)
    agenda: list[Request] = Field(default_factory=list)
    frames_made: int = 0
    pending: PendingPreview | None = None
    open_write: OpenWrite | None = None
    done: Done | None = None
    challenge: Challenge | None = None
    codes_sent: int = 0
    looks: int = 0
    """How often a glimpse of an order was asked for."""
    ticket: str | None = None
    failures: int = 0
    focus: str | None = None
    focus_turn: int = 0
    goods: tuple[str, ...] = ()
    goods_turn: int = 0
    wish: Wish | None = None
    asked: str = ""
    """The last question to the pages, as it was searched."""
    heard: dict[str, int] = Field(default_factory=dict)
    """How often each response was said."""
    answered: Answered | None = None
    heard_at: float = 0.0
    """When the customer last did something (seconds since 1970)."""
    traces: list[Trace] = Field(default_factory=list)

    def plan_of(self, turn: int, client_message_id: str) -> Plan | None:
        """The plan of this very turn, if it was decided before."""
        done = self.answered
        same = done is not None and (done.turn, done.client_message_id) == (turn, client_message_id)
        return done.plan if done and same else None

    def own_copy(self) -> "DialogueState":
        """A state to work on. The plan and the traces of earlier turns, its largest parts, never change: shared."""
        fresh = self.model_copy(update={"answered": None, "traces": []}).model_copy(deep=True)
        fresh.answered, fresh.traces = self.answered, list(self.traces)
        return fresh

    def forget_flows(self) -> None:
        """Drops everything under way, so that nothing of it can be confirmed or continued."""
        self.stack, self.agenda, self.pending, self.challenge = [], [], None, None

"""The messages of a turn, in the order in which they travel, and the parts they are made of."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Contract, Message

Language = Literal["en", "zh"]
TurnEnd = Literal["completed", "failed", "expired"]


class CustomerInput(Contract):
    """What the customer did: exactly one of the fields after the id is set."""

    client_message_id: str
    text: str | None = None
    confirm: str | None = None
    decline: str | None = None
    choose: str | None = None
    handoff: bool = False
    identified: bool = False


class Option(Contract):
    """One of the answers that a choice offers."""

    id: str
    label: str


class PreviewShown(Contract):
    """A write as the customer saw it; `id` binds a confirmation to this content."""

    id: str
    action: str
    target: str
    effect: str
    expires_at: str


class Expects(Contract):
    """What the bot waits for. `choice` always carries options, `confirmation` a preview."""

    kind: Literal["slot", "choice", "confirmation", "none"] = "none"
    slot: str | None = None
    options: tuple[Option, ...] = ()
    preview: PreviewShown | None = None


class Source(Contract):
    """The page that an answer was taken from."""

    title: str
    url: str = ""
    passage: str = ""


class Act(Contract):
    """A change in the shop, proven by its receipt."""

    action: str
    target: str
    receipt: str


class Reply(Contract):
    """What the customer gets; the same on REST, in events and over WebSocket."""

    id: str
    turn: int | None
    language: Language
    text: str
    components: tuple[dict[str, Any], ...] = ()
    sources: tuple[Source, ...] = ()
    expects: Expects = Expects()
    acts: tuple[Act, ...] = ()
    by: Literal["response", "knowledge", "llm", "agent"] = "response"


class Entity(Contract):
    """A mention with its normalised value; offsets count code points of the message text."""

    type: str
    text: str
    value: str
    start: int
    end: int


class Request(Contract):
    """One of the things the customer asks for in a message; `text` is its part of the message."""

    intent: str
    confidence: float
    text: str
    entities: tuple[Entity, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()


class Understanding(Contract):
    """What understanding made of a text. `requests` keep the order of the message."""

    language: Language
    requests: tuple[Request, ...] = ()
    signals: tuple[str, ...] = ()


class MessageReceived(Message):
    """The gateway accepted a customer message and started its turn.

    `sent_at` is when it came in, in seconds since 1970; an older gateway does not say.
    """

    type: ClassVar[str] = "message.received"
    input: CustomerInput
    language: Language
    previous_end: TurnEnd | None = None
    expects: Expects = Expects()
    sent_at: float | None = None


class MessageUnderstood(Message):
    """Understanding has read the message."""

    type: ClassVar[str] = "message.understood"
    input: CustomerInput
    understanding: Understanding
    previous_end: TurnEnd | None = None


class PlannedReply(Contract):
    """A reply decided but not yet worded: the name of a response and what fills it.

    A response named `answer_from_knowledge` carries its passages in `sources`. `before` says how often this
    conversation has heard the response already, so that its wordings take turns.
    """

    id: str
    response: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    components: tuple[dict[str, Any], ...] = ()
    sources: tuple[Source, ...] = ()
    expects: Expects = Expects()
    acts: tuple[Act, ...] = ()
    before: int = 0


class ReplyPlanned(Message):
    """The dialogue decided what to say. No replies: the bot is silent, a person has the word."""

    type: ClassVar[str] = "reply.planned"
    language: Language
    replies: tuple[PlannedReply, ...] = ()
    handoff: dict[str, Any] | None = None


class ReplyCompleted(Message):
    """The turn's replies are worded; `failed` says that a stage gave up."""

    type: ClassVar[str] = "reply.completed"
    status: Literal["completed", "failed"] = "completed"
    language: Language = "en"
    replies: tuple[Reply, ...] = ()
    responses: tuple[str, ...] = ()
    handoff: dict[str, Any] | None = None


class ReplyChunk(Contract):
    """A piece of a reply under way, over Redis Pub/Sub: it may be lost, the reply may not."""

    turn: int
    attempt: int
    index: int
    text: str

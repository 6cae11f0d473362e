"""What REST answers. Replies and events are written as the log holds them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.contracts.messages import Reply, TurnEnd


class ConversationOpened(BaseModel):
    """The token opens this conversation only; it is told once."""

    conversation_id: str
    token: str
    expires_at: str


class MessageAccepted(BaseModel):
    """`seq` numbers the customer's messages. `open`: the turn had not ended when the wait was over."""

    seq: int
    status: Literal["open"] | None = None


class TurnEnded(BaseModel):
    """The turn with all its replies."""

    seq: int
    replies: list[Reply]
    status: TurnEnd


class IdentityRaised(BaseModel):
    """`seq` is the turn that goes on with what the bot had asked for, if it had."""

    level: str
    seq: int | None


class LoggedEvent(BaseModel):
    """An entry of the conversation log."""

    cursor: str
    type: str
    at: str
    data: dict[str, Any]


class EventPage(BaseModel):
    """Events in order. `next` is the cursor to go on with; the log ends where a page is empty."""

    events: list[LoggedEvent]
    next: str | None


class StoredAboutMe(BaseModel):
    """All that is stored under this conversation."""

    conversation_id: str
    language: str
    level: str
    customer_id: str | None
    expires_at: str
    events: list[LoggedEvent]


class ProblemBody(BaseModel):
    """RFC 9457. `code` is the last part of `type`."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(examples=["too_many_waiting"])

"""What clients may send: the bodies of REST and, with `type`, the frames of WebSocket. Nothing else passes."""

import hashlib
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from services.gateway.domain import strict_json
from services.gateway.domain.text import MAX_CODE_POINTS, customer_text, normalise
from shared.contracts.messages import CustomerInput, Language

IDENTIFIED = "identified:"
MAX_COMMENT = 1000
MAX_ID = 128
MAX_FAULTS = 5
MAX_PLACE = 64
MAX_FAULT = 200


def _own_id(text: str) -> str:
    if text.startswith(IDENTIFIED):
        raise ValueError(f"ids that begin with {IDENTIFIED} are the server's own")
    return text


def _encodable(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds half of a surrogate pair")
    return text


ClientMessageId = Annotated[str, Field(pattern=rf"^[!-~]{{1,{MAX_ID}}}$"), AfterValidator(_own_id)]
Name = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_encodable)]
TokenText = Annotated[str, Field(min_length=1, max_length=65_536), AfterValidator(_encodable)]


class Inbound(BaseModel):
    """Base of all that comes in: a field too many or of another type is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NewConversation(Inbound):
    """Begins a conversation."""

    language: Language | None = None
    customer_token: TokenText | None = None


class Sent(Inbound):
    """One message: a text, or the answer to what the bot offered."""

    ANSWERS: ClassVar[tuple[str, ...]] = ("text", "confirm", "decline", "choose")

    client_message_id: ClientMessageId
    text: str | None = Field(None, description=f"at most {MAX_CODE_POINTS} code points")
    confirm: Name | None = Field(None, description="id of the preview to confirm")
    decline: Name | None = Field(None, description="id of the preview to decline")
    choose: Name | None = Field(None, description="id of the chosen option")

    @model_validator(mode="after")
    def _has_one_answer(self) -> Self:
        if sum(getattr(self, name) is not None for name in self.ANSWERS) != 1:
            raise ValueError(f"exactly one of {', '.join(self.ANSWERS)} is needed")
        return self

    def input(self) -> CustomerInput:
        """What the bus carries. Raises Refusal for a blank or overlong text."""
        fields = self.model_dump(include={"client_message_id", *self.ANSWERS}, exclude_none=True)
        if self.text is not None:
            fields["text"] = customer_text(self.text)
        return CustomerInput(**fields)


class Identify(Inbound):
    """Shows who the customer is."""

    customer_token: TokenText


class Handoff(Inbound):
    """Asks for a person. Without an id, every request counts as a new one."""

    client_message_id: ClientMessageId | None = None


class Feedback(Inbound):
    """What the customer thinks of a reply or of the conversation."""

    reply_id: Name | None = None
    turn: int | None = Field(None, ge=1)
    rating: Literal["up", "down"] | None = None
    resolved: bool | None = None
    comment: str | None = Field(None, max_length=MAX_COMMENT)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rating is None and self.resolved is None and self.comment is None:
            raise ValueError("one of rating, resolved, comment is needed")
        return self

    def event(self) -> dict[str, object]:
        """The data of the event in the conversation log."""
        fields = self.model_dump(exclude_none=True, exclude={"type"})
        return {**fields, "comment": normalise(self.comment)} if self.comment else fields


class HelloFrame(Inbound):
    """The first frame: which conversation, and the last event that the client has."""

    type: Literal["hello"]
    token: TokenText
    after: str | None = Field(None, max_length=256)


class MessageFrame(Sent):
    """`message`, `confirm`, `decline` and `choose` carry the same fields as REST."""

    type: Literal["message", "confirm", "decline", "choose"]

    @model_validator(mode="after")
    def _type_names_the_answer(self) -> Self:
        if getattr(self, "text" if self.type == "message" else self.type) is None:
            raise ValueError("the field that belongs to the type is missing")
        return self


class IdentifyFrame(Identify):
    type: Literal["identify"]


class FeedbackFrame(Feedback):
    type: Literal["feedback"]


class HandoffFrame(Handoff):
    type: Literal["handoff"]


class TypingFrame(Inbound):
    """The customer types; nobody needs to know yet."""

    type: Literal["typing"]
    on: bool | None = None


class StopFrame(Inbound):
    """The customer has read enough of the reply under way."""

    type: Literal["stop"]
    turn: int | None = Field(None, ge=1)


class PingFrame(Inbound):
    type: Literal["ping"]


Frame = HelloFrame | MessageFrame | IdentifyFrame | FeedbackFrame | HandoffFrame | TypingFrame | StopFrame | PingFrame
FRAMES: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


class WrongFrame(ValueError):
    """A frame of JSON that is none of ours. `client_message_id` is its id, if it has one."""

    def __init__(self, detail: str, client_message_id: str | None) -> None:
        super().__init__(detail)
        self.client_message_id = client_message_id


def parse_frame(text: str) -> Frame:
    """The frame. Raises strict_json.NotJson, or WrongFrame."""
    document = strict_json.parse(text)
    if not isinstance(document, dict):
        raise strict_json.NotJson("not a JSON object")
    try:
        return FRAMES.validate_python(document)
    except ValidationError as exc:
        own_id = document.get("client_message_id")
        known = isinstance(own_id, str) and len(own_id) <= MAX_ID and own_id.isascii()
        raise WrongFrame("; ".join(faults(exc)), own_id if known else None) from None


def faults(error: ValidationError) -> list[str]:
    """Where and what is wrong, at most five of them, for the eyes of the sender only."""
    listed = error.errors(include_url=False, include_context=False, include_input=False)
    return [fault(item["loc"], item["msg"]) for item in listed[:MAX_FAULTS]]


def fault(location: tuple[int | str, ...], message: str) -> str:
    """One fault as a phrase."""
    place = ".".join(str(part)[:MAX_PLACE] for part in location) or "body"
    phrase = f"{place}: {message.removeprefix('Value error, ')[:MAX_FAULT]}"
    return phrase.encode("utf-8", "replace").decode()


def identified_input(customer_token: str) -> CustomerInput:
    """The message that stands for "the customer is known now"; the same token makes the same one."""
    digest = hashlib.sha256(customer_token.encode()).hexdigest()
    return CustomerInput(client_message_id=f"{IDENTIFIED}{digest}", identified=True)

"""The envelope: what every message on the bus carries, and how it becomes bytes."""

from typing import Any, ClassVar, Self
from uuid import UUID, uuid5

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import Rejected

SCHEMA_VERSION = 1
NAMESPACE = UUID("5b1d4f5e-6a0e-4a35-9d0e-8f7a3f1f0c11")


class Contract(BaseModel):
    """Base of everything on the wire: immutable, and tolerant of fields that a newer peer adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


REGISTRY: dict[str, "type[Message]"] = {}


class Message(Contract):
    """One step of a turn. `turn` is the number (`seq`) of the customer message that it serves."""

    type: ClassVar[str]

    schema_version: int = SCHEMA_VERSION
    message_id: str
    conversation_id: str
    turn: int = Field(ge=0)
    token: str
    deadline_at: float
    traceparent: str = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        REGISTRY[cls.type] = cls

    @classmethod
    def after(cls, cause: "Message", **fields: Any) -> Self:
        """The message of this type that `cause` leads to; made twice, it has the same id."""
        return cls(
            message_id=message_id(cause.conversation_id, cause.turn, cause.token, cls.type),
            conversation_id=cause.conversation_id,
            turn=cause.turn,
            token=cause.token,
            deadline_at=cause.deadline_at,
            traceparent=cause.traceparent,
            **fields,
        )


def message_id(conversation_id: str, turn: int, token: str, message_type: str) -> str:
    """A name-based id (RFC 9562, version 5): the same turn, token and type give the same id."""
    return str(uuid5(NAMESPACE, f"{conversation_id}:{turn}:{token}:{message_type}"))


def encode(message: Message) -> bytes:
    """The message as JSON, its type beside its fields."""
    return orjson.dumps({"type": message.type, **message.model_dump(mode="json", exclude_none=True)})


def decode(body: bytes) -> Message:
    """The message in `body`; raises Rejected with a reason that holds nothing of the body."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise Rejected("not JSON") from exc
    if not isinstance(document, dict):
        raise Rejected("not a JSON object")
    if document.get("schema_version") != SCHEMA_VERSION:
        raise Rejected("unsupported_version")
    message_class = REGISTRY.get(str(document.get("type")))
    if message_class is None:
        raise Rejected("unknown message type")
    try:
        return message_class.model_validate(document)
    except ValidationError as exc:
        fields = sorted({".".join(map(str, error["loc"])) for error in exc.errors()})
        raise Rejected(f"{message_class.type} with missing or wrong fields: {', '.join(fields)}") from None

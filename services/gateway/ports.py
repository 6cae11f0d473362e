"""What the gateway needs of the world beside the bus and the stores."""

from typing import Protocol

from services.gateway.domain.gcra import Limit
from shared.contracts.messages import Language, ReplyChunk
from shared.ports import Event


class Limiter(Protocol):
    """Counts what each subject does."""

    async def wait_s(self, limit: Limit, subject: str) -> float:
        """0 when the subject may go on, else how long it has to wait. Never raises."""
        ...


class Texts(Protocol):
    """The sentences of the shop that the gateway itself has to say."""

    def say(self, response: str, language: Language) -> str: ...


class StopSignals(Protocol):
    """Tells whoever generates that the customer has read enough."""

    async def stop(self, conversation_id: str, turn: int) -> None: ...


class Sink(Protocol):
    """Takes what happens in a conversation, one call after the other."""

    async def on_event(self, event: Event) -> None: ...
    async def on_chunk(self, chunk: ReplyChunk) -> None: ...
    async def on_resync(self) -> None:
        """The cursor was not one of this log: its events follow from the first."""
        ...

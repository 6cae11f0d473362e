"""Every queue of the system in one table: who consumes it, what it carries, where failures go."""

from dataclasses import dataclass

from shared.contracts.envelope import Message
from shared.contracts.messages import (
    MessageReceived,
    MessageUnderstood,
    ReplyCompleted,
    ReplyPlanned,
)

EXCHANGE = "deskbell.work"
DEAD_QUEUE = "deskbell.dead"
RETRY_DELAYS_S = (1, 5)
DELIVERY_LIMIT = 20
MAX_LENGTH = 10_000


@dataclass(frozen=True)
class WorkQueue:
    """A quorum queue of work. `stage` orders the services that a turn passes through."""

    name: str
    service: str
    stage: int
    carries: type[Message]

    def retry_queue(self, delay_s: int) -> str:
        """The queue in which a message waits `delay_s` seconds before it returns here."""
        return f"{self.name}.retry.{delay_s}s"


WORK_QUEUES = (
    WorkQueue("deskbell.nlu", "nlu", 1, MessageReceived),
    WorkQueue("deskbell.dialogue", "dialogue", 2, MessageUnderstood),
    WorkQueue("deskbell.generator", "generator", 3, ReplyPlanned),
    WorkQueue("deskbell.gateway", "gateway", 4, ReplyCompleted),
)

PUBLISHES: dict[str, tuple[type[Message], ...]] = {
    "gateway": (MessageReceived,),
    "nlu": (MessageUnderstood,),
    "dialogue": (ReplyPlanned, ReplyCompleted),
    "generator": (ReplyCompleted,),
}


def queue_for(message: Message | type[Message]) -> WorkQueue:
    """The queue that carries this kind of message."""
    kind = message if isinstance(message, type) else type(message)
    return next(queue for queue in WORK_QUEUES if queue.carries is kind)


def queue_of(service: str) -> WorkQueue:
    """The queue that this service consumes."""
    return next(queue for queue in WORK_QUEUES if queue.service == service)

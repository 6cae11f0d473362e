"""What a service is to the runner: a queue, the handlers of its messages, and loops of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from shared.config import Settings
from shared.contracts.envelope import Message
from shared.ports import Bus, Claim

Handler = Callable[[Any, Claim], AsyncIterator[Message]]
Loop = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """The table message -> handler of one service, and the loops that run as long as it does."""

    name: str
    handles: dict[type[Message], Handler]
    loops: tuple[Loop, ...] = field(default=())
    prefetch: int = 16


@dataclass(frozen=True)
class World:
    """What the runner opens once and lends to every service of the process."""

    settings: Settings
    bus: Bus
    state: Redis
    cache: Redis
    database_url: str

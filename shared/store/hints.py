"""Hints over Redis Pub/Sub: something new in a log, or a chunk of a reply. They may be lost."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from shared.contracts.messages import ReplyChunk
from shared.errors import Unavailable
from shared.store.client import unavailable
from shared.store.keys import PREFIX, ConversationKeys

Hint = ReplyChunk | Literal["log"]
QUEUE_LENGTH = 256
LISTEN_S = 5.0
# Keeps the connection subscribed, so that it can be listened to, while nobody watches anything.
KEPT_CHANNEL = f"{PREFIX}:hints"
log = structlog.get_logger()


class Hints:
    """One Pub/Sub connection for all watched conversations of this process."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._watchers: dict[str, set[asyncio.Queue[Hint]]] = defaultdict(set)
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def watch(self, conversation_id: str) -> AsyncIterator[AsyncIterator[Hint]]:
        """The hints of one conversation, for as long as the block runs."""
        channel = ConversationKeys(conversation_id).hint
        queue: asyncio.Queue[Hint] = asyncio.Queue(QUEUE_LENGTH)
        self._watchers[channel].add(queue)
        self._changed.set()
        try:
            yield _drain(queue)
        finally:
            self._watchers[channel].discard(queue)
            if not self._watchers[channel]:
                del self._watchers[channel]
            self._changed.set()

    async def relay(self) -> None:
        """Runs for ever: keeps the subscriptions as the watchers are, and hands hints to them."""
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await self._attend(pubsub)
            except* (RedisError, OSError, TimeoutError, Unavailable):
                log.warning("hints.connection_lost")
            await asyncio.sleep(1)

    async def _attend(self, pubsub: PubSub) -> None:
        with unavailable():
            await pubsub.subscribe(KEPT_CHANNEL)
        async with asyncio.TaskGroup() as owner:
            owner.create_task(self._listen(pubsub))
            owner.create_task(self._follow_watchers(pubsub))

    async def _listen(self, pubsub: PubSub) -> None:
        while True:
            with unavailable():
                message = await pubsub.get_message(timeout=LISTEN_S)
            if message is not None:
                self._hand_out(message)

    async def _follow_watchers(self, pubsub: PubSub) -> None:
        while True:
            self._changed.clear()
            wanted, present = {KEPT_CHANNEL, *self._watchers}, set(pubsub.channels)
            with unavailable():
                if wanted - present:
                    await pubsub.subscribe(*(wanted - present))
                if present - wanted:
                    await pubsub.unsubscribe(*(present - wanted))
            await self._changed.wait()

    def _hand_out(self, message: dict[str, Any]) -> None:
        """Passes the hint on. A subscription that begins is one, too: what came before it, nobody has been told."""
        if message["type"] not in ("message", "subscribe"):
            return
        data = message["data"]
        is_log = message["type"] == "subscribe" or data == "log"
        hint: Hint = "log" if is_log else ReplyChunk.model_validate_json(data)
        for queue in self._watchers.get(message["channel"], ()):
            if not queue.full():
                queue.put_nowait(hint)


async def _drain(queue: asyncio.Queue[Hint]) -> AsyncIterator[Hint]:
    while True:
        yield await queue.get()

"""Whether a customer wants to read on: the stop signal of the gateway, and who is subscribed to a conversation."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis

from services.generator.ports import Attention
from shared.errors import Unavailable
from shared.store.client import unavailable
from shared.store.keys import ConversationKeys, stop_key

LOOK_EVERY_S = 0.08


class RedisAudience:
    """Port `Audience`: one look for all replies under way, a dozen times a second while there are any.

    A conversation that nobody has subscribed to is written for as well, since its customer may read the log later; only
    one whose last reader leaves in the middle is given up.
    """

    def __init__(self, cache: Redis, state: Redis) -> None:
        self._cache, self._state = cache, state
        self._followed: dict[Attention, bool] = {}
        self._wanted = asyncio.Event()

    @contextmanager
    def following(self, conversation_id: str, turn: int) -> Iterator[Attention]:
        """See the port."""
        attention = Attention(conversation_id, turn)
        self._followed[attention] = False
        self._wanted.set()
        try:
            yield attention
        finally:
            del self._followed[attention]
            if not self._followed:
                self._wanted.clear()

    async def look_for_ever(self) -> None:
        """Runs for ever. While Redis is away nobody is given up."""
        while True:
            await self._wanted.wait()
            try:
                await self.look()
            except Unavailable:
                await asyncio.sleep(1)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Ends the attention of those who stopped or left. Raises Unavailable."""
        followed = list(self._followed)
        channels = [ConversationKeys(attention.conversation_id).hint for attention in followed]
        with unavailable():
            async with self._cache.pipeline(transaction=False) as pipe:
                for attention in followed:
                    pipe.get(stop_key(attention.conversation_id))
                stops, readers = await asyncio.gather(pipe.execute(), self._state.pubsub_numsub(*channels))
        for attention, stop, (_, count) in zip(followed, stops, readers, strict=True):
            if stop == str(attention.turn):
                attention.end("stopped")
            elif count:
                self._note_reader(attention)
            elif self._followed.get(attention):
                attention.end("left")

    def _note_reader(self, attention: Attention) -> None:
        if attention in self._followed:
            self._followed[attention] = True

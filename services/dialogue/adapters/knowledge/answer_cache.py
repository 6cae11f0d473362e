"""Answers in Redis under the knowledge version: after an edit nobody can meet an older one."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import date

import orjson
from prometheus_client import Counter
from redis.asyncio import Redis

from services.dialogue.adapters.knowledge.making import MADE_BY
from services.dialogue.adapters.knowledge.scoring import SCORING
from services.dialogue.adapters.knowledge.search import Query
from services.dialogue.ports import Passage
from shared.errors import Unavailable
from shared.store.client import unavailable

KEPT_S = 3_600
ANSWERS = Counter("deskbell_knowledge_answers", "Answers of the knowledge search", ["came_from"])


class AnswerCache:
    """A cache that is away costs a search, never a turn."""

    def __init__(self, redis: Redis, shop: str, model: str = "") -> None:
        """`model` names the model of pages that answers are found with, if there is one."""
        self._redis = redis
        self._shop = shop
        self._way = (SCORING, MADE_BY, model)

    async def answer(
        self, version: str, today: date, query: Query, search: Callable[[], Awaitable[list[Passage]]]
    ) -> list[Passage]:
        """The answer that is kept, or what `search` finds, which is kept then."""
        key = self._key(version, today, query)
        if (kept := await self._get(key)) is not None:
            ANSWERS.labels("cache").inc()
            return kept
        found = await search()
        ANSWERS.labels("search").inc()
        await self._put(key, found)
        return found

    async def _get(self, key: str) -> list[Passage] | None:
        try:
            with unavailable():
                kept = await self._redis.get(key)
        except Unavailable:
            return None
        return None if kept is None else [Passage(**fields) for fields in orjson.loads(kept)]

    async def _put(self, key: str, found: Sequence[Passage]) -> None:
        try:
            with unavailable():
                await self._redis.set(key, orjson.dumps([asdict(hit) for hit in found]).decode(), ex=KEPT_S)
        except Unavailable:
            return

    def _key(self, version: str, today: date, query: Query) -> str:
        """The question itself does not stand in it: it may hold private words."""
        asked = orjson.dumps([query.question, query.language, query.top, query.only, today, *self._way])
        digest = hashlib.blake2b(asked, digest_size=16).hexdigest()
        return f"deskbell:{{knowledge:{self._shop}}}:answer:{version}:{digest}"

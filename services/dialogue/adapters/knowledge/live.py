"""What the dialogue searches: the index of the latest version, taken from Redis or built from SQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from redis.asyncio import Redis

from services.dialogue.adapters.knowledge.answer_cache import AnswerCache
from services.dialogue.adapters.knowledge.index import Index, build_index
from services.dialogue.adapters.knowledge.lexical import Tokenizer
from services.dialogue.adapters.knowledge.search import Query, Searcher
from services.dialogue.adapters.knowledge.snapshot import Snapshots, pack
from services.dialogue.adapters.knowledge.store import SqlDocuments, open_documents
from services.dialogue.adapters.knowledge.syncing import ShopSync
from services.dialogue.ports import Passage
from shared.errors import DeskbellError, Unavailable
from shared.shop import load_shop
from shared.vectors import Embeds

LOOK_EVERY_S = 1.0
WAIT_FOR_BUILDER_S = 3.0
ASK_EVERY_S = 0.2
log = structlog.get_logger()


@dataclass(frozen=True)
class Home:
    """Where a shop's knowledge lives: its files, what is kept beside them, its database, and Redis if there is one."""

    shop_dir: Path
    var: Path
    database_url: str
    cache: Redis | None = field(default=None)


class LiveKnowledge:
    """The port `Knowledge`. `follow` keeps the index up to date as long as it runs."""

    def __init__(self, documents: SqlDocuments, sync: ShopSync, searcher: Searcher, stores: "Stores") -> None:
        self.documents = documents
        self.sync = sync
        self._searcher = searcher
        self._stores = stores
        self.index = build_index("", [])

    async def search(self, question: str, language: str, top: int = 3, only: str = "") -> list[Passage]:
        """The documents that may answer, best first, in any language or `only` in this one. Raises Transient."""
        query, index = Query(question, language, top, only), self.index
        if self._stores.answers is None or query.is_empty:
            return await self._searcher.search(index, query)
        today = self._stores.today()
        return await self._stores.answers.answer(
            index.version, today, query, lambda: self._searcher.search(index, query)
        )

    async def follow(self) -> None:
        """Looks for another version, and at the shop's own files, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.sync.if_changed()
                await self.refresh()
            except DeskbellError as exc:
                log.warning("knowledge.not_followed", problem=str(exc))

    async def refresh(self) -> None:
        """Takes over the latest version. Raises Transient."""
        version = await self.documents.version()
        if version != self.index.version:
            self.index = await self._taken_over(version) or await self._built()
            log.info("knowledge.version", version=self.index.version, passages=len(self.index.entries))

    async def _taken_over(self, version: str) -> Index | None:
        """The snapshot, if there is a whole one, or one is being built by another process."""
        snapshots = self._stores.snapshots
        if snapshots is None:
            return None
        try:
            if (found := await snapshots.get(version)) is not None or await snapshots.may_build(version):
                return found
            async with asyncio.timeout(WAIT_FOR_BUILDER_S):
                while (found := await snapshots.get(version)) is None:  # noqa: ASYNC110 - Redis tells nobody
                    await asyncio.sleep(ASK_EVERY_S)
            return found
        except (Unavailable, TimeoutError):
            return None

    async def _built(self) -> Index:
        version, rows = await self.documents.everything()
        index = await asyncio.to_thread(build_index, version, rows)
        if self._stores.snapshots is not None:
            try:
                await self._stores.snapshots.put(index, await asyncio.to_thread(pack, index))
                await self._stores.snapshots.has_built(version)
            except Unavailable:
                log.warning("knowledge.snapshot_not_kept", version=version)
        return index


@dataclass(frozen=True)
class Stores:
    """What may be missing, and the clock of the shop."""

    snapshots: Snapshots | None
    answers: AnswerCache | None
    today: Callable[[], date]


@asynccontextmanager
async def open_knowledge(home: Home, encoder: Embeds) -> AsyncIterator[LiveKnowledge]:
    """The shop's knowledge, its own pages brought up to date. Raises ConfigError, Transient."""
    shop = load_shop(home.shop_dir)
    zone = ZoneInfo(shop.profile.timezone)
    tokenizer = await asyncio.to_thread(Tokenizer, home.var / "cache")

    def today() -> date:
        return datetime.now(zone).date()

    snapshots = Snapshots(home.cache, shop.name) if home.cache is not None else None
    answers = AnswerCache(home.cache, shop.name) if home.cache is not None else None
    async with open_documents(home.database_url) as documents:
        sync = ShopSync(home.shop_dir, home.var, documents, tokenizer, encoder)
        await sync.at_start(shop)
        searcher = Searcher(encoder, tokenizer, today)
        live = LiveKnowledge(documents, sync, searcher, Stores(snapshots, answers, today))
        await live.refresh()
        yield live

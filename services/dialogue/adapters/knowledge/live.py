"""What the dialogue searches: the index of the latest version, taken from Redis or built from SQL."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from redis.asyncio import Redis

from services.dialogue.adapters.knowledge.answer_cache import AnswerCache
from services.dialogue.adapters.knowledge.documents import Document
from services.dialogue.adapters.knowledge.gaps import Gap
from services.dialogue.adapters.knowledge.index import Index, build_index
from services.dialogue.adapters.knowledge.lexical import Tokenizer
from services.dialogue.adapters.knowledge.making import MADE_BY, make
from services.dialogue.adapters.knowledge.page_model import open_chooser
from services.dialogue.adapters.knowledge.search import Query, Searcher
from services.dialogue.adapters.knowledge.snapshot import Snapshots, pack
from services.dialogue.adapters.knowledge.store import SqlDocuments, open_documents
from services.dialogue.adapters.knowledge.syncing import ShopSync
from services.dialogue.ports import Passage
from shared.encoder import Vectors
from shared.errors import DeskbellError, Unavailable
from shared.shop import load_shop
from shared.vectors import Embeds

LOOK_EVERY_S = 1.0
WAIT_FOR_BUILDER_S = 3.0
ASK_EVERY_S = 0.2
MOST_NOTED = 1_000
"""Unanswered questions between two looks; what is more is not counted."""
MOST_GOODS = 100
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
        self._unanswered: list[tuple[str, str]] = []
        self.index = build_index("", [])

    async def search(self, question: str, language: str, top: int = 3, only: str = "") -> list[Passage]:
        """The documents that may answer, best first, in any language or `only` in this one. Raises Transient."""
        query = Query(question, language, top, only)
        hits = await self._answer(query)
        if (
            not query.is_empty
            and (not hits or hits[0].score < self._stores.sure)
            and len(self._unanswered) < MOST_NOTED
        ):
            self._unanswered.append((question, language))
        return hits

    async def rank_goods(self, words: str, language: str) -> tuple[tuple[str, float], ...]:
        """The products nearest to the words; see the port. Raises Transient."""
        return await self._searcher.rank_goods(self.index, Query(words, language, top=MOST_GOODS))

    async def _answer(self, query: Query) -> list[Passage]:
        index, answers = self.index, self._stores.answers
        if answers is None or query.is_empty:
            return await self._searcher.search(index, query)
        return await answers.answer(
            index.version, self._stores.today(), query, lambda: self._searcher.search(index, query)
        )

    async def keep(self, documents: Sequence[Document]) -> None:
        """Makes these documents searchable and keeps them. Raises Transient."""
        made = await make(documents, self._searcher.tokenizer, self._searcher.encoder)
        await self.documents.put(made, MADE_BY)

    async def embed(self, questions: Sequence[str]) -> Vectors:
        """The vectors of questions. Raises Transient."""
        return await self._searcher.encoder.embed(questions, "query")

    async def answers(self, gap: Gap, document: str) -> bool:
        """Whether this document answers a question that nothing did before. Raises Transient."""
        hits = await self._searcher.search(self.index, Query(gap.question, gap.language, top=1))
        return bool(hits) and hits[0].document == document and hits[0].score >= self._stores.sure

    async def follow(self) -> None:
        """Looks for another version, and at the shop's own files, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.sync.if_changed()
                await self.refresh()
                await self.note_gaps()
            except DeskbellError as exc:
                log.warning("knowledge.not_followed", problem=str(exc))

    async def note_gaps(self) -> None:
        """Writes down what could not be answered since the last time. Raises Transient."""
        noted, self._unanswered = self._unanswered, []
        if noted:
            await self.documents.gaps.note(noted)

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
    """What may be missing, the clock of the shop, and the score from which on a document answers."""

    snapshots: Snapshots | None
    answers: AnswerCache | None
    today: Callable[[], date]
    sure: float


@asynccontextmanager
async def open_knowledge(home: Home, encoder: Embeds, sure: float = 0.5) -> AsyncIterator[LiveKnowledge]:
    """The shop's knowledge, its own pages brought up to date. What scores less than `sure` is no answer.

    Raises ConfigError, Transient.
    """
    shop = load_shop(home.shop_dir)
    zone = ZoneInfo(shop.profile.timezone)
    tokenizer = await asyncio.to_thread(Tokenizer, home.var / "cache")

    def today() -> date:
        return datetime.now(zone).date()

    snapshots = Snapshots(home.cache, shop.name) if home.cache is not None else None
    async with (
        open_documents(home.database_url) as documents,
        open_chooser(shop, encoder, tokenizer.words, home.var / "encoder") as chooser,
    ):
        model = chooser.name if chooser is not None else ""
        answers = AnswerCache(home.cache, shop.name, model) if home.cache is not None else None
        sync = ShopSync(home.shop_dir, home.var, documents, tokenizer, encoder)
        await sync.at_start(shop)
        searcher = Searcher(encoder, tokenizer, today, chooser)
        live = LiveKnowledge(documents, sync, searcher, Stores(snapshots, answers, today, sure))
        await live.refresh()
        yield live

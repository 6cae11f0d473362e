"""What the shop's own search finds for a question, as it reaches whoever words the reply."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from services.dialogue.adapters.knowledge.index import Index, build_index
from services.dialogue.adapters.knowledge.lexical import Tokenizer
from services.dialogue.adapters.knowledge.making import make, rows_of
from services.dialogue.adapters.knowledge.page_model import open_chooser
from services.dialogue.adapters.knowledge.search import Query, Searcher
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from services.dialogue.domain.rules import Thresholds
from services.generator.domain.check import Ground
from services.generator.domain.phrasing import ground_of
from shared.config import Settings
from shared.contracts.messages import PlannedReply, Reply, Source
from shared.encoder import open_encoder
from shared.shop import load_shop
from shared.shop.profile import Language
from shared.vectors import VectorFile


@dataclass(frozen=True)
class Found:
    """A question, the document that answers it, and what a reply may say. `answer` is sent where no model speaks."""

    question: str
    document: str
    answer: str
    ground: Ground


class Finder:
    """Searches as the dialogue does, with its thresholds."""

    def __init__(self, index: Index, searcher: Searcher) -> None:
        self._index = index
        self._searcher = searcher

    async def find(self, question: str, language: Language = "en") -> Found | None:
        """What answers the question; None where the dialogue would say that it does not know."""
        limits = Thresholds()
        hits = await self._searcher.search(self._index, Query(question, language))
        near = [hit for hit in hits if hit.score >= limits.knowledge]
        if not near:
            return None
        best = near[0]
        sources = tuple(
            Source(title=hit.title, url=hit.source, passage=hit.passage)
            for hit in near
            if hit.score >= best.score - limits.beside
        )
        answer = best.answer or best.passage
        asked = {"question": question}
        planned = PlannedReply(id="found", response="answer_from_knowledge", sources=sources, arguments=asked)
        grounded = Reply(id="found", turn=None, language=language, text=answer, by="knowledge")
        return Found(question, best.document, answer, ground_of(planned, grounded))


@asynccontextmanager
async def open_finder(shop_dir: Path, today: date | None = None) -> AsyncIterator[Finder]:
    """Loads the encoder and the shop's pages and products; nothing is written but caches. Raises ConfigError."""
    shop, var = load_shop(shop_dir), Settings().var
    day = today or datetime.now(UTC).date()
    tokenizer = Tokenizer(var / "cache")
    async with (
        open_encoder(kept=var / "encoder", timeout_s=600) as encoder,
        open_chooser(shop, encoder, tokenizer.words, var / "encoder") as chooser,
    ):
        file = VectorFile(var / "vectors" / f"{shop_dir.name}-pages.npz", shop_dir / "vectors/pages.npz")
        made = await make(load_documents(shop), tokenizer, encoder, file)
        index = build_index("measuring", rows_of(made))
        yield Finder(index, Searcher(encoder, tokenizer, lambda: day, chooser))

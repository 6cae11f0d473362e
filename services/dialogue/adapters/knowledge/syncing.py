"""The shop's own pages and products, kept in SQL as its files have them."""

import asyncio
from pathlib import Path

import structlog

from services.dialogue.adapters.knowledge.documents import Document
from services.dialogue.adapters.knowledge.formats import Bad, Render
from services.dialogue.adapters.knowledge.lexical import Tokenizer
from services.dialogue.adapters.knowledge.making import MADE_BY, make
from services.dialogue.adapters.knowledge.shop_documents import load_documents, renderer, shop_documents
from services.dialogue.adapters.knowledge.store import Known, SqlDocuments
from shared.errors import ConfigError
from shared.shop import Shop, load_shop
from shared.vectors import Embeds, VectorFile

log = structlog.get_logger()
Fingerprint = tuple[tuple[str, int, int], ...]


class ShopSync:
    """Brings what changed in the shop's files into SQL: an edited page costs the embedding of that page."""

    def __init__(
        self, shop_dir: Path, var: Path, documents: SqlDocuments, tokenizer: Tokenizer, embedder: Embeds
    ) -> None:
        self._shop_dir = shop_dir
        self._file = VectorFile(var / "vectors" / f"{shop_dir.name}-pages.npz", shop_dir / "vectors/pages.npz")
        self._documents = documents
        self._tokenizer = tokenizer
        self._embedder = embedder
        self._seen: Fingerprint = ()
        self._render: Render | None = None

    async def at_start(self, shop: Shop) -> None:
        """Brings everything up to date. Raises ConfigError for a page that cannot be used, Transient."""
        self._seen = await asyncio.to_thread(_fingerprint, self._shop_dir)
        self._render = renderer(shop)
        await self._bring(await asyncio.to_thread(load_documents, shop), [])
        await self._renew()

    async def if_changed(self) -> None:
        """Looks whether a page was edited since; a page that cannot be used is told, and its last version stays.

        Policies are those of the start: a page must not speak of other numbers than the flows decide by.
        """
        seen = await asyncio.to_thread(_fingerprint, self._shop_dir)
        if seen == self._seen:
            return
        try:
            documents, bad = await asyncio.to_thread(lambda: shop_documents(load_shop(self._shop_dir), self._render))
        except ConfigError:
            self._seen = seen  # told once; only another edit can mend it
            raise
        for problem in bad:
            log.error("knowledge.bad_page", page=problem.where, problem=problem.problem)
        await self._bring(documents, bad)
        self._seen = seen

    async def _bring(self, documents: list[Document], bad: list[Bad]) -> None:
        known = {one.reference: one for one in await self._documents.documents(("page", "product"))}
        changed = [document for document in documents if not _is_current(known.get(document.reference), document)]
        if changed:
            await self._documents.put(await make(changed, self._tokenizer, self._embedder, self._file), MADE_BY)
        still_there = {document.reference for document in documents}
        broken = {Path(problem.where).stem for problem in bad}
        gone = [one for one in known if one not in still_there and one[0] not in broken]
        await self._documents.remove(gone)

    async def _renew(self) -> None:
        """Imports that another encoder or way of cutting made are made again."""
        while outdated := await self._documents.outdated(MADE_BY):
            log.info("knowledge.renewing", documents=len(outdated))
            await self._documents.put(await make(outdated, self._tokenizer, self._embedder), MADE_BY)


def _is_current(known: Known | None, document: Document) -> bool:
    return known is not None and known.checksum == document.checksum and known.made_by == MADE_BY


def _fingerprint(shop_dir: Path) -> Fingerprint:
    """Changes when a page, or what pages are made from, does."""
    paths = sorted((shop_dir / "knowledge").rglob("*.md"))
    paths += [shop_dir / "knowledge" / "questions.yaml", shop_dir / "catalogue" / "products.yaml"]
    found = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)

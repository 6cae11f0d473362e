"""The documents in SQL, which owns them: each is replaced as a whole, and every change makes a new version."""

import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, and_, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dialogue.adapters.knowledge.documents import Document, Piece, Reference, Section
from services.dialogue.adapters.knowledge.gaps import SqlGaps
from services.dialogue.adapters.knowledge.tables import DOCUMENTS, METADATA, PASSAGES, STATE
from shared.encoder import DIMENSIONS
from shared.store.sql import Database, open_database

Halves = NDArray[np.float16]
WRITE_WITHIN_S = 60.0
READ_WITHIN_S = 60.0
# Any number will do that no other lock of ours takes.
MAKE_LOCK = 0x6B4E


@dataclass(frozen=True)
class Made:
    """A passage as it is kept, with vectors of itself, its title, `asks` questions, and its sentences."""

    piece: Piece
    words: tuple[str, ...]
    vectors: Halves
    asks: int = 0


@dataclass(frozen=True)
class Known:
    """A document as `list` shows it."""

    id: str
    language: str
    title: str
    source: str
    origin: str
    valid_from: Any
    valid_until: Any
    checksum: str
    made_by: str
    version: int
    passages: int

    @property
    def reference(self) -> Reference:
        return self.id, self.language


class SqlDocuments:
    """Every call raises Transient when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def gaps(self) -> SqlGaps:
        """The questions that none of the documents answered."""
        return SqlGaps(self._database)

    async def prepare(self) -> None:
        """Makes the tables where there are none."""
        async with self._database.writing(WRITE_WITHIN_S) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MAKE_LOCK})
            await connection.run_sync(METADATA.create_all)
            if (await connection.execute(select(STATE))).first() is None:
                await connection.execute(insert(STATE).values(one=1, epoch=secrets.token_hex(4), version=0))

    async def version(self) -> str:
        """The knowledge version: another one whenever what is known has changed."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(STATE.c.epoch, STATE.c.version))).one()
        return f"{row.epoch}-{row.version}"

    async def documents(self, origins: Collection[str] = ()) -> list[Known]:
        """What is known, by id; only from these origins if some are named."""
        counted = select(PASSAGES.c.document, PASSAGES.c.language, func.count().label("passages"))
        counts = counted.group_by(PASSAGES.c.document, PASSAGES.c.language).subquery()
        shown = [column for column in DOCUMENTS.c if column.name not in ("sections", "asks")]
        same = and_(counts.c.document == DOCUMENTS.c.id, counts.c.language == DOCUMENTS.c.language)
        query = select(*shown, func.coalesce(counts.c.passages, 0).label("passages")).outerjoin(counts, same)
        if origins:
            query = query.where(DOCUMENTS.c.origin.in_(sorted(origins)))
        async with self._database.reading(READ_WITHIN_S) as connection:
            rows = await connection.execute(query.order_by(DOCUMENTS.c.id, DOCUMENTS.c.language))
        return [Known(**row._mapping) for row in rows]

    async def put(self, made: Sequence[tuple[Document, Sequence[Made]]], made_by: str) -> None:
        """Puts each document in the place of its older version, all at once."""
        async with self._database.writing(WRITE_WITHIN_S) as connection:
            version = await _next_version(connection)
            await _forget(connection, [document.reference for document, _ in made])
            for document, passages in made:
                await connection.execute(insert(DOCUMENTS).values(_document_row(document, made_by, version)))
                if passages:
                    await connection.execute(insert(PASSAGES), _passage_rows(document, passages))

    async def remove(self, references: Sequence[Reference]) -> None:
        """Forgets these documents."""
        if references:
            async with self._database.writing(WRITE_WITHIN_S) as connection:
                await _next_version(connection)
                await _forget(connection, references)

    async def outdated(self, made_by: str, limit: int = 50) -> list[Document]:
        """Imported documents that something else than `made_by` cut and embedded."""
        query = select(DOCUMENTS).where(DOCUMENTS.c.origin == "import", DOCUMENTS.c.made_by != made_by).limit(limit)
        async with self._database.reading(READ_WITHIN_S) as connection:
            return [_to_document(row) for row in await connection.execute(query)]

    async def everything(self) -> tuple[str, list[Row[Any]]]:
        """The version, and every passage with what its document says about it, in one reading."""
        same = and_(PASSAGES.c.document == DOCUMENTS.c.id, PASSAGES.c.language == DOCUMENTS.c.language)
        about = (DOCUMENTS.c.source, DOCUMENTS.c.origin, DOCUMENTS.c.valid_from, DOCUMENTS.c.valid_until)
        query = select(PASSAGES, *about).join(DOCUMENTS, same)
        ordered = query.order_by(PASSAGES.c.document, PASSAGES.c.language, PASSAGES.c.place)
        async with self._database.reading(READ_WITHIN_S) as connection:
            state = (await connection.execute(select(STATE.c.epoch, STATE.c.version))).one()
            rows = list(await connection.execute(ordered))
        return f"{state.epoch}-{state.version}", rows


@asynccontextmanager
async def open_documents(database_url: str, timeout_s: float = 5.0) -> AsyncIterator[SqlDocuments]:
    """The documents in this database, its tables made. Raises ConfigError for a bad URL, Transient."""
    async with open_database(database_url, timeout_s) as database:
        documents = SqlDocuments(database)
        await documents.prepare()
        yield documents


def vectors_of(blob: bytes) -> Halves:
    """The rows of a passage's `vectors`."""
    return np.frombuffer(blob, dtype=np.float16).reshape(-1, DIMENSIONS)


async def _next_version(connection: AsyncConnection) -> int:
    await connection.execute(update(STATE).values(version=STATE.c.version + 1))
    return int((await connection.execute(select(STATE.c.version))).scalar_one())


async def _forget(connection: AsyncConnection, references: Iterable[Reference]) -> None:
    for some in _batches(list(references), 200):
        passages = or_(*(and_(PASSAGES.c.document == id_, PASSAGES.c.language == lang) for id_, lang in some))
        documents = or_(*(and_(DOCUMENTS.c.id == id_, DOCUMENTS.c.language == lang) for id_, lang in some))
        await connection.execute(delete(PASSAGES).where(passages))
        await connection.execute(delete(DOCUMENTS).where(documents))


def _batches(items: list[Reference], size: int) -> Iterable[list[Reference]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def _document_row(document: Document, made_by: str, version: int) -> dict[str, Any]:
    return {
        "id": document.id,
        "language": document.language,
        "title": document.title,
        "source": document.source,
        "origin": document.origin,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "asks": list(document.asks),
        "sections": [[section.text, section.heading, section.whole] for section in document.sections],
        "checksum": document.checksum,
        "made_by": made_by,
        "version": version,
    }


def _passage_rows(document: Document, passages: Sequence[Made]) -> list[dict[str, Any]]:
    return [
        {
            "document": document.id,
            "language": document.language,
            "place": place,
            "title": made.piece.title,
            "text": made.piece.text,
            "leads": made.piece.leads,
            "asks": made.asks,
            "words": list(made.words),
            "vectors": made.vectors.tobytes(),
        }
        for place, made in enumerate(passages)
    ]


def _to_document(row: Row[Any]) -> Document:
    sections = tuple(Section(text_, heading, whole) for text_, heading, whole in row.sections)
    head = (row.id, row.title, row.language, row.source, sections, row.origin)
    return Document(*head, row.valid_from, row.valid_until, tuple(row.asks))

"""Connections to SQLite and PostgreSQL that treat transactions and delays alike."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.errors import ConfigError, Transient

# Our own mistakes, or an answer that the caller waits for: no second try makes them right.
_LASTING = (IntegrityError, ProgrammingError, DataError)


class Database:
    """Transactions with a deadline of `timeout_s` seconds each. Raises Transient when it passes, or nobody answers."""

    def __init__(self, engine: AsyncEngine, timeout_s: float) -> None:
        self._engine = engine
        self._writer = engine.execution_options(deskbell_writes=True)
        self._timeout_s = timeout_s
        # SQLite lets one write at a time, and who has to wait sleeps and tries again: better to queue before it.
        self._queue = asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @asynccontextmanager
    async def reading(self, timeout_s: float | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of things."""
        async with within(timeout_s or self._timeout_s), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, timeout_s: float | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits when left without an error."""
        async with within(timeout_s or self._timeout_s), self._queue, self._writer.begin() as connection:
            yield connection


@asynccontextmanager
async def within(timeout_s: float) -> AsyncIterator[None]:
    """Gives the database `timeout_s` seconds. Raises Transient."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except _LASTING:
        raise
    except (OSError, DBAPIError, PoolTimeout) as exc:
        raise Transient(f"the database did not answer: {type(exc).__name__}") from exc


@asynccontextmanager
async def open_database(database_url: str, timeout_s: float) -> AsyncIterator[Database]:
    """The database at this SQLAlchemy URL. Raises ConfigError if the URL is not usable."""
    engine = _engine(database_url, timeout_s)
    try:
        yield Database(engine, timeout_s)
    finally:
        await engine.dispose()


def _engine(database_url: str, timeout_s: float) -> AsyncEngine:
    try:
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url, timeout_s)
        return create_async_engine(url, pool_pre_ping=True, connect_args={"timeout": timeout_s})
    except (ArgumentError, ModuleNotFoundError) as exc:
        raise ConfigError(f"DESKBELL_DATABASE_URL cannot be used: {exc}") from exc


def _sqlite_engine(url: URL, timeout_s: float) -> AsyncEngine:
    if url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise ConfigError(f"the folder of {url.database} cannot be made: {exc.strerror}") from exc
    # isolation_level None: the driver leaves BEGIN to us.
    engine = create_async_engine(url, connect_args={"timeout": timeout_s, "isolation_level": None})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock before it reads: what it decides on cannot change under it.
    writes = connection.get_execution_options().get("deskbell_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

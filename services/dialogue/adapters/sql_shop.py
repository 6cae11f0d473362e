"""The embedded shop: the catalogue in SQL, acts in one transaction with their receipt."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from sqlite3 import SQLITE_BUSY
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dialogue.adapters import sql_queries as sql
from services.dialogue.adapters.sql_rows import catalogue_rows
from services.dialogue.adapters.sql_state import read_state
from services.dialogue.adapters.sql_tables import METADATA, ORDERS, RECEIPTS, add_missing_columns
from services.dialogue.domain.actions import plan_act, preview_act, receipt_number
from services.dialogue.domain.shop import (
    MOST_ORDERS,
    Customer,
    Drifted,
    Glimpse,
    Order,
    OrderStatus,
    Preview,
    Product,
    Receipt,
    Refusal,
    ServiceRequest,
)
from shared.errors import ConfigError, Transient
from shared.shop import Shop
from shared.shop.formats.base import Done, Records
from shared.store.sql import Database, open_database

Clock = Callable[[], datetime]

FILL_TIMEOUT_S = 120.0
RETRY_S = 0.5
# Any number will do, as long as every process that fills the same database takes the same one.
FILL_LOCK = 0x5E11


def _now() -> datetime:
    return datetime.now(UTC)


class SqlShop:
    """The ShopBackend of the embedded shop, and the means to set it back. Every call raises Transient."""

    def __init__(self, database: Database, shop: Shop, clock: Clock) -> None:
        self._database = database
        self._shop = shop
        self._clock = clock

    async def find_customer(self, *, customer_id: str | None = None, email: str | None = None) -> Customer | None:
        async with self._database.reading() as connection:
            if customer_id is not None:
                return await sql.customer_by(connection, customer_id)
            return await sql.customer_at(connection, email) if email is not None else None

    async def orders(self, customer_id: str) -> tuple[Order, ...]:
        # By their text moments of other zones are up to a day out of place: that matters to the oldest of them alone.
        newest = select(ORDERS).where(ORDERS.c.customer_id == customer_id).order_by(ORDERS.c.placed_at.desc())
        async with self._database.reading() as connection:
            found = await sql.orders_in(connection, newest.limit(MOST_ORDERS))
        return tuple(sorted(found, key=lambda order: (order.placed_at, order.number), reverse=True))

    async def order(self, number: str) -> Order | None:
        async with self._database.reading() as connection:
            return await sql.order_by(connection, number)

    async def glimpse(self, number: str, proof: str) -> Glimpse | None:
        async with self._database.reading() as connection:
            return await sql.glimpse_of(connection, number, proof)

    async def products(self, ids: Collection[str] | None = None) -> tuple[Product, ...]:
        async with self._database.reading() as connection:
            return await sql.products_by(connection, ids)

    async def requests(self, customer_id: str) -> tuple[ServiceRequest, ...]:
        async with self._database.reading() as connection:
            return await sql.requests_of(connection, customer_id)

    async def preview(self, customer_id: str, action: str, arguments: dict[str, str]) -> Preview | Refusal:
        if action not in self._shop.profile.actions:
            return Refusal(reason="action_not_allowed", facts={"action": action})
        async with self._database.reading() as connection:
            live = await sql.situation(connection, customer_id, arguments, self._shop.policies, self._now())
        return preview_act(action, arguments, live)

    async def commit(self, customer_id: str, preview: Preview, key: str) -> Receipt | Drifted:
        try:
            async with self._database.writing() as connection:
                return await self._commit(connection, customer_id, preview, key)
        except IntegrityError:
            # Another commit under this key was faster: ours was rolled back, its receipt stands.
            if receipt := await self.receipt(key):
                return receipt
            raise

    async def receipt(self, key: str) -> Receipt | None:
        async with self._database.reading() as connection:
            return await sql.receipt_by(connection, key)

    async def receipts(self) -> int:
        """How many changes were receipted since the last reset."""
        async with self._database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(RECEIPTS))).scalar_one())

    async def made(self) -> list[tuple[str, str, str]]:
        """Action, target and facts of every change since the last reset, the oldest first."""
        query = select(RECEIPTS).order_by(RECEIPTS.c.committed_at, RECEIPTS.c.number)
        async with self._database.reading() as connection:
            rows = await sql.every(connection, query)
        return [(row["action"], row["target"], json.dumps(row["facts"], sort_keys=True)) for row in rows]

    async def order_statuses(self, numbers: Collection[str]) -> dict[str, str]:
        """The statuses of those of these orders that there are."""
        query = select(ORDERS.c.number, ORDERS.c.status).where(ORDERS.c.number.in_(sorted(numbers)))
        async with self._database.reading() as connection:
            return {row["number"]: row["status"] for row in await sql.every(connection, query)}

    async def set_status(self, order: str, status: str) -> None:
        """Changes an order as the shop's own staff would. Raises ConfigError without such an order or status."""
        if status not in get_args(OrderStatus):
            raise ConfigError(f"`{status}` is no status of an order; use one of {', '.join(get_args(OrderStatus))}")
        async with self._database.writing() as connection:
            changed = await connection.execute(update(ORDERS).where(ORDERS.c.number == order).values(status=status))
        if changed.rowcount == 0:
            raise ConfigError(f"the shop has no order {order}")

    async def state(self) -> tuple[Records, tuple[Done, ...]]:
        """All records as they are now, and every act since the last reset, the oldest first."""
        async with self._database.reading(FILL_TIMEOUT_S) as connection:
            return await read_state(connection)

    async def reset(self) -> None:
        """Back to the catalogue's state, receipts gone. Raises ConfigError if the catalogue's files are wrong."""
        rows = self._rows()
        async with self._database.writing(FILL_TIMEOUT_S) as connection:
            for table in METADATA.sorted_tables:
                await connection.execute(delete(table))
            await sql.fill(connection, rows)

    async def prepare(self) -> None:
        """Makes the tables where there are none and fills them if all are empty. Raises ConfigError."""
        async with self._database.writing(FILL_TIMEOUT_S) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": FILL_LOCK})
            await connection.run_sync(METADATA.create_all)
            await connection.run_sync(add_missing_columns)
            if await sql.is_empty(connection):
                await sql.fill(connection, self._rows())

    def _now(self) -> datetime:
        """The time on the shop's clock."""
        return self._clock().astimezone(ZoneInfo(self._shop.profile.timezone))

    def _rows(self) -> list[tuple[Table, list[dict[str, Any]]]]:
        return list(catalogue_rows(self._shop, self._now().date()))

    async def _commit(
        self, connection: AsyncConnection, customer_id: str, preview: Preview, key: str
    ) -> Receipt | Drifted:
        # The state is locked first: whoever waited here then sees the receipt of the one before.
        now, arguments = self._now(), preview.arguments
        live = await sql.situation(connection, customer_id, arguments, self._shop.policies, now, lock=True)
        if receipt := await sql.receipt_by(connection, key):
            return receipt
        if preview.action not in self._shop.profile.actions:
            return Drifted(refusal=Refusal(reason="action_not_allowed", facts={"action": preview.action}))
        fresh = plan_act(preview.action, arguments, live)
        if isinstance(fresh, Refusal):
            return Drifted(refusal=fresh)
        if fresh.preview.digest != preview.digest:
            return Drifted(preview=fresh.preview)
        row = _receipt_row(customer_id, fresh.preview, key, self._clock())
        await sql.write(connection, fresh.planned, row)
        await connection.execute(insert(RECEIPTS).values(row))
        return Receipt.model_validate(row)


def _receipt_row(customer_id: str, done: Preview, key: str, now: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "number": receipt_number(key),
        "customer_id": customer_id,
        "action": done.action,
        "target": done.target,
        "arguments": done.arguments,
        "facts": done.facts,
        "committed_at": now,
    }


@asynccontextmanager
async def open_sql_shop(
    database_url: str, shop: Shop, timeout_s: float = 2.0, wait_s: float = 60.0, clock: Clock = _now
) -> AsyncIterator[SqlShop]:
    """The embedded shop in this database, filled from the catalogue when its tables are empty.

    `timeout_s` is the deadline of each call, `wait_s` how long a server that does not accept connections yet is
    waited for. Raises ConfigError if the database or the catalogue cannot be used.
    """
    async with open_database(database_url, timeout_s) as database:
        backend = SqlShop(database, shop, clock)
        await _prepare(backend, database_url, asyncio.get_running_loop().time() + wait_s)
        yield backend


async def _prepare(backend: SqlShop, database_url: str, until: float) -> None:
    while True:
        try:
            return await backend.prepare()
        except Transient as exc:
            reason = exc.__cause__
            if not _may_pass(reason) or asyncio.get_running_loop().time() > until:
                where = make_url(database_url).render_as_string(hide_password=True)
                told = (str(reason).splitlines() or ["no answer in time"])[0]
                raise ConfigError(
                    f"the shop's database {where} cannot be opened: {told}; start it, or mend DESKBELL_DATABASE_URL"
                ) from exc
        # A server that is still starting raises no event, nor does a file that another process is filling.
        await asyncio.sleep(RETRY_S)


def _may_pass(reason: BaseException | None) -> bool:
    """Whether a database is not there yet, or is a file that another process holds."""
    origin = reason.orig if isinstance(reason, DBAPIError) else reason
    return isinstance(origin, OSError) or getattr(origin, "sqlite_errorcode", None) == SQLITE_BUSY

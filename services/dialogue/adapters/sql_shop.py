"""The embedded shop: the catalogue in SQL, acts in one transaction with their receipt."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import Select, Table, delete, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dialogue.adapters.sql_engine import Database, open_database
from services.dialogue.adapters.sql_rows import Row, catalogue_rows, skus_of, to_order, to_products, to_receipt
from services.dialogue.adapters.sql_tables import CUSTOMERS, METADATA, ORDERS, PRODUCTS, RECEIPTS, VARIANTS
from services.dialogue.domain.actions import ACTIONS, preview_act, receipt_number
from services.dialogue.domain.shop import Customer, Drifted, Order, OrderStatus, Preview, Product, Receipt, Refusal
from shared.errors import ConfigError, Transient
from shared.shop import Shop

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
        query = select(CUSTOMERS).limit(1)
        if customer_id is not None:
            query = query.where(CUSTOMERS.c.id == customer_id)
        elif email is not None:
            query = query.where(func.lower(CUSTOMERS.c.email) == email.strip().lower())
        else:
            return None
        async with self._database.reading() as connection:
            row = await _first(connection, query)
        return Customer.model_validate(row) if row else None

    async def orders(self, customer_id: str) -> tuple[Order, ...]:
        query = select(ORDERS).where(ORDERS.c.customer_id == customer_id)
        async with self._database.reading() as connection:
            found = await _orders(connection, query)
        return tuple(sorted(found, key=lambda order: (order.placed_at, order.number), reverse=True))

    async def order(self, number: str) -> Order | None:
        async with self._database.reading() as connection:
            return await _order(connection, number)

    async def products(self) -> tuple[Product, ...]:
        async with self._database.reading() as connection:
            products = await _all(connection, select(PRODUCTS).order_by(PRODUCTS.c.position))
            variants = await _all(connection, select(VARIANTS).order_by(VARIANTS.c.position))
        return to_products(products, variants)

    async def preview(self, customer_id: str, action: str, arguments: dict[str, str]) -> Preview | Refusal:
        return self._preview(customer_id, action, arguments, await self.order(arguments.get("order", "")))

    async def commit(self, customer_id: str, preview: Preview, key: str) -> Receipt | Drifted:
        try:
            async with self._database.writing() as connection:
                return await self._commit(connection, customer_id, preview, key)
        except IntegrityError:
            # Another order's commit under this key was faster: ours was rolled back, its receipt stands.
            if receipt := await self.receipt(key):
                return receipt
            raise

    async def receipt(self, key: str) -> Receipt | None:
        async with self._database.reading() as connection:
            return await _receipt(connection, key)

    async def receipts(self) -> int:
        """How many changes were receipted since the last reset."""
        async with self._database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(RECEIPTS))).scalar_one())

    async def order_statuses(self, numbers: Collection[str]) -> dict[str, str]:
        """The statuses of those of these orders that there are."""
        query = select(ORDERS.c.number, ORDERS.c.status).where(ORDERS.c.number.in_(sorted(numbers)))
        async with self._database.reading() as connection:
            return {row["number"]: row["status"] for row in await _all(connection, query)}

    async def set_status(self, order: str, status: str) -> None:
        """Changes an order as the shop's own staff would. Raises ConfigError without such an order or status."""
        if status not in get_args(OrderStatus):
            raise ConfigError(f"`{status}` is no status of an order; use one of {', '.join(get_args(OrderStatus))}")
        async with self._database.writing() as connection:
            changed = await connection.execute(update(ORDERS).where(ORDERS.c.number == order).values(status=status))
        if changed.rowcount == 0:
            raise ConfigError(f"the shop has no order {order}")

    async def reset(self) -> None:
        """Back to the catalogue's state, receipts gone. Raises ConfigError if the catalogue's files are wrong."""
        rows = list(catalogue_rows(self._shop))
        async with self._database.writing(FILL_TIMEOUT_S) as connection:
            for table in METADATA.sorted_tables:
                await connection.execute(delete(table))
            await _fill(connection, rows)

    async def prepare(self) -> None:
        """Makes the tables where there are none and fills them if all are empty. Raises ConfigError."""
        async with self._database.writing(FILL_TIMEOUT_S) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": FILL_LOCK})
            await connection.run_sync(METADATA.create_all)
            if await _is_empty(connection):
                await _fill(connection, catalogue_rows(self._shop))

    def _preview(
        self, customer_id: str, action: str, arguments: dict[str, str], order: Order | None
    ) -> Preview | Refusal:
        if action not in self._shop.profile.actions:
            return Refusal(reason="action_not_allowed", facts={"action": action})
        return preview_act(action, customer_id, arguments, order, self._shop.policies)

    async def _commit(
        self, connection: AsyncConnection, customer_id: str, preview: Preview, key: str
    ) -> Receipt | Drifted:
        # The order is locked first: whoever waited here then sees the receipt of the one before.
        order = await _order(connection, preview.arguments.get("order", preview.target), lock=True)
        if receipt := await _receipt(connection, key):
            return receipt
        fresh = self._preview(customer_id, preview.action, preview.arguments, order)
        if isinstance(fresh, Refusal):
            return Drifted(refusal=fresh)
        if order is None or fresh.digest != preview.digest:
            return Drifted(preview=fresh)
        await _save(connection, ACTIONS[fresh.action].applied(order, fresh.arguments))
        return await self._note(connection, customer_id, fresh, key)

    async def _note(self, connection: AsyncConnection, customer_id: str, done: Preview, key: str) -> Receipt:
        row: dict[str, Any] = {
            "key": key,
            "number": receipt_number(key),
            "customer_id": customer_id,
            "action": done.action,
            "target": done.target,
            "arguments": done.arguments,
            "facts": done.facts,
            "committed_at": self._clock(),
        }
        await connection.execute(insert(RECEIPTS).values(row))
        return to_receipt(row)


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
            if not isinstance(reason, OSError) or asyncio.get_running_loop().time() > until:
                where = make_url(database_url).render_as_string(hide_password=True)
                told = (str(reason).splitlines() or ["no answer in time"])[0]
                raise ConfigError(
                    f"the shop's database {where} cannot be opened: {told}; start it, or mend DESKBELL_DATABASE_URL"
                ) from exc
        # A server that is still starting raises no event.
        await asyncio.sleep(RETRY_S)


async def _first(connection: AsyncConnection, query: Select[Any]) -> Row | None:
    row: Row | None = (await connection.execute(query)).mappings().first()
    return row


async def _all(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    return list((await connection.execute(query)).mappings().all())


async def _order(connection: AsyncConnection, number: str, *, lock: bool = False) -> Order | None:
    query = select(ORDERS).where(ORDERS.c.number == number)
    found = await _orders(connection, query.with_for_update() if lock else query)
    return found[0] if found else None


async def _orders(connection: AsyncConnection, query: Select[Any]) -> list[Order]:
    rows = await _all(connection, query)
    goods = (
        select(VARIANTS.c.sku, VARIANTS.c.product_id, VARIANTS.c.options, PRODUCTS.c.name)
        .join_from(VARIANTS, PRODUCTS, VARIANTS.c.product_id == PRODUCTS.c.id)
        .where(VARIANTS.c.sku.in_(sorted(skus_of(rows))))
    )
    by_sku = {row["sku"]: row for row in await _all(connection, goods)} if rows else {}
    return [to_order(row, by_sku) for row in rows]


async def _receipt(connection: AsyncConnection, key: str) -> Receipt | None:
    row = await _first(connection, select(RECEIPTS).where(RECEIPTS.c.key == key))
    return to_receipt(row) if row else None


async def _save(connection: AsyncConnection, order: Order) -> None:
    changed = {"status": order.status, "postcode": order.postcode, "address": order.address}
    await connection.execute(update(ORDERS).where(ORDERS.c.number == order.number).values(changed))


async def _fill(connection: AsyncConnection, rows: Iterable[tuple[Table, list[dict[str, Any]]]]) -> None:
    for table, values in rows:
        if values:
            await connection.execute(insert(table), values)


async def _is_empty(connection: AsyncConnection) -> bool:
    for table in (CUSTOMERS, PRODUCTS, ORDERS):
        if await _first(connection, select(table).limit(1)):
            return False
    return True

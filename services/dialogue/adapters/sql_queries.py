"""The embedded shop's tables, read and written. `lock` holds what was read until the transaction ends."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dialogue.adapters.sql_rows import Row, customer_changes, order_changes, skus_of, to_order, to_products
from services.dialogue.adapters.sql_tables import CUSTOMERS, ORDERS, PRODUCTS, RECEIPTS, REQUESTS, VARIANTS
from services.dialogue.domain.actions import Situation
from services.dialogue.domain.actions.base import Planned, skus
from services.dialogue.domain.proofs import proves
from services.dialogue.domain.shop import Customer, Glimpse, Order, Product, Receipt, ServiceRequest


async def first(connection: AsyncConnection, query: Select[Any]) -> Row | None:
    """The first row."""
    row: Row | None = (await connection.execute(query)).mappings().first()
    return row


async def every(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    """All rows."""
    return list((await connection.execute(query)).mappings().all())


async def customer_by(connection: AsyncConnection, customer_id: str, *, lock: bool = False) -> Customer | None:
    """The customer with this id."""
    query = select(CUSTOMERS).where(CUSTOMERS.c.id == customer_id)
    row = await first(connection, query.with_for_update() if lock else query)
    return Customer.model_validate(row) if row else None


async def customer_at(connection: AsyncConnection, email: str) -> Customer | None:
    """The customer with this address, in any case. Customers without one are nobody's to find by it."""
    if not email.strip():
        return None
    row = await first(connection, select(CUSTOMERS).where(func.lower(CUSTOMERS.c.email) == email.strip().lower()))
    return Customer.model_validate(row) if row else None


async def order_by(connection: AsyncConnection, number: str, *, lock: bool = False) -> Order | None:
    """The order with this number."""
    query = select(ORDERS).where(ORDERS.c.number == number)
    found = await orders_in(connection, query.with_for_update() if lock else query)
    return found[0] if found else None


async def orders_in(connection: AsyncConnection, query: Select[Any]) -> list[Order]:
    """The orders that the query selects, with the names of their goods."""
    rows = await every(connection, query)
    goods = (
        select(VARIANTS.c.sku, VARIANTS.c.product_id, VARIANTS.c.options, PRODUCTS.c.name)
        .join_from(VARIANTS, PRODUCTS, VARIANTS.c.product_id == PRODUCTS.c.id)
        .where(VARIANTS.c.sku.in_(sorted(skus_of(rows))))
    )
    by_sku = {row["sku"]: row for row in await every(connection, goods)} if rows else {}
    return [to_order(row, by_sku) for row in rows]


async def glimpse_of(connection: AsyncConnection, number: str, proof: str) -> Glimpse | None:
    """Where the order is, if the proof fits. One query and one comparison, whether there is such an order or not."""
    query = (
        select(ORDERS, CUSTOMERS.c.phone)
        .join_from(ORDERS, CUSTOMERS, ORDERS.c.customer_id == CUSTOMERS.c.id, isouter=True)
        .where(ORDERS.c.number == number)
    )
    row = await first(connection, query)
    fits = proves(proof, row["postcode"] if row else "", (row["phone"] or "") if row else "")
    return Glimpse.model_validate(row) if row and fits else None


async def products_by(
    connection: AsyncConnection, ids: Collection[str] | None, *, lock: bool = False
) -> tuple[Product, ...]:
    """The products with these ids or SKUs, all for None. A lock is on their variants, and with them on the stock."""
    products, variants = select(PRODUCTS).order_by(PRODUCTS.c.position), select(VARIANTS)
    if ids is not None:
        ids = set(ids) | await _products_with(connection, ids)
        products = products.where(PRODUCTS.c.id.in_(sorted(ids)))
        variants = variants.where(VARIANTS.c.product_id.in_(sorted(ids)))
    # Rows are locked in the order in which they are read: two commits that want the same must not cross.
    variants = variants.order_by(VARIANTS.c.product_id, VARIANTS.c.position)
    rows = await every(connection, products)
    return to_products(rows, await every(connection, variants.with_for_update() if lock else variants))


async def requests_of(connection: AsyncConnection, customer_id: str) -> tuple[ServiceRequest, ...]:
    """What the customer has asked the staff for, the newest first."""
    rows = await every(connection, select(REQUESTS).where(REQUESTS.c.customer_id == customer_id))
    found = [ServiceRequest.model_validate(row) for row in rows]
    return tuple(sorted(found, key=lambda request: (request.created_at, request.number), reverse=True))


async def receipt_by(connection: AsyncConnection, key: str) -> Receipt | None:
    """The receipt under this key."""
    row = await first(connection, select(RECEIPTS).where(RECEIPTS.c.key == key))
    return Receipt.model_validate(row) if row else None


async def situation(  # noqa: PLR0913 - all that an act looks at
    connection: AsyncConnection,
    customer_id: str,
    arguments: Mapping[str, str],
    policies: Mapping[str, Any],
    now: datetime,
    *,
    lock: bool = False,
) -> Situation | None:
    """The live state that an act on these arguments looks at; None without such a customer."""
    # Customer, order, goods: always in this order, so that no two commits wait for each other.
    customer = await customer_by(connection, customer_id, lock=lock)
    number = arguments.get("order", "")
    order = await order_by(connection, number, lock=lock) if number else None
    if customer is None:
        return None
    named = set(skus(f"{arguments.get('item', '')},{arguments.get('option', '')}"))
    named |= {line.sku for line in customer.basket} | {line.sku for line in (order.lines if order else ())}
    products = await products_by(connection, named, lock=lock) if named else ()
    requests = await requests_of(connection, customer_id)
    return Situation(customer, order, products, requests, policies, now)


async def _products_with(connection: AsyncConnection, named: Collection[str]) -> set[str]:
    if not named:
        return set()
    query = select(VARIANTS.c.product_id).where(VARIANTS.c.sku.in_(sorted(named)))
    return {row["product_id"] for row in await every(connection, query)}


async def write(connection: AsyncConnection, planned: Planned, row: Row) -> None:
    """Writes what an act changes; `row` is its receipt's."""
    if planned.order is not None:
        changed = update(ORDERS).where(ORDERS.c.number == planned.order.number)
        await connection.execute(changed.values(order_changes(planned.order)))
    if planned.customer is not None:
        record = update(CUSTOMERS).where(CUSTOMERS.c.id == planned.customer.id)
        await connection.execute(record.values(customer_changes(planned.customer)))
    for sku, more in sorted(planned.stock.items()):
        await connection.execute(update(VARIANTS).where(VARIANTS.c.sku == sku).values(stock=VARIANTS.c.stock + more))
    if planned.noted:
        kept = {name: row[name] for name in ("number", "customer_id", "action", "target", "facts")}
        await connection.execute(insert(REQUESTS).values({**kept, "created_at": row["committed_at"]}))


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether the shop was never filled."""
    for table in (CUSTOMERS, PRODUCTS, ORDERS):
        if await first(connection, select(table).limit(1)):
            return False
    return True


async def fill(connection: AsyncConnection, rows: Collection[tuple[Table, list[dict[str, Any]]]]) -> None:
    """Writes the catalogue's rows."""
    for table, values in rows:
        if values:
            await connection.execute(insert(table), values)

"""The embedded shop's whole state as the records of a catalogue, and everything that was done to it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dialogue.adapters.sql_queries import every
from services.dialogue.adapters.sql_rows import Row
from services.dialogue.adapters.sql_tables import CUSTOMERS, ORDERS, PRODUCTS, RECEIPTS, VARIANTS
from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder, CatalogueProduct
from shared.shop.formats.base import Done, Records

PARCEL = ("carrier", "tracking_number", "shipped_at", "expected_at", "delivered_at", "shipping", "deliver_on")
ORDER = ("number", "status", "placed_at", "currency", "lines", "shipping_fee", "postcode", "address")


async def read_state(connection: AsyncConnection) -> tuple[Records, tuple[Done, ...]]:
    """The records, and the acts since the last reset, the oldest first. Moments are those of the moved catalogue."""
    variants: dict[str, list[Row]] = {}
    for row in await every(connection, select(VARIANTS).order_by(VARIANTS.c.position)):
        variants.setdefault(row["product_id"], []).append(row)
    products = [
        _product(row, variants) for row in await every(connection, select(PRODUCTS).order_by(PRODUCTS.c.position))
    ]
    customers = [CatalogueCustomer.model_validate(dict(row)) for row in await every(connection, select(CUSTOMERS))]
    orders = [_order(row) for row in await every(connection, select(ORDERS))]
    done = await every(connection, select(RECEIPTS).order_by(RECEIPTS.c.committed_at, RECEIPTS.c.number))
    return Records(tuple(products), tuple(customers), tuple(orders)), tuple(_done(row) for row in done)


def _product(row: Row, variants: Mapping[str, list[Row]]) -> CatalogueProduct:
    own = [{name: variant[name] for name in ("sku", "options", "prices", "stock")} for variant in variants[row["id"]]]
    kept = {name: value for name, value in row.items() if name != "position"}
    return CatalogueProduct.model_validate({**kept, "variants": own})


def _order(row: Row) -> CatalogueOrder:
    parcel: dict[str, Any] = {name: row[name] for name in PARCEL}
    paid = {"method": row["payment_method"], "last4": row["payment_last4"]}
    lines = [{**line, "price": Decimal(line["price"])} for line in row["lines"]]
    kept = {name: row[name] for name in ORDER}
    return CatalogueOrder.model_validate(
        {**kept, "customer": row["customer_id"], "lines": lines, "payment": paid, "delivery": parcel}
    )


def _done(row: Row) -> Done:
    return Done(row["customer_id"], row["action"], row["target"], row["arguments"], row["facts"])

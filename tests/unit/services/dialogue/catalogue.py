"""The demo shop's whole catalogue behind the engine: the shop in memory, as on the day that the catalogue speaks of."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from services.dialogue.adapters.sql_rows import catalogue_rows, to_order, to_products
from services.dialogue.domain.shop import Customer
from services.dialogue.domain.state import Plan
from shared.contracts.messages import Entity, Request
from shared.ports import Identity
from shared.shop import load_shop
from tests.unit.services.dialogue.world import FakeShop, Talker

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC).timestamp()


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return {table.name: rows for table, rows in catalogue_rows(load_shop(Path("shops/demo")), DAY)}


def catalogue_shop() -> FakeShop:
    """The shop of the catalogue, untouched."""
    rows = _rows()
    products = to_products(rows["shop_products"], rows["shop_variants"])
    goods = {v.sku: {"product_id": p.id, "name": p.name, "options": v.options} for p in products for v in p.variants}
    orders = {row["number"]: to_order(row, goods) for row in rows["shop_orders"]}
    customers = {row["id"]: Customer.model_validate(row) for row in rows["shop_customers"]}
    return FakeShop(orders, customers, {product.id: product for product in products}, now=NOON)


def customer(number: str, language: str = "en") -> Talker:
    """A signed-in customer of the demo shop."""
    return Talker(Identity("L2", number), language=language, shop=catalogue_shop(), now=NOON)  # type: ignore[arg-type]


def wish(talk: Talker, text: str, intent: str, **entities: str) -> Plan:
    """Says it, understood as this intent with these entities: `size="43"`; several values of a type joined by `|`."""
    found = tuple(
        Entity(type=kind, text=value, value=value, start=0, end=1)
        for kind, joined in entities.items()
        for value in joined.split("|")
    )
    return talk.hear([Request(intent=intent, confidence=0.95, text=text, entities=found)], text)

"""Port `ShopReads` on the tables of the embedded shop."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.proactive.adapters.sql_tables import CUSTOMERS, ORDERS, PRODUCTS, REQUESTS, VARIANTS
from services.proactive.domain.records import Goods, Notice, Parcel, Person, ShopView
from shared.errors import Transient
from shared.store.sql import Database

Row = Mapping[Any, Any]


class SqlShopReads:
    """Reads one state of the shop, in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def view(self) -> ShopView:
        """Everything that rules may look at. Raises Transient."""
        try:
            return await self._view()
        except ProgrammingError as exc:
            raise Transient("the shop's tables are not there yet") from exc

    async def _view(self) -> ShopView:
        async with self._database.reading() as connection:
            people = await _rows(connection, select(CUSTOMERS))
            orders = await _rows(connection, select(ORDERS).where(ORDERS.c.status.not_in(("unpaid", "cancelled"))))
            asked = REQUESTS.c.action.in_(("notify_stock", "file_complaint"))
            requests = await _rows(connection, select(REQUESTS).where(asked))
            joined = select(VARIANTS, PRODUCTS.c.name, PRODUCTS.c.category, PRODUCTS.c.attributes).join_from(
                VARIANTS, PRODUCTS, VARIANTS.c.product_id == PRODUCTS.c.id
            )
            goods = await _rows(connection, joined)
        complaints: dict[str, tuple[datetime, ...]] = {}
        for row in requests:
            if row["action"] == "file_complaint":
                filed = complaints.get(row["customer_id"], ())
                complaints[row["customer_id"]] = (*filed, datetime.fromisoformat(row["created_at"]))
        return ShopView(
            people={row["id"]: _person(row) for row in people},
            parcels=tuple(_parcel(row) for row in orders),
            notices=tuple(_notice(row) for row in requests if row["action"] == "notify_stock"),
            complaints=complaints,
            goods={row["sku"]: Goods(**row) for row in goods},
        )


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _person(row: Row) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        language=row["language"],
        currency=row["currency"],
        tier=row["tier"],
        opted_out=tuple(row["opted_out"]),
        consents=tuple(row["consents"]),
        basket=tuple((line["sku"], line["quantity"]) for line in row["basket"]),
        coupons=tuple(coupon["code"] for coupon in row["coupons"]),
    )


def _parcel(row: Row) -> Parcel:
    return Parcel(
        number=row["number"],
        customer_id=row["customer_id"],
        status=row["status"],
        skus=tuple(line["sku"] for line in row["lines"]),
        placed_at=datetime.fromisoformat(row["placed_at"]),
        carrier=row["carrier"],
        expected_at=_moment(row["expected_at"]),
        delivered_at=_moment(row["delivered_at"]),
    )


def _notice(row: Row) -> Notice:
    return Notice(row["number"], row["customer_id"], row["target"], datetime.fromisoformat(row["created_at"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

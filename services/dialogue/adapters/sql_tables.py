"""The tables of the embedded shop, for SQLite and PostgreSQL."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Dialect, Index, Integer, MetaData, String, Table, TypeDecorator, func


class Moment(TypeDecorator[datetime]):
    """A moment as ISO 8601 text: SQLite would drop the offset, and what was imported must go out unchanged."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Amount(TypeDecorator[Decimal]):
    """An amount of money as text: SQLite has no decimals."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


METADATA = MetaData()

CUSTOMERS = Table(
    "shop_customers",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("postcode", String, nullable=False),
    Column("address", String, nullable=False),
    Column("tier", String, nullable=False),
)
Index("shop_customers_email", func.lower(CUSTOMERS.c.email))

PRODUCTS = Table(
    "shop_products",
    METADATA,
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", JSON, nullable=False),
    Column("category", String, nullable=False),
    Column("description", JSON, nullable=False),
    Column("attributes", JSON, nullable=False),
)

VARIANTS = Table(
    "shop_variants",
    METADATA,
    Column("sku", String, primary_key=True),
    Column("product_id", String, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("options", JSON, nullable=False),
    Column("prices", JSON, nullable=False),
    Column("stock", Integer, nullable=False),
)

ORDERS = Table(
    "shop_orders",
    METADATA,
    Column("number", String, primary_key=True),
    Column("customer_id", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("currency", String, nullable=False),
    Column("lines", JSON, nullable=False),
    Column("shipping_fee", Amount, nullable=False),
    Column("payment_method", String, nullable=False),
    Column("payment_last4", String, nullable=False),
    Column("carrier", String, nullable=False),
    Column("tracking_number", String, nullable=False),
    Column("shipped_at", Moment),
    Column("expected_at", Moment),
    Column("delivered_at", Moment),
    Column("postcode", String, nullable=False),
    Column("address", String, nullable=False),
)

RECEIPTS = Table(
    "shop_receipts",
    METADATA,
    Column("key", String, primary_key=True),
    Column("number", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("action", String, nullable=False),
    Column("target", String, nullable=False, index=True),
    Column("arguments", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("committed_at", Moment, nullable=False),
)

"""The tables of the embedded shop, for SQLite and PostgreSQL."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    func,
    inspect,
    text,
)
from sqlalchemy.schema import CreateIndex


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
    Column("points", Integer, nullable=False, server_default="0"),
    Column("payment_methods", JSON, nullable=False, server_default="[]"),
    Column("coupons", JSON, nullable=False, server_default="[]"),
    Column("opted_out", JSON, nullable=False, server_default="[]"),
    Column("consents", JSON, nullable=False, server_default="[]"),
    Column("basket", JSON, nullable=False, server_default="[]"),
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
    Column("customer_id", String, nullable=False),
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
    Column("shipping", String, nullable=False, server_default="standard"),
    Column("deliver_on", String, nullable=False, server_default=""),
)
Index("shop_orders_newest", ORDERS.c.customer_id, ORDERS.c.placed_at)

REQUESTS = Table(
    "shop_requests",
    METADATA,
    Column("number", String, primary_key=True),
    Column("customer_id", String, nullable=False, index=True),
    Column("action", String, nullable=False),
    Column("target", String, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
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


def add_missing_columns(connection: Connection) -> None:
    """Brings tables of an earlier version up to date: columns and indexes came since. Each has a server default."""
    inspector = inspect(connection)
    for table in METADATA.sorted_tables:
        there = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there and column.server_default is not None:
                kind = column.type.compile(connection.dialect)
                default = getattr(column.server_default, "arg", "")
                connection.execute(
                    text(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind} NOT NULL DEFAULT '{default}'")
                )
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))

"""The tables of the embedded shop as far as they are read here, and the ledger's own."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, MetaData, String, Table, column, table

CUSTOMERS = table(
    "shop_customers",
    column("id", String), column("name", String), column("language", String), column("currency", String),
    column("tier", String), column("opted_out", JSON), column("consents", JSON), column("basket", JSON),
    column("coupons", JSON),
)  # fmt: skip
ORDERS = table(
    "shop_orders",
    column("number", String), column("customer_id", String), column("status", String), column("lines", JSON),
    column("placed_at", String), column("carrier", String), column("expected_at", String),
    column("delivered_at", String),
)  # fmt: skip
REQUESTS = table(
    "shop_requests",
    column("number", String), column("customer_id", String), column("action", String), column("target", String),
    column("created_at", String),
)  # fmt: skip
PRODUCTS = table(
    "shop_products",
    column("id", String), column("name", JSON), column("category", String), column("attributes", JSON),
)  # fmt: skip
VARIANTS = table(
    "shop_variants",
    column("sku", String), column("product_id", String), column("options", JSON), column("prices", JSON),
    column("stock"),
)  # fmt: skip

METADATA = MetaData()
SENT = Table(
    "proactive_sent",
    METADATA,
    Column("key", String, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("reply", JSON, nullable=False),
    Column("coupon", JSON),
    Column("has_coupon", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    Column("finished", Boolean, nullable=False),
)
Index("proactive_sent_customer", SENT.c.customer_id, SENT.c.at)
Index("proactive_sent_finished", SENT.c.finished)
SEEN = Table(
    "proactive_seen",
    METADATA,
    Column("subject", String, primary_key=True),
    Column("since", Float, nullable=False),
)

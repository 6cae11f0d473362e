"""Between the catalogue's entries, the tables' rows and the dialogue's records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from services.dialogue.adapters.sql_tables import CUSTOMERS, ORDERS, PRODUCTS, VARIANTS
from services.dialogue.domain.actions import order_total
from services.dialogue.domain.shop import Order, OrderLine, Product, Receipt, Variant
from shared.shop import Shop
from shared.shop.catalogue import CatalogueOrder, CatalogueProduct

Row = Mapping[str, Any]


def catalogue_rows(shop: Shop) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The shop's catalogue as rows, table by table. Raises ConfigError if its files are wrong."""
    zone = ZoneInfo(shop.profile.timezone)
    yield CUSTOMERS, [customer.model_dump() for customer in shop.customers]
    yield PRODUCTS, [_product_row(product, index) for index, product in enumerate(shop.products)]
    yield VARIANTS, [row for product in shop.products for row in _variant_rows(product)]
    yield ORDERS, [_order_row(order, zone) for order in shop.orders]


def _product_row(product: CatalogueProduct, position: int) -> dict[str, Any]:
    return {**product.model_dump(exclude={"variants"}), "position": position}


def _variant_rows(product: CatalogueProduct) -> Iterator[dict[str, Any]]:
    for position, variant in enumerate(product.variants):
        row = variant.model_dump(mode="json")
        yield {**row, "product_id": product.id, "position": position}


def _order_row(order: CatalogueOrder, zone: tzinfo) -> dict[str, Any]:
    delivery = order.delivery.model_dump()
    moments = {name: _in_zone(delivery[name], zone) for name in ("shipped_at", "expected_at", "delivered_at")}
    return {
        **order.model_dump(exclude={"customer", "payment", "delivery", "lines"}),
        **delivery,
        **moments,
        "placed_at": _in_zone(order.placed_at, zone),
        "customer_id": order.customer,
        "lines": [line.model_dump(mode="json") for line in order.lines],
        "payment_method": order.payment.method,
        "payment_last4": order.payment.last4,
    }


def _in_zone(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment


def to_order(row: Row, goods: Mapping[str, Row]) -> Order:
    """The record of an order's row; `goods` are rows of variants with their product's `name`, by SKU."""
    lines = tuple(_line(line, goods.get(line["sku"])) for line in row["lines"])
    total = order_total([(line.quantity, line.price) for line in lines], row["shipping_fee"])
    return Order.model_validate({**row, "lines": lines, "total": total})


def _line(line: Row, goods: Row | None) -> OrderLine:
    # What was sold may have left the catalogue: then its number has to do as its name.
    known = goods or {"product_id": "", "name": {"en": line["sku"], "zh": line["sku"]}, "options": {}}
    return OrderLine(
        sku=line["sku"],
        product_id=known["product_id"],
        name=known["name"],
        options=known["options"],
        quantity=line["quantity"],
        price=Decimal(line["price"]),
    )


def skus_of(rows: Iterable[Row]) -> set[str]:
    """The goods that these rows of orders speak of."""
    return {line["sku"] for row in rows for line in row["lines"]}


def to_products(products: Sequence[Row], variants: Sequence[Row]) -> tuple[Product, ...]:
    """The records of products with their variants, both in the order of the rows."""
    by_product: dict[str, list[Variant]] = {}
    for row in variants:
        by_product.setdefault(row["product_id"], []).append(Variant.model_validate(row))
    return tuple(Product.model_validate({**row, "variants": by_product.get(row["id"], [])}) for row in products)


def to_receipt(row: Row) -> Receipt:
    return Receipt.model_validate(row)

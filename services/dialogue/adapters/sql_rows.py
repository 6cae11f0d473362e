"""Between the catalogue's entries, the tables' rows and the dialogue's records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from services.dialogue.adapters.sql_tables import CUSTOMERS, ORDERS, PRODUCTS, VARIANTS
from services.dialogue.domain.actions.money import total
from services.dialogue.domain.shop import Customer, Order, OrderLine, Product, Variant
from shared.shop import Shop
from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder, CatalogueProduct

Row = Mapping[str, Any]
ORDER_COLUMNS = (
    "status", "postcode", "address", "payment_method", "payment_last4", "shipping_fee", "shipping", "deliver_on",
)  # fmt: skip
CUSTOMER_COLUMNS = ("name", "phone", "address", "payment_methods", "opted_out", "basket")


def catalogue_rows(shop: Shop, today: date) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The shop's catalogue as rows, table by table. Raises ConfigError if its files are wrong.

    A catalogue that says of which day it speaks is moved to `today`, so that "last week" stays last week.
    """
    day = shop.profile.catalogue_day
    ahead = today - day if day else timedelta(0)
    zone = ZoneInfo(shop.profile.timezone)
    yield CUSTOMERS, [_customer_row(customer, ahead) for customer in shop.customers]
    yield PRODUCTS, [_product_row(product, index) for index, product in enumerate(shop.products)]
    yield VARIANTS, [row for product in shop.products for row in _variant_rows(product)]
    yield ORDERS, [_order_row(order, zone, ahead) for order in shop.orders]


def _customer_row(customer: CatalogueCustomer, ahead: timedelta) -> dict[str, Any]:
    row = customer.model_dump(mode="json")
    for coupon, given in zip(row["coupons"], customer.coupons, strict=True):
        coupon["valid_until"] = str(given.valid_until + ahead) if given.valid_until else None
    return row


def _product_row(product: CatalogueProduct, position: int) -> dict[str, Any]:
    return {**product.model_dump(exclude={"variants"}), "position": position}


def _variant_rows(product: CatalogueProduct) -> Iterator[dict[str, Any]]:
    for position, variant in enumerate(product.variants):
        row = variant.model_dump(mode="json")
        yield {**row, "product_id": product.id, "position": position}


def _order_row(order: CatalogueOrder, zone: tzinfo, ahead: timedelta) -> dict[str, Any]:
    delivery = order.delivery.model_dump()
    moments = {name: _in_zone(delivery[name], zone, ahead) for name in ("shipped_at", "expected_at", "delivered_at")}
    return {
        **order.model_dump(exclude={"customer", "payment", "delivery", "lines"}),
        **delivery,
        **moments,
        "placed_at": _in_zone(order.placed_at, zone, ahead),
        "customer_id": order.customer,
        "lines": [line.model_dump(mode="json") for line in order.lines],
        "payment_method": order.payment.method,
        "payment_last4": order.payment.last4,
    }


def _in_zone(moment: datetime | None, zone: tzinfo, ahead: timedelta) -> datetime | None:
    if moment is None:
        return None
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment) + ahead


def to_order(row: Row, goods: Mapping[str, Row]) -> Order:
    """The record of an order's row; `goods` are rows of variants with their product's `name`, by SKU."""
    lines = tuple(_line(line, goods.get(line["sku"])) for line in row["lines"])
    goods_total = total((line.quantity, line.price) for line in lines)
    return Order.model_validate({**row, "lines": lines, "total": goods_total + row["shipping_fee"]})


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
        returning=line.get("returning", 0),
        exchanging=line.get("exchanging", 0),
    )


def order_changes(order: Order) -> dict[str, Any]:
    """What of an order an act may have changed, as columns."""
    kept = {"sku", "quantity", "price", "returning", "exchanging"}
    return {
        **order.model_dump(include=set(ORDER_COLUMNS)),
        "lines": [line.model_dump(mode="json", include=kept) for line in order.lines],
    }


def customer_changes(customer: Customer) -> dict[str, Any]:
    """What of a customer an act may have changed, as columns."""
    return customer.model_dump(mode="json", include=set(CUSTOMER_COLUMNS))


def skus_of(rows: Iterable[Row]) -> set[str]:
    """The goods that these rows of orders speak of."""
    return {line["sku"] for row in rows for line in row["lines"]}


def to_products(products: Sequence[Row], variants: Sequence[Row]) -> tuple[Product, ...]:
    """The records of products with their variants, both in the order of the rows."""
    by_product: dict[str, list[Variant]] = {}
    for row in variants:
        by_product.setdefault(row["product_id"], []).append(Variant.model_validate(row))
    return tuple(Product.model_validate({**row, "variants": by_product.get(row["id"], [])}) for row in products)

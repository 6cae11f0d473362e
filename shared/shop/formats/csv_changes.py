"""What the shop changed, written into the cells of the format `csv`."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.shop.catalogue import CatalogueOrder, CatalogueProduct, CatalogueVariant
from shared.shop.formats.base import Change, Documents, Records
from shared.shop.formats.csv_tables import MOMENTS, OPTION, Row

Keyed = dict[tuple[str, ...], Row]


def changed(documents: Documents, change: Change) -> None:
    """Brings the tables to the state that the shop is in: cells change only where the record did."""
    for name, keys, rows in _TABLES:
        before, now = rows(change.before), rows(change.now)
        table = documents[name]
        _settle(table, keys, before, now)


def _settle(table: dict[str, Any], keys: tuple[str, ...], before: Keyed, now: Keyed) -> None:
    there = {tuple(row[key] for key in keys): row for row in table["rows"]}
    table["rows"] = [row for key, row in ((tuple(r[k] for k in keys), r) for r in table["rows"])
                     if key in now or key not in before]  # fmt: skip
    for key, record in now.items():
        old = before.get(key)
        row = there.get(key)
        if row is None:
            row = dict.fromkeys(table["columns"], "")
            table["rows"].append(row)
        for column, value in record.items():
            if (old is None or old.get(column) != value) and not _same(row.get(column, ""), value):
                row[column] = value
                if column not in table["columns"]:
                    table["columns"].append(column)


def _same(cell: str, value: str) -> bool:
    """Whether the cell already says this, as 19.9 says 19.90."""
    try:
        return cell == value or Decimal(cell) == Decimal(value)
    except InvalidOperation:
        return False


def _product_rows(records: Records) -> Keyed:
    return {(variant.sku,): _product_row(product, variant) for product in records.products
            for variant in product.variants}  # fmt: skip


def _product_row(product: CatalogueProduct, variant: CatalogueVariant) -> Row:
    currency, price = next(iter(variant.prices.items()))
    options = {f"{OPTION}{name}": _any(text) for name, text in variant.options.items()}
    several = len(product.name) > 1
    names = {f"name_{language}": text for language, text in product.name.items()} if several else {}
    return {
        "product_id": product.id, "sku": variant.sku, "name": _any(product.name), **names,
        "category": product.category, "description": _any(product.description), "price": str(price),
        "currency": currency, "stock": str(variant.stock), **options,
    }  # fmt: skip


def _any(text: Mapping[Any, str]) -> str:
    return next(iter(text.values()))


def _customer_rows(records: Records) -> Keyed:
    fields = ("name", "email", "phone", "language", "currency", "postcode", "address", "tier", "points")
    return {
        (customer.id,): {"customer_id": customer.id} | {field: str(getattr(customer, field)) for field in fields}
        for customer in records.customers
    }


def _order_rows(records: Records) -> Keyed:
    return {(order.number,): _order_row(order) for order in records.orders}


def _order_row(order: CatalogueOrder) -> Row:
    parcel = order.delivery
    return {
        "order_number": order.number, "customer_id": order.customer, "status": order.status,
        "placed_at": order.placed_at.isoformat(), "currency": order.currency,
        "shipping_fee": str(order.shipping_fee), "payment_method": order.payment.method,
        "payment_last4": order.payment.last4, "carrier": parcel.carrier, "tracking_number": parcel.tracking_number,
        "shipping": parcel.shipping, "postcode": order.postcode, "address": order.address,
        **{name: moment.isoformat() if (moment := getattr(parcel, name)) else "" for name in MOMENTS},
    }  # fmt: skip


def _line_rows(records: Records) -> Keyed:
    return {
        (order.number, line.sku): {
            "order_number": order.number, "sku": line.sku, "quantity": str(line.quantity), "price": str(line.price),
            **{name: str(count) for name in ("returning", "exchanging") if (count := getattr(line, name))},
        }
        for order in records.orders
        for line in order.lines
    }  # fmt: skip


_TABLES: tuple[tuple[str, tuple[str, ...], Callable[[Records], Keyed]], ...] = (
    ("products", ("sku",), _product_rows),
    ("customers", ("customer_id",), _customer_rows),
    ("orders", ("order_number",), _order_rows),
    ("order_lines", ("order_number", "sku"), _line_rows),
)

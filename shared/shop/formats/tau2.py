"""The format `tau2`: one JSON file of `products`, `users` and `orders`, as tau2-bench's retail shop has them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.errors import ConfigError
from shared.shop.catalogue import (
    CatalogueCustomer,
    CatalogueLine,
    CatalogueOrder,
    CataloguePayment,
    CatalogueProduct,
    CatalogueVariant,
    Delivery,
    Payment,
)
from shared.shop.formats.base import PLENTY, Documents, Imported, Records, money, read_json, record_of, write_json

Entry = dict[str, Any]
TABLE = "db"
CURRENCY = "USD"
# The format has no dates: everything is of one day, which the catalogue's day moves along.
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
METHODS: Mapping[str, str] = {"credit_card": "card", "paypal": "paypal", "gift_card": "gift_card"}
STATUSES: Mapping[str, str] = {
    "pending": "pending",
    "pending (item modified)": "pending",
    "pending (items modified)": "pending",
    "processed": "packed",
    "shipped": "shipped",
    "delivered": "delivered",
    "cancelled": "cancelled",
    "return requested": "return_requested",
    "exchange requested": "delivered",
}


def read(path: Path) -> Documents:
    """The file's data. Raises ConfigError."""
    source = path / "db.json" if path.is_dir() else path
    data = read_json(source)
    if not isinstance(data, dict):
        raise ConfigError(f"{source}: not a shop of format tau2; its top must have products, users and orders")
    for table in ("products", "users", "orders"):
        if not isinstance(data.get(table), dict):
            raise ConfigError(f"{source}: `{table}` is missing or no mapping of records by id; see docs/shops.md")
    return {TABLE: data}


def write(documents: Documents, out: Path) -> None:
    """Writes the file."""
    write_json(out, documents[TABLE])


def imported(documents: Documents) -> Imported:
    """The shop's records. Raises ConfigError that names a record which is not of the format."""
    data = documents[TABLE]
    cards = {ident: method for user in data["users"].values() for ident, method in methods(user).items()}
    records = Records(
        tuple(_guarded("products", ident, _product, entry) for ident, entry in data["products"].items()),
        tuple(_guarded("users", ident, _customer, entry) for ident, entry in data["users"].items()),
        tuple(_guarded("orders", ident, _order, entry, cards) for ident, entry in data["orders"].items()),
    )
    return Imported(records, ("en",), (CURRENCY,), "America/New_York", DAY.date())


def _guarded(table: str, ident: str, make: Any, *given: Any) -> Any:
    where = f"{table}: {ident}"
    try:
        return make(where, *given)
    except (KeyError, TypeError, AttributeError, IndexError) as exc:
        told = f"{where}: {exc} is missing or not of the format; mend the record, then import again"
        raise ConfigError(told) from exc


def methods(user: Entry) -> dict[str, Entry]:
    """The user's ways to pay, by id."""
    found: dict[str, Entry] = user.get("payment_methods", {})
    return found


def _product(where: str, entry: Entry) -> CatalogueProduct:
    name = {"en": entry["name"]}
    variants = tuple(_variant(where, variant) for variant in entry["variants"].values())
    values = {"id": entry["product_id"], "name": name, "description": name, "category": "goods"}
    product: CatalogueProduct = record_of(CatalogueProduct, where, **values, variants=variants)
    return product


def _variant(where: str, entry: Entry) -> CatalogueVariant:
    variant: CatalogueVariant = record_of(
        CatalogueVariant,
        where,
        sku=entry["item_id"],
        options={name: {"en": str(value)} for name, value in entry["options"].items() if str(value).strip()},
        prices={CURRENCY: money(entry["price"], where)},
        stock=PLENTY if entry["available"] else 0,
    )
    return variant


def _customer(where: str, entry: Entry) -> CatalogueCustomer:
    customer: CatalogueCustomer = record_of(
        CatalogueCustomer,
        where,
        id=entry["user_id"],
        name=" ".join(entry["name"].values()),
        email=entry["email"],
        language="en",
        currency=CURRENCY,
        postcode=entry["address"].get("zip", ""),
        address=address_text(entry["address"]),
        payment_methods=tuple(_method(where, method) for method in methods(entry).values()),
    )
    return customer


def _method(where: str, entry: Entry) -> CataloguePayment:
    if entry["source"] not in METHODS:
        raise ConfigError(f"{where}: `{entry['source']}` is no way to pay; there is: {', '.join(METHODS)}")
    balance = money(entry["balance"], where) if "balance" in entry else None
    last4, method = entry.get("last_four", ""), METHODS[entry["source"]]
    found: CataloguePayment = record_of(
        CataloguePayment, where, id=entry["id"], method=method, last4=last4, balance=balance
    )
    return found


def _order(where: str, entry: Entry, cards: Mapping[str, Entry]) -> CatalogueOrder:
    if entry["status"] not in STATUSES:
        raise ConfigError(f"{where}: `{entry['status']}` is no status of the format; there is: {', '.join(STATUSES)}")
    arrived = entry["status"] in ("delivered", "return requested", "exchange requested")
    tracking = next((ident for parcel in entry["fulfillments"] for ident in parcel["tracking_id"]), "")
    card = cards.get(paid_with(entry), {"source": "paypal"})
    order: CatalogueOrder = record_of(
        CatalogueOrder,
        where,
        number=entry["order_id"],
        customer=entry["user_id"],
        status=STATUSES[entry["status"]],
        placed_at=DAY,
        currency=CURRENCY,
        lines=tuple(_lines(where, entry)),
        payment=Payment.model_validate({"method": METHODS[card["source"]], "last4": card.get("last_four", "")}),
        delivery=Delivery(tracking_number=tracking, delivered_at=DAY if arrived else None),
        postcode=entry["address"].get("zip", ""),
        address=address_text(entry["address"]),
    )
    return order


def _lines(where: str, entry: Entry) -> Iterator[CatalogueLine]:
    """Pieces of the same kind at the same price make one line: the format lists each for itself."""
    pieces = Counter((item["item_id"], money(item["price"], where)) for item in entry["items"])
    returning = Counter(entry.get("return_items") or ())
    exchanging = Counter(entry.get("exchange_items") or ())
    for (sku, price), quantity in pieces.items():
        yield CatalogueLine(
            sku=sku, quantity=quantity, price=price,
            returning=min(quantity, returning[sku]), exchanging=min(quantity, exchanging[sku]),
        )  # fmt: skip


def paid_with(order: Entry) -> str:
    """The id of the way in which most of the order is paid now."""
    paid = paid_by(order)
    return max(paid, key=lambda ident: paid[ident], default="")


def paid_by(order: Entry) -> dict[str, Decimal]:
    """What is paid in each way and was not paid back, by the id of the way; nothing that is settled."""
    paid: dict[str, Decimal] = {}
    for entry in order["payment_history"]:
        sign = 1 if entry["transaction_type"] == "payment" else -1
        ident, amount = entry["payment_method_id"], money(entry["amount"], "payment_history")
        paid[ident] = paid.get(ident, Decimal(0)) + sign * amount
    first = next(iter(paid), "")
    return {ident: amount for ident, amount in paid.items() if amount > 0} or ({first: Decimal(0)} if first else {})


def address_text(address: Entry) -> str:
    """The address in one line, as customers write it."""
    region = f"{address.get('state', '')} {address.get('zip', '')}".strip()
    parts = (address.get("address1"), address.get("address2"), address.get("city"), region, address.get("country"))
    return ", ".join(part for part in parts if part)


def paid_sum(order: Entry) -> Decimal:
    """What the order's goods cost."""
    return sum((money(item["price"], "items") for item in order["items"]), Decimal(0))

"""What acts leave behind in the format `tau2`: its statuses, its payment history, its lists of items."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder
from shared.shop.formats.base import Change, Documents, Done, number
from shared.shop.formats.tau2 import METHODS, STATUSES, TABLE, Entry, paid_by, paid_sum, paid_with

REASONS = {"ordered_by_mistake": "ordered by mistake"}
OTHER_REASON = "no longer needed"
# What the shop's own staff set by hand has no receipt: the nearest word of the format.
WORDS: Mapping[str, str] = {
    "unpaid": "pending", "pending": "pending", "packed": "processed", "shipped": "processed",
    "out_for_delivery": "processed", "delivered": "delivered", "return_requested": "return requested",
    "returned": "return requested", "refunded": "return requested", "cancelled": "cancelled",
}  # fmt: skip
_REGION = re.compile(r"(?:(?P<state>[A-Za-z. ]+?)\s+)?(?P<zip>\d{5}(?:-\d{4})?)")


def changed(documents: Documents, change: Change) -> None:
    """Brings the documents to the state that the shop is in."""
    data = documents[TABLE]
    for done in change.done:
        if (leave := TRACES.get(done.action)) and done.target in data["orders"]:
            leave(data, data["orders"][done.target], done)
    before = {order.number: order for order in change.before.orders}
    for order in change.now.orders:
        if order != before.get(order.number):
            _settle_order(data, order, before.get(order.number))
    customers = {customer.id: customer for customer in change.before.customers}
    for customer in change.now.customers:
        if customer != customers.get(customer.id):
            _settle_customer(data["users"], customer, customers.get(customer.id))
    _settle_stock(data["products"], change)


# --- traces of acts --------------------------------------------------------------------------


def _cancelled(_: Entry, order: Entry, done: Done) -> None:
    order["status"] = "cancelled"
    order["cancel_reason"] = REASONS.get(done.arguments.get("reason", ""), OTHER_REASON)
    order["payment_history"] += [
        {"transaction_type": "refund", "amount": number(amount), "payment_method_id": ident}
        for ident, amount in paid_by(order).items()
        if amount
    ]


def _paid_otherwise(_: Entry, order: Entry, done: Done) -> None:
    total, old = number(paid_sum(order)), paid_with(order)
    new = {"transaction_type": "payment", "amount": total, "payment_method_id": done.arguments["payment_method"]}
    refund = {"transaction_type": "refund", "amount": total, "payment_method_id": old}
    order["payment_history"] += [new, refund]


def _items_changed(data: Entry, order: Entry, done: Done) -> None:
    known = _goods(data)
    swaps = dict(zip(_skus(done.arguments["item"]), _skus(done.arguments["option"]), strict=False))
    method, gap = done.facts.get("payment_id") or paid_with(order), _gap(order, swaps, known)
    order["items"] = [known.get(swaps.get(item["item_id"], ""), item) for item in order["items"]]
    order["status"] = "pending (item modified)"
    if gap:
        kind = "payment" if gap > 0 else "refund"
        order["payment_history"].append(
            {"transaction_type": kind, "amount": number(abs(gap)), "payment_method_id": method}
        )


def _returned(_: Entry, order: Entry, done: Done) -> None:
    order["status"] = "return requested"
    order["return_items"] = _pieces(order, _skus(done.arguments["item"]))
    order["return_payment_method_id"] = done.facts.get("payment_id") or paid_with(order)


def _exchanged(data: Entry, order: Entry, done: Done) -> None:
    swaps = dict(zip(_skus(done.arguments["item"]), _skus(done.arguments["option"]), strict=False))
    order["status"] = "exchange requested"
    order["exchange_items"] = _pieces(order, swaps)
    order["exchange_new_items"] = sorted(swaps[sku] for sku in order["exchange_items"])
    order["exchange_payment_method_id"] = done.facts.get("payment_id") or paid_with(order)
    order["exchange_price_difference"] = number(_gap(order, swaps, _goods(data)))


TRACES: Mapping[str, Callable[[Entry, Entry, Done], None]] = {
    "cancel_order": _cancelled,
    "change_payment": _paid_otherwise,
    "change_item": _items_changed,
    "return_item": _returned,
    "exchange_item": _exchanged,
}


def _skus(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pieces(order: Entry, skus: Iterable[str]) -> list[str]:
    wanted = set(skus)
    return sorted(item["item_id"] for item in order["items"] if item["item_id"] in wanted)


def _goods(data: Entry) -> dict[str, Entry]:
    """Every variant as an order lists it."""
    return {
        variant["item_id"]: {
            "name": product["name"],
            "product_id": product["product_id"],
            "item_id": variant["item_id"],
            "price": variant["price"],
            "options": variant["options"],
        }
        for product in data["products"].values()
        for variant in product["variants"].values()
    }


def _gap(order: Entry, swaps: Mapping[str, str], known: Mapping[str, Entry]) -> Decimal:
    """By how much the new goods cost more than was paid for the old ones."""
    pairs = ((item, known.get(swaps.get(item["item_id"], ""))) for item in order["items"])
    return sum((Decimal(str(new["price"])) - Decimal(str(old["price"])) for old, new in pairs if new), Decimal(0))


# --- records that differ ---------------------------------------------------------------------


def _settle_order(data: Entry, order: CatalogueOrder, before: CatalogueOrder | None) -> None:
    entry = data["orders"].get(order.number)
    if entry is None:
        entry = data["orders"][order.number] = _new_order(order)
        data["users"].setdefault(order.customer, {}).setdefault("orders", []).append(order.number)
    if (before is None or order.status != before.status) and STATUSES.get(entry["status"]) != order.status:
        entry["status"] = WORDS[order.status]
    if before is None or (order.address, order.postcode) != (before.address, before.postcode):
        entry["address"] = parsed_address(order.address, order.postcode, entry["address"])
    if before is None or order.lines != before.lines:
        _settle_items(data, entry, order)


def _new_order(order: CatalogueOrder) -> Entry:
    return {
        "order_id": order.number, "user_id": order.customer, "address": {}, "items": [], "status": "pending",
        "fulfillments": [], "payment_history": [],
    }  # fmt: skip


def _settle_items(data: Entry, entry: Entry, order: CatalogueOrder) -> None:
    """The items that are in the order now; those that were there stay as they are and where they are."""
    missing = Counter({line.sku: 0 for line in order.lines})
    for line in order.lines:
        missing[line.sku] += line.quantity
    kept = []
    for item in entry["items"]:
        if missing[item["item_id"]] > 0:
            missing[item["item_id"]] -= 1
            kept.append(item)
    known, prices = _goods(data), {line.sku: number(line.price) for line in order.lines}
    added = [{**known[sku], "price": prices[sku]} for sku in missing.elements() if sku in known]
    entry["items"] = kept + added


def _settle_customer(users: Entry, customer: CatalogueCustomer, before: CatalogueCustomer | None) -> None:
    entry = users.setdefault(customer.id, {"user_id": customer.id, "name": {}, "address": {}, "orders": []})
    entry.setdefault("name", {}), entry.setdefault("address", {})
    if before is None or customer.name != before.name:
        first, _, last = customer.name.rpartition(" ")
        entry["name"] |= {"first_name": first, "last_name": last}
    if before is None or customer.email != before.email:
        entry["email"] = customer.email
    if before is None or customer.address != before.address:
        entry["address"] = parsed_address(customer.address, customer.postcode, entry["address"])
    if before is None or customer.payment_methods != before.payment_methods:
        _settle_methods(entry.setdefault("payment_methods", {}), customer)


def _settle_methods(entries: dict[str, Entry], customer: CatalogueCustomer) -> None:
    sources = {ours: theirs for theirs, ours in METHODS.items()}
    for method in customer.payment_methods:
        entry = entries.setdefault(method.id, {"source": sources.get(method.method, method.method), "id": method.id})
        if method.last4 and entry.get("last_four") != method.last4:
            entry["last_four"] = method.last4
        if method.balance is not None and Decimal(str(entry.get("balance", "NaN"))) != method.balance:
            entry["balance"] = number(method.balance)


def _settle_stock(products: Entry, change: Change) -> None:
    """New products, prices and availability as the shop changed them.

    The format counts no pieces: those that an act took or gave back make nothing available.
    """
    targets = {done.target for done in change.done}
    orders = (*change.before.orders, *change.now.orders)
    moved = {line.sku for order in orders if order.number in targets for line in order.lines}
    moved |= {sku for done in change.done for sku in _skus(done.arguments.get("option", ""))}
    before = {variant.sku: variant for product in change.before.products for variant in product.variants}
    for product in change.now.products:
        entry = products.setdefault(
            product.id, {"name": product.name.get("en", product.id), "product_id": product.id, "variants": {}}
        )
        for variant in product.variants:
            old = before.get(variant.sku)
            if old is None:
                options = {name: text.get("en", "") for name, text in variant.options.items()}
                entry["variants"][variant.sku] = {"item_id": variant.sku, "options": options}
            target: dict[str, Any] = entry["variants"][variant.sku]
            if old is None or ((old.stock > 0) != (variant.stock > 0) and variant.sku not in moved):
                target["available"] = variant.stock > 0
            if old is None or old.prices != variant.prices:
                target["price"] = number(next(iter(variant.prices.values())))


def parsed_address(text: str, postcode: str, old: Entry) -> Entry:
    """A line such as `12 Elm Street, Flat 3, Austin, TX 78712, USA` in the format's parts.

    What cannot be told apart stays in `address1`; the country is the old one's if the line names none.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    place = next((index for index in range(len(parts) - 1, 0, -1) if _REGION.fullmatch(parts[index])), None)
    found = _REGION.fullmatch(parts[place]) if place else None
    if place is None or found is None or place < 2:
        return {**old, "address1": text, "address2": "", "zip": postcode or old.get("zip", "")}
    country = parts[place + 1] if len(parts) > place + 1 else old.get("country", "")
    return {
        **old, "address1": parts[0], "address2": ", ".join(parts[1 : place - 1]), "city": parts[place - 1],
        "country": country, "state": found["state"] or old.get("state", ""), "zip": found["zip"],
    }  # fmt: skip

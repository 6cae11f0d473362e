"""How orders and acts are shown: components, option labels, and the facts that fill responses. All JSON-ready."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from services.dialogue.domain.shop import Customer, Localised, Order, OrderLine, Preview, Receipt
from services.dialogue.domain.state import PendingPreview
from shared.contracts.messages import Option, PreviewShown

SIGNS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£"}


def local(text: Localised, language: str) -> str:
    """The text in this language, else in any that there is."""
    return text.get(language) or next(iter(text.values()), "")


def at_home(order: Order, zone: tzinfo) -> Order:
    """The order with its times on the shop's clock, so that each date is the shop's."""
    times = {
        name: moment.astimezone(zone)
        for name in ("placed_at", "shipped_at", "expected_at", "delivered_at")
        if (moment := getattr(order, name)) is not None
    }
    return order.model_copy(update=times)


def order_facts(order: Order, language: str) -> dict[str, Any]:
    """What responses may say of an order. Nothing in it identifies the customer."""
    return {
        **order_card(order, language),
        "payment_method": order.payment_method,
        "payment_last4": order.payment_last4,
        "shipped_at": _iso(order.shipped_at),
        "delivered_at": _iso(order.delivered_at),
    }


def order_card(order: Order, language: str) -> dict[str, Any]:
    """The component that shows an order."""
    return {
        "type": "order_card",
        "number": order.number,
        "status": order.status,
        "placed_at": order.placed_at.isoformat(),
        "total": str(order.total),
        "currency": order.currency,
        "items": [_item(line, language) for line in order.lines],
        "carrier": order.carrier or None,
        "tracking_number": order.tracking_number or None,
        "expected_at": _iso(order.expected_at),
    }


def customer_facts(customer: Customer) -> dict[str, Any]:
    """What responses may say of the customer to themselves."""
    coupons = [coupon.model_dump(mode="json") for coupon in customer.coupons]
    kept = {"name", "tier", "points", "currency"}
    return {**customer.model_dump(include=kept), "coupons": coupons}


def basket_facts(lines: Sequence[OrderLine], currency: str, language: str) -> list[dict[str, Any]]:
    """What responses may say of a basket."""
    return [{**_item(line, language), "currency": currency} for line in lines]


def _item(line: OrderLine, language: str) -> dict[str, Any]:
    return {
        "name": local(line.name, language),
        "options": {name: local(value, language) for name, value in line.options.items()},
        "quantity": line.quantity,
        "price": str(line.price),
    }


def order_option(order: Order, language: str, placed: date) -> Option:
    """One order among several: number, first item, date on the shop's clock, amount."""
    more = f" +{len(order.lines) - 1}" if len(order.lines) > 1 else ""
    item = f"{local(order.lines[0].name, language)}{more}" if order.lines else ""
    amount = f"{SIGNS.get(order.currency, order.currency + ' ')}{order.total}"
    parts = (order.number, item, placed.isoformat(), amount)
    return Option(id=order.number, label=" · ".join(part for part in parts if part))


def item_option(line: OrderLine, language: str) -> Option:
    """One item among several: its name, its options, how many."""
    chosen = " / ".join(local(value, language) for value in line.options.values())
    count = f"× {line.quantity}" if line.quantity > 1 else ""
    return Option(id=line.sku, label=" · ".join(part for part in (local(line.name, language), chosen, count) if part))


def preview_shown(pending: PendingPreview) -> PreviewShown:
    """The preview as `expects` carries it; the generator words the effect."""
    expires = datetime.fromtimestamp(pending.expires_at, UTC).isoformat()
    act = pending.preview
    return PreviewShown(
        id=pending.id, action=act.action, target=act.target, effect=f"response:effect_{act.action}", expires_at=expires
    )


def preview_card(pending: PendingPreview, language: str) -> dict[str, Any]:
    """The component that shows what an act would change."""
    shown = preview_shown(pending)
    facts = resolved(pending.preview.facts, language)
    return {"type": "preview", **shown.model_dump(include={"id", "action", "target", "effect"}), "facts": facts}


def target_facts(act: Preview) -> dict[str, Any]:
    """What an act is on: an order's number where `is_order`, else a name of ours that customers need not hear."""
    return {"target": act.target, "is_order": "order" in act.arguments, "action": act.action}


def receipt_card(receipt: Receipt, language: str) -> dict[str, Any]:
    """The component that proves a change."""
    return {"type": "receipt", **receipt_facts(receipt, language)}


def receipt_facts(receipt: Receipt, language: str) -> dict[str, Any]:
    """What responses may say of a receipt."""
    facts = resolved(receipt.facts, language)
    return {"number": receipt.number, "action": receipt.action, "target": receipt.target, "facts": facts}


def resolved(value: Any, language: str) -> Any:
    """The value JSON-ready, with every localised text replaced by the text of this language."""
    if isinstance(value, dict):
        if value and set(value) <= {"en", "zh"}:
            return local(value, language)
        return {str(key): resolved(part, language) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolved(part, language) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

"""Acts on an order that has not arrived: cancel it, change where and how it goes, hurry it, look for it."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from services.dialogue.domain.actions import money
from services.dialogue.domain.actions.base import (
    PROGRESS,
    Action,
    Arguments,
    Planned,
    Seen,
    Situation,
    amount,
    in_time,
    payment_facts,
    refuse,
    refuse_order,
)
from services.dialogue.domain.actions.standing import credited, still_open
from services.dialogue.domain.shop import Customer, Order, PaymentMethod, Preview, Refusal

SHORTEST_ADDRESS = 6
PARTS_WITH_ORDER = frozenset({"shipped", "out_for_delivery"})


# --- cancel ----------------------------------------------------------------------------------


def _cancel(at: Situation, _: Arguments) -> Planned | Refusal:
    order = at.the_order
    if order.status == "cancelled":
        return refuse_order("order_already_cancelled", order)
    if not still_open(at, "cancel.until_status"):
        return refuse_order("cancel_too_late", order)
    facts = {
        "order_number": order.number,
        "amount": str(order.total),
        **payment_facts(order, at.policies),
        "item_count": sum(line.quantity for line in order.lines),
    }
    stock = {line.sku: line.quantity for line in order.lines}
    cancelled = order.model_copy(update={"status": "cancelled"})
    return Planned(order.number, facts, order=cancelled, customer=credited(at, order.total), stock=stock)


def _is_cancelled(seen: Seen, _: Preview, __: str) -> bool:
    return seen.order is not None and seen.order.status == "cancelled"


# --- where and how ---------------------------------------------------------------------------


def _address(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, address = at.the_order, " ".join(asked["address"].split())
    if not still_open(at, "address_change.until_status"):
        return refuse_order("change_too_late", order)
    if len(address) < SHORTEST_ADDRESS:
        return refuse("address_incomplete")
    if address == order.address:
        return refuse_order("address_unchanged", order)
    facts = {"order_number": order.number, "address": address, "old_address": order.address}
    changed = order.model_copy(update={"address": address, "postcode": asked.get("postcode", "")})
    return Planned(order.number, facts, order=changed)


def _payment(at: Situation, asked: Arguments) -> Planned | Refusal:
    order = at.the_order
    method = next((m for m in at.customer.payment_methods if m.id == asked["payment_method"]), None)
    if not still_open(at, "payment_change.until_status"):
        return refuse_order("change_too_late", order)
    if method is None:
        return refuse("payment_method_unknown")
    if (method.method, method.last4) == (order.payment_method, order.payment_last4):
        return refuse_order("payment_unchanged", order)
    if method.balance is not None and method.balance < order.total:
        return refuse("balance_too_low", balance=amount(method.balance), currency=order.currency)
    facts = {
        "order_number": order.number, "amount": str(order.total), "currency": order.currency,
        "payment_method": method.method, "payment_last4": method.last4,
        "old_method": order.payment_method, "old_last4": order.payment_last4,
    }  # fmt: skip
    changed = order.model_copy(update={"payment_method": method.method, "payment_last4": method.last4})
    return Planned(order.number, facts, order=changed, customer=_after_payment(at, method))


def _after_payment(at: Situation, chosen: PaymentMethod) -> Customer | None:
    """The customer with gift cards charged and given back what the order costs; None if no gift card is involved."""
    order = at.the_order
    moved = [
        method.model_copy(update={"balance": method.balance + _moved(order, method, chosen)})
        if method.balance is not None
        else method
        for method in at.customer.payment_methods
    ]
    changed = tuple(moved) != at.customer.payment_methods
    return at.customer.model_copy(update={"payment_methods": tuple(moved)}) if changed else None


def _moved(order: Order, method: PaymentMethod, chosen: PaymentMethod) -> Decimal:
    if method.id == chosen.id:
        return -order.total
    paid_with = (order.payment_method, order.payment_last4) == (method.method, method.last4)
    return order.total if paid_with else Decimal(0)


def _delivery(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, wish = at.the_order, asked["wish"]
    if order.status in PARTS_WITH_ORDER:
        return refuse_order("delivery_with_carrier", order, carrier=order.carrier, tracking=order.tracking_number)
    if not in_time(order, "packed"):
        return refuse_order("change_too_late", order)
    if wish == "faster":
        return _faster(at, order)
    if wish == "later":
        return _later(at, order, asked.get("date", ""))
    return refuse("wish_unknown")


def _faster(at: Situation, order: Order) -> Planned | Refusal:
    if order.shipping == "express":
        return refuse_order("already_express", order)
    more, region = money.express_surcharge(at.policies, order), money.REGIONS.get(order.currency, "")
    facts = {
        "order_number": order.number, "wish": "faster", "amount": amount(more), **payment_facts(order, at.policies),
        "days": str(money.at(at.policies, f"shipping.{region}.express_days") or ""),
    }  # fmt: skip
    fee = order.shipping_fee + more
    changed = {"shipping": "express", "shipping_fee": fee, "total": order.total + more}
    return Planned(order.number, facts, order=order.model_copy(update=changed), noted=True)


def _later(at: Situation, order: Order, day: str) -> Planned | Refusal:
    wanted = parsed_day(day)
    hold = money.number(at.policies, "shipping.hold_days")
    today = at.now.date()
    if wanted is None or not today < wanted <= today + timedelta(days=hold):
        return refuse("day_not_possible", first=str(today + timedelta(days=1)), last=str(today + timedelta(days=hold)))
    facts = {"order_number": order.number, "wish": "later", "date": str(wanted), "amount": "0.00"}
    facts |= {"currency": order.currency}
    return Planned(order.number, facts, order=order.model_copy(update={"deliver_on": str(wanted)}), noted=True)


def parsed_day(text: str) -> date | None:
    """The day of an ISO date, or the first one of an interval of them."""
    try:
        return date.fromisoformat(text.split("/")[0][:10])
    except ValueError:
        return None


def _has_new_address(seen: Seen, preview: Preview, _: str) -> bool:
    return seen.order is not None and seen.order.address == preview.facts.get("address")


def _has_new_payment(seen: Seen, preview: Preview, _: str) -> bool:
    wanted = (preview.facts.get("payment_method"), preview.facts.get("payment_last4"))
    return seen.order is not None and (seen.order.payment_method, seen.order.payment_last4) == wanted


# --- hurrying and looking for it -------------------------------------------------------------


def _urge(at: Situation, _: Arguments) -> Planned | Refusal:
    order = at.the_order
    if order.status not in PROGRESS[1:5]:
        return refuse_order("nothing_to_urge", order)
    if any(money.days_since(r.created_at, at.now) == 0 for r in at.asked("urge_delivery", order.number)):
        return refuse_order("already_urged", order)
    facts = {"order_number": order.number, "status": order.status, "carrier": order.carrier}
    return Planned(order.number, facts, noted=True)


def _trace(at: Situation, _: Arguments) -> Planned | Refusal:
    order = at.the_order
    if order.status not in PROGRESS[3:]:
        return refuse_order("not_shipped_yet", order)
    if at.asked("trace_parcel", order.number):
        return refuse_order("already_traced", order)
    region = money.REGIONS.get(order.currency, "")
    days = money.number(at.policies, f"shipping.{region}.lost_after_days")
    if order.status != "delivered" and money.within(order.shipped_at, days, at.now):
        return refuse_order("too_early_to_trace", order, days=days)
    facts = {
        "order_number": order.number, "status": order.status, "carrier": order.carrier,
        "tracking": order.tracking_number, "days": money.number(at.policies, "shipping.trace_days"),
    }  # fmt: skip
    return Planned(order.number, facts, noted=True)


ORDER_ACTIONS: Mapping[str, Action] = {
    "cancel_order": Action(("order", "reason"), ("cancel.until_status", "refund.days"), _cancel, _is_cancelled),
    "change_address": Action(
        ("order", "address"), ("address_change.until_status",), _address, _has_new_address, ("postcode",)
    ),
    "change_payment": Action(("order", "payment_method"), ("payment_change.until_status",), _payment, _has_new_payment),
    "change_delivery": Action(("order", "wish"), ("shipping.hold_days",), _delivery, optional=("date",)),
    "urge_delivery": Action(("order",), (), _urge),
    "trace_parcel": Action(("order",), ("shipping.trace_days",), _trace),
}

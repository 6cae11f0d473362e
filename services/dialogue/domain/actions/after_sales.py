"""Acts on what has arrived: return, exchange, repair, set-up, invoice, price protection."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.dialogue.domain.actions import money
from services.dialogue.domain.actions.base import (
    Action,
    Arguments,
    Planned,
    Seen,
    Situation,
    amount,
    line_of,
    noted,
    payment_facts,
    refuse,
    refuse_order,
    shown_line,
    skus,
)
from services.dialogue.domain.actions.items import Swap, price_gap, swap_facts, swaps
from services.dialogue.domain.actions.orders import parsed_day
from services.dialogue.domain.actions.standing import (
    credited,
    refunded_to,
    settled_with,
    settling_facts,
    too_poor,
    under_way,
)
from services.dialogue.domain.shop import Order, OrderLine, PaymentMethod, Preview, Refusal

OUR_FAULT = frozenset({"faulty", "damaged", "wrong_item", "not_as_described", "missing_parts"})
"""Reasons for which the shop pays the way back."""


def _late(at: Situation, days: int, reason: str) -> Refusal | None:
    """Why something that must have been delivered no more than so many days ago cannot be done, or None."""
    order = at.the_order
    if under_way(at):
        return refuse_order("order_under_way", order)
    if order.delivered_at is None or order.status in ("returned", "refunded", "cancelled"):
        return refuse_order("not_delivered", order)
    return None if money.within(order.delivered_at, days, at.now) else refuse_order(reason, order, days=days)


def _chosen(order: Order, items: str) -> tuple[OrderLine, ...] | Refusal:
    """The lines that the argument `item` means, all of whose pieces are still free to go back."""
    wanted = skus(items)
    lines = tuple(line for line in order.lines if line.sku in wanted)
    if not lines or len(lines) != len(set(wanted)):
        return refuse("item_unknown")
    busy = next((line for line in lines if line.free < line.quantity), None)
    return refuse("item_under_way", name=busy.name, order_number=order.number) if busy else lines


# --- return ----------------------------------------------------------------------------------


def _return(at: Situation, asked: Arguments) -> Planned | Refusal:
    order = at.the_order
    our_fault = asked["reason"] in OUR_FAULT
    late = _late(at, money.number(at.policies, "returns.days"), "return_too_late")
    lines, chosen = _chosen(order, asked["item"]), refunded_to(at, asked)
    if late is not None:
        return late
    if isinstance(lines, Refusal):
        return lines
    if isinstance(chosen, Refusal):
        return chosen
    goods = money.total((line.quantity, line.price) for line in lines)
    freight = min(goods, money.freight(at.policies, at.customer, order.currency, our_fault=our_fault))
    whole = {line.sku for line in lines} == {line.sku for line in order.lines}
    shipping = order.shipping_fee if our_fault and whole else money.NOTHING
    facts = {
        "order_number": order.number, "items": [shown_line(line) for line in lines], "skus": [ln.sku for ln in lines],
        "goods": amount(goods), "freight": amount(freight), "shipping": amount(shipping), "reason": asked["reason"],
        "amount": amount(goods - freight + shipping), **settling_facts(at, chosen),
        "send_within_days": money.number(at.policies, "returns.start_within_days"),
    }  # fmt: skip
    back, at_once = _marked(order, lines, "returning"), bool(money.at(at.policies, "returns.at_once"))
    if at_once and back.status == "return_requested":
        back = back.model_copy(update={"status": "returned"})
    customer = credited(at, goods - freight + shipping, chosen) if at_once else None
    return Planned(order.number, facts, order=back, customer=customer, noted=True)


def _marked(order: Order, lines: tuple[OrderLine, ...], field: str) -> Order:
    """The order with these lines under way; one whose goods all go back is itself `return_requested`."""
    chosen = {line.sku for line in lines}
    marked = tuple(
        line.model_copy(update={field: line.quantity}) if line.sku in chosen else line for line in order.lines
    )
    all_back = all(line.returning == line.quantity for line in marked)
    return order.model_copy(update={"lines": marked, "status": "return_requested" if all_back else order.status})


def _is_returning(seen: Seen, preview: Preview, number: str) -> bool:
    return noted(seen, preview, number) and _all_marked(seen, preview.facts.get("skus", ()), "returning")


def _all_marked(seen: Seen, wanted: Any, field: str) -> bool:
    lines = [line_of(seen.order, sku) if seen.order else None for sku in wanted]
    return all(line is not None and getattr(line, field) for line in lines)


# --- exchange --------------------------------------------------------------------------------


def _exchange(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, our_fault = at.the_order, asked.get("reason", "") in OUR_FAULT
    late = _late(at, money.number(at.policies, "exchange.days"), "exchange_too_late")
    lines, pairs, chosen = _chosen(order, asked["item"]), swaps(at, asked), settled_with(at, asked)
    if late is not None:
        return late
    if isinstance(lines, Refusal):
        return lines
    if isinstance(pairs, Refusal):
        return pairs
    if not our_fault and any(pair.new.sku == pair.line.sku for pair in pairs):
        return refuse("option_unchanged")
    if isinstance(chosen, Refusal):
        return chosen
    if poor := too_poor(at, price_gap(order, pairs), chosen):
        return poor
    return _exchanged(at, lines, pairs, chosen, our_fault=our_fault)


def _exchanged(
    at: Situation,
    lines: tuple[OrderLine, ...],
    pairs: tuple[Swap, ...],
    chosen: PaymentMethod | None,
    *,
    our_fault: bool,
) -> Planned:
    order = at.the_order
    earlier = len(at.asked("exchange_item", order.number))
    fee = money.exchange_fee(at.policies, at.customer, order, earlier, our_fault=our_fault)
    facts = {
        **swap_facts(order, pairs), "skus": [line.sku for line in lines], "fee": amount(fee),
        "replacement": all(pair.new.sku == pair.line.sku for pair in pairs),
        **settling_facts(at, chosen),
        "reserve_days": money.number(at.policies, "exchange.reserve_days"),
        "days_to_ship": str(money.at(at.policies, "exchange.days_to_ship") or ""),
    }  # fmt: skip
    stock = {pair.new.sku: -pair.line.quantity for pair in pairs}
    return Planned(order.number, facts, order=_marked(order, lines, "exchanging"), noted=True, stock=stock)


def _is_exchanging(seen: Seen, preview: Preview, number: str) -> bool:
    return noted(seen, preview, number) and _all_marked(seen, preview.facts.get("skus", ()), "exchanging")


# --- repair and set-up -----------------------------------------------------------------------


def _repair(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, line, day = at.the_order, line_of(at.the_order, asked["item"]), asked.get("date", "")
    arrived = order.delivered_at is not None or money.at(at.policies, "repair.undelivered")
    if not arrived or order.status in ("cancelled", "refunded"):
        return refuse_order("not_delivered", order)
    if line is None:
        return refuse("item_unknown")
    if day and (other := _outside(at, day, "repair")):
        return other
    if any(r.facts.get("sku") == line.sku for r in at.asked("book_repair", order.number)):
        return refuse("repair_exists", name=line.name, order_number=order.number)
    goods = at.goods(line.sku)
    months = money.warranty_months(at.policies, goods[0] if goods else None)
    facts = {
        "order_number": order.number, "items": [shown_line(line)], "sku": line.sku, "problem": asked["problem"],
        "warranty": money.months_since(order.delivered_at or at.now, at.now) < months, "warranty_months": months,
        "days": str(money.at(at.policies, "repair.days")), "quote_days": money.number(at.policies, "repair.quote_days"),
        "date": str(parsed_day(day) or ""),
    }  # fmt: skip
    return Planned(order.number, facts, noted=True)


def _installation(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, line, day = at.the_order, line_of(at.the_order, asked["item"]), parsed_day(asked["date"])
    goods = at.goods(asked["item"])
    if order.status in ("cancelled", "refunded", "returned", "return_requested"):
        return refuse_order("not_delivered", order)
    if line is None:
        return refuse("item_unknown")
    if goods is None or goods[0].category != money.at(at.policies, "installation.category"):
        return refuse("no_installation", name=line.name)
    if other := _outside(at, asked["date"], "installation"):
        return other
    facts = {
        "order_number": order.number, "items": [shown_line(line)], "date": str(day),
        "hours": str(money.at(at.policies, "installation.hours") or ""), "phone": at.customer.phone,
        "minutes": money.number(at.policies, "installation.minutes"),
    }  # fmt: skip
    return Planned(order.number, facts, noted=True)


def _outside(at: Situation, day: str, service: str) -> Refusal | None:
    """Why the day is none on which this service comes, or None."""
    first, last = (
        at.now.date() + timedelta(days=money.number(at.policies, f"{service}.{name}_days"))
        for name in ("earliest", "latest")
    )
    wanted = parsed_day(day)
    return None if wanted and first <= wanted <= last else refuse("day_not_possible", first=str(first), last=str(last))


# --- papers and money ------------------------------------------------------------------------


def _invoice(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, tax = at.the_order, asked.get("tax_number", "")
    if order.status in ("cancelled", "refunded", "unpaid"):
        return refuse_order("invoice_not_possible", order)
    months = money.number(at.policies, "invoice.request_months")
    if money.months_since(order.placed_at, at.now) >= months:
        return refuse_order("invoice_too_late", order, months=months)
    earlier = at.asked("request_invoice", order.number)
    if any((r.facts.get("title"), r.facts.get("tax_number")) == (asked["title"], tax) for r in earlier):
        return refuse_order("invoice_exists", order)
    correct = money.number(at.policies, "invoice.correct_days")
    if earlier and not money.within(earlier[0].created_at, correct, at.now):
        return refuse_order("invoice_too_late_to_correct", order, days=correct)
    facts = {
        "order_number": order.number, "title": asked["title"], "tax_number": tax, "correction": bool(earlier),
        "email": at.customer.email, "amount": amount(order.total), "currency": order.currency,
        "hours": money.number(at.policies, "invoice.issue_hours"), "delivered": order.delivered_at is not None,
    }  # fmt: skip
    return Planned(order.number, facts, noted=True)


def _price_protection(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, line = at.the_order, line_of(at.the_order, asked["item"])
    days, goods = money.number(at.policies, "price_protection.days"), at.goods(asked["item"])
    if order.status in ("cancelled", "return_requested", "returned", "refunded"):
        return refuse_order("price_protection_not_possible", order)
    if not money.within(order.placed_at, days, at.now):
        return refuse_order("price_protection_too_late", order, days=days)
    if line is None or goods is None:
        return refuse("item_unknown")
    earlier = [r for r in at.asked("claim_price_protection", order.number) if r.facts.get("sku") == line.sku]
    if len(earlier) >= money.number(at.policies, "price_protection.times"):
        return refuse("price_protection_used", name=line.name)
    now = goods[1].prices.get(order.currency, line.price)
    if now >= line.price:
        return refuse(
            "price_not_lower", name=line.name, paid=amount(line.price), now=amount(now), currency=order.currency
        )
    facts = {
        "order_number": order.number, "items": [shown_line(line)], "sku": line.sku, "paid": amount(line.price),
        "now": amount(now), "amount": amount((line.price - now) * line.quantity),
        **payment_facts(order, at.policies), "payout_days": str(money.at(at.policies, "price_protection.payout_days")),
    }  # fmt: skip
    customer = credited(at, (line.price - now) * line.quantity)
    return Planned(order.number, facts, customer=customer, noted=True)


AFTER_SALES_ACTIONS: Mapping[str, Action] = {
    "return_item": Action(
        ("order", "item", "reason"),
        ("returns.days", "returns.start_within_days", "refund.days"),
        _return,
        _is_returning,
        ("payment_method",),
        ("refund", "returns.once", "returns.at_once", "returns.free_from_tier"),
    ),
    "exchange_item": Action(
        ("order", "item", "option"),
        ("exchange.days", "exchange.free_times"),
        _exchange,
        _is_exchanging,
        ("reason", "payment_method"),
        ("exchange.reserve_days", "exchange.days_to_ship", "returns.once", "returns.free_from_tier"),
    ),
    "book_repair": Action(
        ("order", "item", "problem"),
        ("repair.days", "repair.quote_days"),
        _repair,
        optional=("date",),
        reads=("repair.undelivered", "repair.earliest_days", "repair.latest_days"),
    ),
    "book_installation": Action(
        ("order", "item", "date"),
        (
            "installation.category",
            "installation.earliest_days",
            "installation.latest_days",
            "installation.hours",
            "installation.minutes",
        ),
        _installation,
    ),
    "request_invoice": Action(
        ("order", "title"), ("invoice.request_months", "invoice.correct_days"), _invoice, optional=("tax_number",)
    ),
    "claim_price_protection": Action(
        ("order", "item"),
        ("price_protection.days", "price_protection.times"),
        _price_protection,
        reads=("price_protection.payout_days",),
    ),
}

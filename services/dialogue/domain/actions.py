"""The acts on an order that the embedded shop knows: when each is allowed, what it would do, what it does."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.dialogue.domain.shop import Order, Preview, Refusal

Policies = Mapping[str, Any]
Arguments = Mapping[str, str]

PROGRESS = ("pending", "packed", "shipped", "out_for_delivery", "delivered")
"""The statuses that an order passes on its way to the customer."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Action:
    """An act on the order that its argument `order` names.

    `forbidden` gives the reason why the rules forbid it now, or None. `facts` are what the customer is shown
    and what the effect depends on, ready for JSON, amounts as text. `applied` is the order afterwards.
    """

    arguments: tuple[str, ...]
    policies: tuple[str, ...]
    forbidden: Callable[[Order, Policies], str | None]
    facts: Callable[[Order, Arguments, Policies], dict[str, Any]]
    applied: Callable[[Order, Arguments], Order]


def preview_act(
    action: str, customer_id: str, arguments: Arguments, order: Order | None, policies: Policies
) -> Preview | Refusal:
    """What the act would change. An order of another customer is refused exactly like one that does not exist."""
    known = ACTIONS.get(action)
    if known is None:
        return Refusal(reason="action_not_allowed", facts={"action": action})
    if missing := [name for name in known.arguments if not arguments.get(name)]:
        return Refusal(reason="argument_missing", facts={"argument": missing[0]})
    if order is None or order.customer_id != customer_id:
        return Refusal(reason="order_not_found", facts={"order_number": arguments["order"]})
    if reason := known.forbidden(order, policies):
        return Refusal(reason=reason, facts={"order_number": order.number, "status": order.status})
    facts = known.facts(order, arguments, policies)
    digest = _digest(action, customer_id, arguments, order, facts)
    return Preview(action=action, target=order.number, arguments=dict(arguments), facts=facts, digest=digest)


def receipt_number(key: str) -> str:
    """`R-` and 8 characters of Crockford's base 32; the same key has the same number."""
    bits = int.from_bytes(hashlib.sha256(key.encode()).digest()[:5], "big")
    return "R-" + "".join(CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))


def order_total(lines: list[tuple[int, Decimal]], shipping_fee: Decimal) -> Decimal:
    """What an order costs: lines of quantity and price of one piece, and the shipping."""
    return sum((quantity * price for quantity, price in lines), shipping_fee)


def _digest(action: str, customer_id: str, arguments: Arguments, order: Order, facts: dict[str, Any]) -> str:
    lines = [(line.sku, line.quantity, str(line.price)) for line in order.lines]
    effect = [action, customer_id, dict(arguments), order.number, order.status, lines, facts]
    return hashlib.sha256(json.dumps(effect, sort_keys=True).encode()).hexdigest()


def _cancel_forbidden(order: Order, policies: Policies) -> str | None:
    if order.status == "cancelled":
        return "order_already_cancelled"
    until = policies.get("cancel", {}).get("until_status")
    in_time = until in PROGRESS and order.status in PROGRESS[: PROGRESS.index(until) + 1]
    return None if in_time else "cancel_too_late"


def _cancel_facts(order: Order, _: Arguments, policies: Policies) -> dict[str, Any]:
    refund = policies.get("refund", {})
    return {
        "order_number": order.number,
        "amount": str(order.total),
        "currency": order.currency,
        "payment_method": order.payment_method,
        "payment_last4": order.payment_last4,
        "item_count": sum(line.quantity for line in order.lines),
        "refund_days": str(refund.get(f"{order.payment_method}_days", refund.get("days", ""))),
    }


def _cancelled(order: Order, _: Arguments) -> Order:
    return order.model_copy(update={"status": "cancelled"})


ACTIONS: Mapping[str, Action] = {
    "cancel_order": Action(
        arguments=("order", "reason"),
        policies=("cancel.until_status", "refund.days"),
        forbidden=_cancel_forbidden,
        facts=_cancel_facts,
        applied=_cancelled,
    ),
}

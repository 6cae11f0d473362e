"""Where an order stands in the shop's rules: whether it is still open to a change, and how money moves for a change."""

from decimal import Decimal
from typing import Any

from services.dialogue.domain.actions import money
from services.dialogue.domain.actions.base import (
    Arguments,
    Situation,
    amount,
    in_time,
    payment_facts,
    refuse,
    refuse_order,
)
from services.dialogue.domain.shop import Customer, PaymentMethod, Refusal

ORIGINAL = "original_payment"
"""The argument for the way in which the order was paid."""


def still_open(at: Situation, policy: str) -> bool:
    """Whether the order has not gone past the status that the policy at this path names.

    With `item_change.final`, an order whose items were changed once is closed to everything else.
    """
    final = bool(money.at(at.policies, "item_change.final"))
    closed = final and bool(at.asked("change_item", at.the_order.number))
    return in_time(at.the_order, money.at(at.policies, policy)) and not closed


def under_way(at: Situation) -> bool:
    """With `returns.once`, an order has one return or one exchange: whether it had it."""
    number = at.the_order.number
    had = at.asked("return_item", number) or at.asked("exchange_item", number)
    return bool(money.at(at.policies, "returns.once")) and bool(had)


def settled_with(at: Situation, asked: Arguments) -> PaymentMethod | Refusal | None:
    """The way in which the customer wants a difference paid or paid back; None for the one that the order was paid in.

    The argument `payment_method` names one on the customer's record by its id, or by its kind if there is one of it.
    """
    wish = asked.get("payment_method", "")
    if wish in ("", ORIGINAL):
        return None
    named = [method for method in at.customer.payment_methods if wish in (method.id, method.method)]
    return named[0] if len(named) == 1 else refuse("payment_method_unknown")


def refunded_to(at: Situation, asked: Arguments) -> PaymentMethod | Refusal | None:
    """As `settled_with`, where money only goes back the way it came, or onto a gift card."""
    chosen, order = settled_with(at, asked), at.the_order
    if not isinstance(chosen, PaymentMethod) or chosen.balance is not None:
        return chosen
    as_paid = (chosen.method, chosen.last4) == (order.payment_method, order.payment_last4)
    return chosen if as_paid else refuse_order("refund_elsewhere", order)


def settling_facts(at: Situation, chosen: PaymentMethod | None) -> dict[str, Any]:
    """How money moves for this act and how long that takes; `payment_id` where the customer chose."""
    facts = payment_facts(at.the_order, at.policies)
    if chosen is None:
        return facts
    paid = at.the_order.model_copy(update={"payment_method": chosen.method, "payment_last4": chosen.last4})
    return payment_facts(paid, at.policies) | {"payment_id": chosen.id}


def moving_card(at: Situation, chosen: PaymentMethod | None = None) -> PaymentMethod | None:
    """The gift card on which money moves at once, where the shop does that (`refund.gift_card_at_once`).

    It is the chosen one, else the one that paid the order.
    """
    if not money.at(at.policies, "refund.gift_card_at_once"):
        return None
    if chosen is not None:
        return chosen if chosen.balance is not None else None
    paid = (at.the_order.payment_method, at.the_order.payment_last4)
    cards = (card for card in at.customer.payment_methods if card.balance is not None)
    return next((card for card in cards if (card.method, card.last4) == paid), None)


def too_poor(at: Situation, price: Decimal, chosen: PaymentMethod | None = None) -> Refusal | None:
    """Why the gift card that would pay cannot, or None."""
    card = moving_card(at, chosen)
    if card is None or card.balance is None or card.balance >= price:
        return None
    return refuse("balance_too_low", balance=amount(card.balance), currency=at.the_order.currency)


def credited(at: Situation, more: Decimal, chosen: PaymentMethod | None = None) -> Customer | None:
    """The customer with so much more on the gift card concerned, less for a negative sum; None if there is none."""
    card = moving_card(at, chosen)
    if card is None or card.balance is None or not more:
        return None
    moved = card.model_copy(update={"balance": card.balance + more})
    methods = tuple(moved if each.id == card.id else each for each in at.customer.payment_methods)
    return at.customer.model_copy(update={"payment_methods": methods})

"""Where an order stands in the shop's rules: whether it is still open to a change, and what moves on a gift card."""

from decimal import Decimal

from services.dialogue.domain.actions import money
from services.dialogue.domain.actions.base import Situation, in_time
from services.dialogue.domain.shop import Customer, PaymentMethod


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


def paying_card(at: Situation) -> PaymentMethod | None:
    """The gift card that paid the order, where the shop moves money on it at once (`refund.gift_card_at_once`)."""
    if not money.at(at.policies, "refund.gift_card_at_once"):
        return None
    paid = (at.the_order.payment_method, at.the_order.payment_last4)
    cards = (card for card in at.customer.payment_methods if card.balance is not None)
    return next((card for card in cards if (card.method, card.last4) == paid), None)


def credited(at: Situation, amount: Decimal) -> Customer | None:
    """The customer with so much more on the card that paid the order, less for a negative amount; None if none did."""
    paying = paying_card(at)
    if paying is None or paying.balance is None or not amount:
        return None
    charged = paying.model_copy(update={"balance": paying.balance + amount})
    methods = tuple(charged if card.id == paying.id else card for card in at.customer.payment_methods)
    return at.customer.model_copy(update={"payment_methods": methods})

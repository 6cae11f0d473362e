"""What the expressions of a flow may speak of, loaded only when they do."""

from collections.abc import Mapping
from typing import Any

from services.dialogue.domain import cards
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.expressions import Expression
from services.dialogue.domain.hearing import subject
from services.dialogue.domain.selling.lexicon import spoken_of
from services.dialogue.domain.shop import Order
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk


def evaluate(talk: Talk, frame: Frame, expression: Expression) -> Steps[Any]:
    """The expression's value over slots, the order, the customer and the policies. Raises FlowError."""
    values: dict[str, Any] = {**frame.slots, **_always(talk, frame)}
    values["order"] = yield from _order(talk, frame, expression)
    if "goods" in expression.names and frame.slots.get("goods"):
        values["goods"] = frame.slots["goods"].split(",")
    if "orders" in expression.names and talk.verified:
        values["orders"] = [order.model_dump() for order in (yield from talk.orders())]
    if "basket" in expression.names and talk.verified:
        values["basket"] = [line.model_dump() for line in (yield from talk.basket())]
    if "customer" in expression.names and (customer := (yield from talk.customer())):
        values["customer"] = customer.model_dump()
    return expression.value(values)


def _always(talk: Talk, frame: Frame) -> Mapping[str, Any]:
    return {
        "slots": frame.slots,
        "policies": talk.rules.policies,
        "said": frame.words,
        "kinds": spoken_of("kinds", frame.words),
        "heard": {"about": subject(frame.words), **frame.mentions},
        "today": talk.today,
        "verified": talk.verified is not None,
        "language": talk.said.language,
    }


def _order(talk: Talk, frame: Frame, expression: Expression) -> Steps[dict[str, Any] | None]:
    if "order" not in expression.names:
        return None
    order = yield from talk.order_in(frame)
    return order_values(order, talk) if order else None


def order_values(order: Order, talk: Talk) -> dict[str, Any]:
    """An order as expressions see it, its times on the shop's clock."""
    return {**cards.at_home(order, talk.rules.zone).model_dump(), "id": order.number}

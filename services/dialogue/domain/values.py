"""What the expressions of a flow may speak of, loaded only when they do."""

from collections.abc import Mapping
from typing import Any

from services.dialogue.domain.effects import Steps
from services.dialogue.domain.expressions import Expression
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk


def evaluate(talk: Talk, frame: Frame, expression: Expression) -> Steps[Any]:
    """The expression's value over slots, the order, the customer and the policies. Raises FlowError."""
    values: dict[str, Any] = {**frame.slots, **_always(talk, frame)}
    values["order"] = yield from _order(talk, frame, expression)
    if "orders" in expression.names and talk.verified:
        values["orders"] = [order.model_dump() for order in (yield from talk.orders())]
    if "customer" in expression.names and (customer := (yield from talk.customer())):
        values["customer"] = customer.model_dump()
    return expression.value(values)


def _always(talk: Talk, frame: Frame) -> Mapping[str, Any]:
    return {
        "slots": frame.slots,
        "policies": talk.rules.policies,
        "said": frame.words,
        "verified": talk.verified is not None,
        "language": talk.said.language,
    }


def _order(talk: Talk, frame: Frame, expression: Expression) -> Steps[dict[str, Any] | None]:
    if "order" not in expression.names:
        return None
    order = yield from talk.order_in(frame)
    return {**order.model_dump(), "id": order.number} if order else None

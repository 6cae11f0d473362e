"""All acts in one table, and the preview and receipt of any of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.dialogue.domain.actions.account import ACCOUNT_ACTIONS
from services.dialogue.domain.actions.after_sales import AFTER_SALES_ACTIONS
from services.dialogue.domain.actions.base import Action, Arguments, Planned, Situation, refuse
from services.dialogue.domain.actions.buying import BUYING_ACTIONS
from services.dialogue.domain.actions.items import ITEM_ACTIONS
from services.dialogue.domain.actions.orders import ORDER_ACTIONS
from services.dialogue.domain.shop import Order, Preview, Refusal

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

ACTIONS: Mapping[str, Action] = {
    **ORDER_ACTIONS,
    **ITEM_ACTIONS,
    **AFTER_SALES_ACTIONS,
    **BUYING_ACTIONS,
    **ACCOUNT_ACTIONS,
}


@dataclass(frozen=True)
class Ready:
    """A preview, and what committing it would write."""

    preview: Preview
    planned: Planned


def plan_act(action: str, arguments: Arguments, situation: Situation | None) -> Ready | Refusal:
    """What the act would change. An order of another customer is refused exactly like one that does not exist.

    `situation` is None if there is no such customer.
    """
    known = ACTIONS.get(action)
    if known is None:
        return refuse("action_not_allowed", action=action)
    if missing := [name for name in known.arguments if not arguments.get(name)]:
        return refuse("argument_missing", argument=missing[0])
    if situation is None or ("order" in known.arguments and not _owns(situation)):
        return refuse("order_not_found", order_number=arguments.get("order", ""))
    planned = known.plan(situation, arguments)
    if isinstance(planned, Refusal):
        return planned
    digest = _digest(action, arguments, situation, planned)
    preview = Preview(
        action=action, target=planned.target, arguments=dict(arguments), facts=planned.facts, digest=digest
    )
    return Ready(preview, planned)


def preview_act(action: str, arguments: Arguments, situation: Situation | None) -> Preview | Refusal:
    """What the customer would be shown."""
    ready = plan_act(action, arguments, situation)
    return ready if isinstance(ready, Refusal) else ready.preview


def _owns(situation: Situation) -> bool:
    return situation.order is not None and situation.order.customer_id == situation.customer.id


def receipt_number(key: str) -> str:
    """`R-` and 8 characters of Crockford's base 32; the same key has the same number."""
    bits = int.from_bytes(hashlib.sha256(key.encode()).digest()[:5], "big")
    return "R-" + "".join(CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))


def _digest(action: str, arguments: Arguments, situation: Situation, planned: Planned) -> str:
    effect = [action, situation.customer.id, dict(arguments), planned.target, _state(situation.order), planned.facts]
    return hashlib.sha256(json.dumps(effect, sort_keys=True).encode()).hexdigest()


def _state(order: Order | None) -> Any:
    """What of an order every effect on it depends on."""
    if order is None:
        return None
    lines = [(line.sku, line.quantity, str(line.price), line.returning, line.exchanging) for line in order.lines]
    return [order.number, order.status, lines]

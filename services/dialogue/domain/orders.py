"""Which order a flow is about: the one named, the one pointed at, the only one, or the one the customer picks."""

import re
from collections.abc import Sequence
from datetime import date

from services.dialogue.domain.actions.orders import parsed_day
from services.dialogue.domain.cards import order_option
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import names_goods, values
from services.dialogue.domain.reading import plain, points_back
from services.dialogue.domain.shop import Order
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import MAX_LISTED, Prompt, Talk
from services.dialogue.domain.values import order_values

OPEN_STATUSES = ("pending", "packed", "shipped", "out_for_delivery")
FOCUS_TURNS = 6
LATEST = re.compile(
    r"\b(?:last|latest|newest|most recent) (?:order|purchase)\b"
    r"|(?:最近|最新|最后|上)的?[一那]?(?:单|个订单|笔订单)|刚刚?[下买]的?那?(?:单|个订单)",
    re.IGNORECASE,
)
"""Words for the order placed last."""


def collect_order(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `order` with one order of this customer. Two that fit are never guessed between."""
    named = frame.mentions.pop("order", None)
    order = yield from _named_or_pointed(talk, frame, named)
    if order is None:
        orders = yield from talk.orders()
        if not orders:
            yield from talk.say("no_orders", frame)
            talk.drop(frame)
            return False
        # A number that is not theirs must never turn into the one order that they have.
        frame.must_choose = frame.must_choose or named is not None
        fitting = orders if frame.must_choose else (yield from _fitting(talk, frame, orders))
        if frame.must_choose or len(fitting) > 1:
            _offer(talk, frame, fitting, named)
            return False
        order = fitting[0]
    frame.slots["order"], frame.options, frame.must_choose = order.number, (), False
    talk.focus_on(order.number)
    return True


def _named_or_pointed(talk: Talk, frame: Frame, named: str | None) -> Steps[Order | None]:
    if named:
        return (yield from talk.own_order(named))
    recent = talk.said.turn - talk.state.focus_turn <= FOCUS_TURNS
    if talk.state.focus and recent and not frame.must_choose and points_back(frame.words):
        return (yield from talk.own_order(talk.state.focus))
    return None


def _fitting(talk: Talk, frame: Frame, orders: Sequence[Order]) -> Steps[Sequence[Order]]:
    """The orders that the words may mean: each thing that is known of the order narrows, unless nothing would be left.

    What was said counts first (the newest, the item, the day), then what the flow can be about at all.
    """
    if LATEST.search(plain(frame.words)):
        return orders[:1]
    said, products = plain(frame.words), values(frame.mentions.get("product"))
    orders = [order for order in orders if _holds(order, products, said)] or orders
    if span := _span(talk, frame):
        orders = [order for order in orders if span[0] <= _placed(talk, order) <= span[1]] or orders
    among = talk.ready_step(frame).among
    if among is None:
        return [order for order in orders if order.status in OPEN_STATUSES] or orders
    known = {"slots": frame.slots, "policies": talk.rules.policies, "today": talk.today}
    fitting = [order for order in orders if among.value({**known, "order": order_values(order, talk)})]
    yield from ()
    return fitting or orders


def _holds(order: Order, products: Sequence[str], said: str) -> bool:
    named = any(names_goods(line.name, said) for line in order.lines)
    return named or any(line.product_id in products for line in order.lines)


def _span(talk: Talk, frame: Frame) -> tuple[date, date] | None:
    """The days that were named, such as last week, as first and last; a flow that asks for a date means another."""
    if any(ready.step.collect == "date" for ready in talk.flow_of(frame).steps):
        return None
    for value in values(frame.mentions.get("date"))[:1]:
        first, _, last = value.partition("/")
        begins, ends = parsed_day(first), parsed_day(last or first)
        return (begins, ends) if begins and ends else None
    return None


def _placed(talk: Talk, order: Order) -> date:
    return talk.rules.local_time(order.placed_at.timestamp()).date()


def _offer(talk: Talk, frame: Frame, orders: Sequence[Order], named: str | None) -> None:
    frame.options = tuple(
        order_option(order, talk.said.language, talk.rules.local_time(order.placed_at.timestamp()).date())
        for order in orders[:MAX_LISTED]
    )
    if named:
        talk.prompt = Prompt("order_unknown", {"number": named})

"""Which order a flow is about: the one named, the one pointed at, the only one, or the one the customer picks."""

from collections.abc import Sequence

from services.dialogue.domain.cards import order_option
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.reading import plain, points_back
from services.dialogue.domain.shop import Order
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import MAX_LISTED, Prompt, Talk

OPEN_STATUSES = ("pending", "packed", "shipped", "out_for_delivery")
FOCUS_TURNS = 6


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
        fitting = orders if frame.must_choose else _fitting(orders, frame.words)
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


def _fitting(orders: Sequence[Order], words: str) -> Sequence[Order]:
    """The orders that the words may mean: those holding an item named in them, else the open ones, else all."""
    said = plain(words)
    return (
        [order for order in orders if _holds_named_item(order, said)]
        or [order for order in orders if order.status in OPEN_STATUSES]
        or orders
    )


def _holds_named_item(order: Order, said: str) -> bool:
    return any(plain(name) in said for line in order.lines for name in line.name.values())


def _offer(talk: Talk, frame: Frame, orders: Sequence[Order], named: str | None) -> None:
    frame.options = tuple(
        order_option(order, talk.said.language, talk.rules.local_time(order.placed_at.timestamp()).date())
        for order in orders[:MAX_LISTED]
    )
    if named:
        talk.prompt = Prompt("order_unknown", {"number": named})

"""Which items a flow is about: those of an order, or of the basket, by name, place, or the customer's choice."""

from collections.abc import Sequence

from services.dialogue.domain.cards import item_option
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import names_goods, values, wants_all
from services.dialogue.domain.reading import plain
from services.dialogue.domain.shop import OrderLine
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk
from shared.contracts.messages import Option

ALL_ITEMS = "all_items"
MOST_ITEMS = 10


def collect_item(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `item` with the SKU of a line, or with several. Two that fit are never guessed between."""
    lines = yield from _lines(talk, frame)
    if not lines:
        yield from talk.say("basket_empty", frame)
        talk.drop(frame)
        return False
    many = talk.step_of(frame).many is True
    chosen = _chosen(frame, lines, many=many)
    if len(chosen) == 1 or (many and chosen):
        frame.slots["item"], frame.options = ",".join(line.sku for line in chosen), ()
        return True
    offered = [item_option(line, talk.said.language) for line in (chosen or lines)[:MOST_ITEMS]]
    if many and len(lines) > 1:
        offered.append(Option(id=ALL_ITEMS, label=f"response:choice_{ALL_ITEMS}"))
    frame.options = tuple(offered)
    return False


def _lines(talk: Talk, frame: Frame) -> Steps[tuple[OrderLine, ...]]:
    """The lines to choose among: the order's, or without an order the basket's."""
    if "order" in frame.slots:
        order = yield from talk.order_in(frame)
        return order.lines if order else ()
    return (yield from talk.basket())


def _chosen(frame: Frame, lines: Sequence[OrderLine], *, many: bool) -> list[OrderLine]:
    """The lines that were picked, named or counted; the only one; none if nothing says which."""
    picked = frame.mentions.pop("item", "")
    words = plain(f"{frame.words} {picked}")
    if picked in {line.sku for line in lines}:
        return [line for line in lines if line.sku == picked]
    if many and (picked == ALL_ITEMS or wants_all(picked or frame.words)):
        return list(lines)
    if len(lines) == 1:
        return list(lines)
    named = _named(frame, lines, words)
    return _narrowed(named, frame, words) if named else _counted(frame, lines)


def _named(frame: Frame, lines: Sequence[OrderLine], words: str) -> list[OrderLine]:
    products = values(frame.mentions.get("product"))
    by_id = [line for line in lines if line.product_id in products]
    return by_id or [line for line in lines if names_goods(line.name, words)]


def _narrowed(named: list[OrderLine], frame: Frame, words: str) -> list[OrderLine]:
    """Of several lines of one product, those in a colour or size that was named."""
    if len({line.product_id for line in named}) == len(named):
        return named
    said = {value for kind in ("color", "size", "option") for value in values(frame.mentions.get(kind))}
    fitting = [line for line in named if _options(line) & said or any(text in words for text in _options(line))]
    return fitting or named


def _options(line: OrderLine) -> set[str]:
    return {plain(text) for option in line.options.values() for text in option.values()}


def _counted(frame: Frame, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """The line at the place that was named: the second, the last."""
    places = [int(value) for value in values(frame.mentions.pop("ordinal", "")) if value.lstrip("-").isdigit()]
    fitting = [place for place in places if 0 < place <= len(lines) or place == -1]
    return [lines[place - 1 if place > 0 else -1] for place in fitting[:1]]

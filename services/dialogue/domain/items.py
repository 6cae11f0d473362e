"""Which items a flow is about: those of an order, or of the basket, by name, place, or the customer's choice."""

import re
from collections.abc import Sequence

from services.dialogue.domain.cards import item_option, local
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import names_goods, values, wants_all
from services.dialogue.domain.parting import Named, chosen_of
from services.dialogue.domain.reading import plain
from services.dialogue.domain.shop import OrderLine
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk
from shared.contracts.messages import Option

ALL_ITEMS = "all_items"
MOST_ITEMS = 10
NUMBERS = re.compile(r"#?\d\d?(?:(?:\s|,|、|and|&|和|跟|#)+\d\d?)+[.。]?")


def collect_item(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `item` with the SKU of a line, or with several. Two that fit are never guessed between."""
    lines = yield from _lines(talk, frame)
    if not lines:
        yield from talk.say("basket_empty", frame)
        talk.drop(frame)
        return False
    many = talk.step_of(frame).many is True
    chosen, clear = _chosen(frame, lines, many=many)
    if len(chosen) == 1 or (many and chosen and clear):
        frame.slots["item"], frame.options = ",".join(line.sku for line in chosen), ()
        return True
    offered = [item_option(line, talk.said.language) for line in (chosen or lines)[:MOST_ITEMS]]
    if many and len(lines) > 1:
        offered.append(Option(id=ALL_ITEMS, label=f"response:choice_{ALL_ITEMS}"))
    frame.options = tuple(offered)
    return False


def several(text: str, offered: Sequence[Option]) -> str:
    """The offered items that an answer means: their SKUs by number ("1 and 3"), or its words if they name any."""
    said = plain(text)
    if NUMBERS.fullmatch(said):
        places = [int(number) for number in re.findall(r"\d+", said)]
        fitting = all(0 < place <= len(offered) for place in places)
        return "|".join(offered[place - 1].id for place in places) if fitting else ""
    return text if any(names_goods({"en": option.label.split("·")[0].strip()}, said) for option in offered) else ""


def _lines(talk: Talk, frame: Frame) -> Steps[tuple[OrderLine, ...]]:
    """The lines to choose among: the order's, or without an order the basket's."""
    if "order" in frame.slots:
        order = yield from talk.order_in(frame)
        return order.lines if order else ()
    return (yield from talk.basket())


def _chosen(frame: Frame, lines: Sequence[OrderLine], *, many: bool) -> tuple[list[OrderLine], bool]:
    """The lines that were picked, named or counted; the only one; none if nothing says which.

    Not clear where a name fits several of them that the words do not tell apart.
    """
    picked = frame.mentions.pop("item", "")
    words = plain(f"{frame.words} {picked}")
    if by_sku := [line for line in lines if line.sku in picked.split("|")]:
        return by_sku, True
    if many and (picked == ALL_ITEMS or wants_all(picked or frame.words)):
        return list(lines), True
    if len(lines) == 1:
        return list(lines), True
    if by_sku := [line for line in lines if plain(line.sku) in words.split()]:
        return by_sku, True
    named = _named(frame, lines, words)
    return _narrowed(named, frame, words) if named else (_counted(frame, lines), True)


def _named(frame: Frame, lines: Sequence[OrderLine], words: str) -> list[OrderLine]:
    products = values(frame.mentions.get("product"))
    by_name = [line for line in lines if names_goods(line.name, words)]
    return by_name or [line for line in lines if line.product_id in products]


def _narrowed(named: list[OrderLine], frame: Frame, words: str) -> tuple[list[OrderLine], bool]:
    """Of several lines of one product, those in a colour or size that was named; and whether that is clear."""
    said = {value for kind in ("color", "size", "option") for value in values(frame.mentions.get(kind))}
    kept: list[OrderLine] = []
    clear = True
    for product in dict.fromkeys(line.product_id for line in named):
        alike = [line for line in named if line.product_id == product]
        meant = [line for line in alike if _options(line) & said] if len(alike) == len(named) else []
        found = meant if len(meant) == 1 else _told_apart(alike, words)
        clear = clear and (len(alike) == 1 or len(found) < len(alike) or _is_plural(alike, words))
        kept += found
    return kept, clear


def _told_apart(alike: list[OrderLine], words: str) -> list[OrderLine]:
    things = {Named(line.sku, line.name, frozenset(_options(line))): line for line in alike}
    return [things[thing] for thing in chosen_of(words, list(things))] if len(alike) > 1 else alike


def _is_plural(alike: list[OrderLine], words: str) -> bool:
    """Whether the words name the goods as often as there are lines of them, or in the plural."""
    name = local(alike[0].name, "en").lower()
    return words.count(name) >= len(alike) or f"{name}s" in words


def _options(line: OrderLine) -> set[str]:
    return {plain(text) for option in line.options.values() for text in option.values()}


def _counted(frame: Frame, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """The line at the place that was named: the second, the last."""
    places = [int(value) for value in values(frame.mentions.pop("ordinal", "")) if value.lstrip("-").isdigit()]
    fitting = [place for place in places if 0 < place <= len(lines) or place == -1]
    return [lines[place - 1 if place > 0 else -1] for place in fitting[:1]]

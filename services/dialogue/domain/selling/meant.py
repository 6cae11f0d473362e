"""Which goods the customer speaks of: named, of a kind, by their place among those shown, or simply "it"."""

import re
from collections.abc import Sequence

from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import values
from services.dialogue.domain.reading import plain, points_back
from services.dialogue.domain.selling.finding import fitting_variants
from services.dialogue.domain.selling.lexicon import is_of_kind, spoken_of, words
from services.dialogue.domain.selling.wish import tells_something
from services.dialogue.domain.shop import Product
from services.dialogue.domain.state import Frame, Wish
from services.dialogue.domain.talk import Talk
from shared.contracts.messages import Request

STILL_MEANT = 6
"""Goods are "it" for so many turns after they were shown."""
MOST = 6
LONGEST_POINTER = 30
SEVERAL = re.compile(r"\b(?:them|these|those|both)\b|它们|这[几两三]|那[几两三]|前[几两三]", re.IGNORECASE)
FIRST_FEW = re.compile(r"(?:\bfirst |前)(two|three|2|3|两|二|三)", re.IGNORECASE)
USUAL = {"zh": "CNY", "en": "EUR"}
"""In which currency an unknown customer counts, if they name none."""


def shown(talk: Talk) -> tuple[str, ...]:
    """The products that were spoken of lately, in the order in which they were shown."""
    return talk.state.goods if talk.said.turn - talk.state.goods_turn <= STILL_MEANT else ()


def remember(talk: Talk, products: Sequence[Product]) -> None:
    """These are what is spoken of now, and what a question that names nothing is about."""
    talk.state.goods, talk.state.goods_turn = tuple(product.id for product in products), talk.said.turn
    if len(products) == 1:
        name = products[0].name
        talk.state.asked = name.get(talk.said.language) or next(iter(name.values()), "")


def collect_goods(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `goods` with the ids of the products that are meant, empty where none is. It never asks."""
    products = yield from _meant(talk, frame)
    frame.slots["goods"] = ",".join(product.id for product in products)
    for kind in ("color", "size"):
        if said := values(frame.mentions.get(kind)):
            frame.slots[kind] = said[0]
    said = [entity.text for request in talk.said.requests for entity in request.entities if entity.type == "color"]
    if said:
        frame.slots["said_color"] = said[0]
    if products:
        remember(talk, products)
    return True


def _meant(talk: Talk, frame: Frame) -> Steps[tuple[Product, ...]]:
    before = shown(talk)
    named = values(frame.mentions.get("product"))
    places = _places(frame, len(before))
    products = yield from _in_order(talk, [*named, *(before[place] for place in places)])
    kinds = spoken_of("kinds", frame.words)
    if kinds and not places and not any(is_named(product, frame.words, kinds) for product in products):
        of_kind = _made_so(frame, tuple(p for p in (yield from talk.catalogue()) if is_of_kind(p, kinds)))
        if len(products) < len(of_kind) <= MOST:
            return of_kind
    if products or kinds:
        return products
    return (yield from _in_order(talk, before[: _count(frame.words)])) if before and _points(frame) else ()


def _points(frame: Frame) -> bool:
    """Whether the words mean what was shown: they say so, or name nothing else, at most a colour or a size."""
    words = frame.words
    optioned = bool(frame.mentions.keys() & {"color", "size"}) and len(words) <= LONGEST_POINTER
    return optioned or points_back(words) or SEVERAL.search(words) is not None or not tells_something(words)


def _count(words: str) -> int:
    """How many of those shown are meant: the first two, or all."""
    found = FIRST_FEW.search(words)
    return (3 if found[1].lower() in ("three", "3", "三") else 2) if found else MOST


def is_named(product: Product, text: str, kinds: Sequence[str]) -> bool:
    """Whether the text holds more of the product's name than the word for its kind."""
    said = plain(text)
    of_kind = {form for kind in kinds for form in (*words("kinds")[kind].says, *words("kinds")[kind].is_)}
    for name in map(plain, product.name.values()):
        for form in sorted(of_kind, key=len, reverse=True):
            name = name.replace(form, " ")
        parts = re.findall(r"[a-z]{4,}|[\u4e00-\u9fff]+", name)
        if any(part in said if part.isascii() else part[:2] in said for part in parts):
            return True
    return False


def _made_so(frame: Frame, products: tuple[Product, ...]) -> tuple[Product, ...]:
    """Those that are made in the colour and size that were named, or all if none is."""
    color, size = (values(frame.mentions.get(kind))[:1] for kind in ("color", "size"))
    fitting = tuple(p for p in products if fitting_variants(p, *(value[0] if value else "" for value in (color, size))))
    return fitting or products


def _in_order(talk: Talk, ids: Sequence[str]) -> Steps[tuple[Product, ...]]:
    found = {product.id: product for product in (yield from talk.products(ids))}
    return tuple(found[id_] for id_ in dict.fromkeys(ids) if id_ in found)


def _places(frame: Frame, count: int) -> list[int]:
    """Places among the goods shown: the second; the first two."""
    told = [int(value) for value in values(frame.mentions.get("ordinal")) if value.lstrip("-").isdigit()]
    return [place - 1 if place > 0 else count - 1 for place in told if 0 < place <= count or (place == -1 and count)]


def pointed_at(talk: Talk, request: Request) -> dict[str, str]:
    """What a wish to buy means without naming it: one of the goods shown, in the colour and size looked for."""
    product = _pointed(talk, request)
    wish = talk.state.wish or Wish()
    known = {"product": product or "", "color": wish.color, "size": wish.size}
    return {name: value for name, value in known.items() if value} if product else {}


def _pointed(talk: Talk, request: Request) -> str | None:
    """The second one shown, or the only one where the text is brief or says it."""
    before = shown(talk)
    found = {entity.type: entity.value for entity in request.entities}
    if not before or "product" in found:
        return None
    ordinal = found.get("ordinal", "")
    if ordinal.lstrip("-").isdigit() and (0 < int(ordinal) <= len(before) or ordinal == "-1"):
        return before[int(ordinal) - 1 if ordinal != "-1" else -1]
    brief = len(request.text) <= LONGEST_POINTER
    return before[0] if len(before) == 1 and (brief or points_back(request.text)) else None


def currencies(talk: Talk) -> Steps[tuple[str, ...]]:
    """The verified customer's own currency; all of the shop's for anybody else."""
    customer = yield from talk.customer()
    return (customer.currency,) if customer else tuple(talk.rules.profile.currencies)


def currency(talk: Talk, wish: Wish) -> Steps[str]:
    """The currency in which bounds are meant: the one that was named, the customer's, or the language's usual one."""
    known = tuple(talk.rules.profile.currencies)
    own = yield from currencies(talk)
    usual = USUAL.get(talk.said.language, "")
    wanted = (wish.currency, own[0] if len(own) == 1 else "", usual, known[0])
    return next(name for name in wanted if name in known)

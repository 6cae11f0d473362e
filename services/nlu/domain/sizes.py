"""Sizes: letters, words, and the numbers of shoes and garments."""

import re
from collections.abc import Collection, Iterator

from services.nlu.domain.numbers import HAN, chinese_number
from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity, Expects

LETTERS = "XXXXL|XXXL|XXL|XL|XS|XXS|[2-6]XL|S|M|L"
SIZE_NAMES = {
    "small": "s", "medium": "m", "large": "l", "extra large": "xl", "x-large": "xl", "extra small": "xs",
    "double xl": "xxl", "2xl": "xxl", "3xl": "xxxl", "one size": "one size", "均码": "one size", "小号": "s",
    "中号": "m", "大号": "l", "加大号": "xl", "特大号": "xl", "加大": "xl", "小码": "s", "中码": "m", "大码": "l",
}  # fmt: skip
SHOE = r"(?:3[4-9]|4[0-9])(?:[.,]5)?"
NUMBER = r"[0-9]{2,3}(?:[.,]5)?(?:-[0-9]{2})?"
GOES_ON = r"(?=\s*(?:[,.?!](?![0-9])|$|or\b|and\b|to\b|for\b|in\b|instead|please|left|available))"
ALONE_WORDS = r"an?|in|the|from|to|or|and|between|for|take|wear|need|want"
SIZES = re.compile(
    "|".join(
        (
            rf"\b(?:sizes?|sz\.?|eu|eur)[\s:]*(?:(?:eu|is|of|to|an?|from)\s+)?"
            rf"(?P<after>(?<=[\s:])(?:{LETTERS})(?![\w&'])|{NUMBER}(?!\w)|(?:extra\s+)?(?:small|medium|large)\b)",
            rf"(?:尺码|尺寸|码数|鞋码)[\s:：是选要]*(?P<after_han>{LETTERS}|{NUMBER}(?!码))(?!\w)",
            rf"(?<![A-Za-z0-9.])(?P<han>{LETTERS}|{NUMBER}|{HAN}{{2,3}})(?=\s?码(?!码|线|店|楼|门|客服|下单|订单))",
            rf"(?<![A-Za-z0-9.])(?P<han_mark>{LETTERS})(?=\s?号(?!码|线|店|楼|门))",
            r"(?P<name_han>(?<![最很太])(?:加大号|特大号|小号|中号|大号|均码|小码|中码))",
            r"\b(?P<name>extra[\s-](?:small|large)|x-large|double xl|one size)\b",
            r"(?<![A-Za-z0-9'’&-])(?P<bare>XXXXL|XXXL|XXL|XL|XXS|XS|[2-6]XL)(?![A-Za-z0-9&'’-])",
            rf"\b(?:{ALONE_WORDS})\s+"
            rf"(?P<letter>(?-i:[SML])|(?:small|medium|large){GOES_ON}|{SHOE}{GOES_ON})(?![\w&'’%€-])",
            r"(?<![A-Za-z0-9.'’&/-])(?P<capital>(?-i:[SML]))(?![A-Za-z0-9'’&/]|[.-][A-Za-z0-9])",
        )
    ),
    re.IGNORECASE,
)
"""Each way of naming a size; its group is the mention."""
WORDS = frozenset(
    ("size", "sizes", "sz", "eu", "eur", "small", "medium", "large", "x", "xl", "s", "m", "l")
    + ("xxxxl", "xxxl", "xxl", "xs", "xxs")
)
SIGNS = frozenset("码号尺")
"""Without a digit a size needs one of these."""
BARE = re.compile(
    r"(?<![A-Za-z0-9#€¥$£.,:/+第满减-])(?<!under )(?<!over )(?<!about )(?<!than )(?<!order )(?<!number )(?<!no\. )"
    r"[0-9]{2,3}(?:\.5|-[0-9]{2})?(?![A-Za-z0-9%€¥$£:/]|[.,-][0-9])"
)
NO_SIZE = re.compile(
    r"\s?(?:%|cm|mm|km|m\b|kg|g\b|w\b|mah|hz|years?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|times?|pairs?|"
    r"pieces?|items?|points?|people|orders?|o'?clock|am\b|pm\b|euros?|eur\b|yuan|rmb|dollars?|bucks|degrees|"
    r"[天周月年日号小时分秒个件双条台副套斤克米厘毫瓦度次人岁点折级公升元块欧%以左]|of\b|gift|cards?|customers)",
    re.IGNORECASE,
)
WORN = re.compile(
    r"\bsizes?\b|jeans|trousers|belt|raincoat|kid|waist|wear|leggings|pants|\bin [0-9]"
    r"|码|号|裤|皮带|腰带|雨衣|童|穿|身高|[0-9]\s?的没?货",
    re.IGNORECASE,
)
ALONE = re.compile(rf"\W*+((?-i:{LETTERS})|{SHOE})\W*+", re.IGNORECASE)
ANSWER = re.compile(rf"\W*+({LETTERS}|small|medium|large|[0-9]{{2,3}}(?:\.5)?)\W*+", re.IGNORECASE)


def find_sizes(text: MatchText, expects: Expects, sold: Collection[str]) -> Iterator[Entity]:
    """Sizes as they are said; a bare one that is the whole text counts if it was asked for or is sold."""
    if not text.numbered and SIGNS.isdisjoint(text.text) and WORDS.isdisjoint(text.words):
        return
    for match in SIZES.finditer(text.text):
        group = match.lastgroup or ""
        yield _size(match[group], text.span(*match.span(group)))
    yield from _sold_numbers(text, sold)
    asked = expects.slot == "size"
    alone = (ANSWER if asked else ALONE).fullmatch(text.text)
    if alone and (asked or (expects.kind != "choice" and size_value(alone[1]) in sold)):
        yield _size(alone[1], text.span(*alone.span(1)))


def _sold_numbers(text: MatchText, sold: Collection[str]) -> Iterator[Entity]:
    """A bare number that is a size in this shop, unless it measures or counts something else.

    Sizes of shoes need nothing beside them; others, which may be any number, a word for sizes or garments.
    """
    for match in BARE.finditer(text.text):
        said = match[0]
        if said not in sold or NO_SIZE.match(text.text, match.end()):
            continue
        if re.fullmatch(SHOE, said) or WORN.search(text.text):
            yield _size(said, text.span(*match.span()))


def _size(said: str, span: tuple[int, int]) -> Entity:
    return Entity(type="size", text="", value=size_value(said), start=span[0], end=span[1])


def size_value(said: str) -> str:
    """`m`, `xxl`, `42`, `42.5`, or `one size`."""
    word = " ".join(said.lower().replace(",", ".").split())
    if word in SIZE_NAMES:
        return SIZE_NAMES[word]
    bare = word.rstrip("码号 ")
    if re.fullmatch(rf"{HAN}+", bare):
        return str(chinese_number(bare))
    return SIZE_NAMES.get(bare.replace("-", " "), bare)

"""All mentions of a message: order numbers, addresses, codes, quantities and ordinals here, others beside."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from services.nlu.domain.dates import find_dates
from services.nlu.domain.money import find_bare_sums, find_money
from services.nlu.domain.numbers import ENGLISH, ORDINALS, number_value, ordinal_value
from services.nlu.domain.options import OptionNames
from services.nlu.domain.phones import find_phones
from services.nlu.domain.products import Gazetteer
from services.nlu.domain.sizes import find_sizes
from services.nlu.domain.text import MatchText, match_text
from shared.contracts.messages import Entity, Expects

EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
ORDER_WORD = re.compile(r"(?:\border|\bnumber|\bno\.|#|订单|單號|单号|单子)[^0-9\n]{0,12}$", re.IGNORECASE)
LONGEST_LEAD = 20
"""As far before a number such words are looked for."""
SEPARATORS = (" \n", " \n-._/·")

NUMBER = rf"[0-9]{{1,3}}|{'|'.join(ENGLISH)}|[一二两三四五六七八九十]{{1,3}}"
UNIT = r"pieces?|pcs|pairs?|units?|items?|copies|sets?|of (?:them|these|those|each)"
MEASURE = (
    r"[件双台条只副套把份部顶支瓶盒张箱根]|包(?!政策|有|邮|退|换|括|装)"
    r"|个(?!月|小时|星期|礼拜|工作日|问题|人|字|地方|意思|建议)"
)
COUNTED = re.compile(
    rf"(?<![\w第])(?:(?:([0-9]{{1,3}})\s*|({'|'.join(ENGLISH)})\s+)(?:x\s*)?(?:{UNIT})\b|([0-9]{{1,2}})\s?[x×](?![\w])"
    rf"|[x×]\s?([0-9]{{1,2}})(?![\w]))|(?<![第这那哪0-9一二两三四五六七八九十最])(?:(?<=[来要订拍买])|(?!一))([0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})\s*(?:{MEASURE})",
    re.IGNORECASE,
)
NUMBER_WORD = rf"([1-9][0-9]{{0,2}}|{'|'.join(ENGLISH)})\b"
BEHIND_WORD = re.compile(
    rf"\b(?:quantity|number)\b[^.?!0-9]{{0,30}}?\b(?:from\s+{NUMBER_WORD}\s+)?(?:to|is|of)\s+{NUMBER_WORD}"
    rf"|\b(?:drop|remove|keep|add|send)\s+{NUMBER_WORD}\s+of\b",
    re.IGNORECASE,
)
BEFORE_THING = re.compile(
    rf"(?<![\w.,-])(?P<count>[1-9]|1[0-9]|{'|'.join(ENGLISH[1:])})\s+(?:[a-z-]+\s+){{0,2}}?(?P<thing>[a-z]+s)\b",
    re.IGNORECASE,
)
COUNTED_THING = re.compile(rf"(?<![\w.,-])([1-9]|1[0-9]|{'|'.join(ENGLISH)})\s+(?:of\s+(?:the\s+)?)?$", re.IGNORECASE)
CODE_WORD = re.compile(r"\bcode\b|\bpin\b|\botp\b|验证码|校验码|动态码", re.IGNORECASE)
NO_CODE = re.compile(r"(?:邮编|邮政编码|\bpost(?:al)?\s?code|\bzip(?: code)?)(?:\s|是|is|[:：])*$", re.IGNORECASE)
"""Before a number: the postcodes of China have six digits too."""
SEARCHED = 800
"""Beyond so many characters only numbers and addresses of a fixed form are looked for."""
MOST_MENTIONS = 60
COLOUR_CHARACTERS = {
    "黑": "black", "白": "white", "红": "red", "蓝": "blue", "绿": "green", "灰": "grey", "粉": "pink", "黄": "yellow",
    "紫": "purple", "棕": "brown",
}  # fmt: skip
NO_TURN = "(?!次|天|方|时间|周|年|[0-9一二三四五六七八九十])"
OF_THINGS = "[个件单项款双笔条种台样]"
THING = r"(?:one|item|option|order|product|pair|choice)"
NTH = rf"{'|'.join(ORDINALS)}|last|latter|former"
COUNTING = frozenset((*ENGLISH, *ORDINALS, "last", "latter", "former"))
"""Without a digit an English text needs one of these to count something."""
ORDINAL = re.compile(
    rf"\b(?P<thing>{NTH})\s+{THING}\b"
    rf"|\bthe\s+(?P<nth>{NTH})\b(?!\s+(?:time|day|week|month|year|few|digits|level|setup|{NUMBER}))"
    r"|\b(?P<mark>[0-9]{1,2})(?:st|nd|rd|th)\b"
    r"|(?:\b(?:option|number|item|choice)|#|选项?|编号)\s*(?P<number>[0-9]{1,2})(?![0-9])"
    rf"|第\s*(?P<han>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}}){NO_TURN}{OF_THINGS}?"
    rf"|(?P<last>最后)一?{OF_THINGS}|(?P<pair>前者|后者)",
    re.IGNORECASE,
)


SURELY_NUMBERED = re.compile(r"[^|]*(?:\[0-9\]|\\d)(?![*?|]|\{0?,|\{0\})[^|]*")
"""A regular expression without alternatives, of which one piece is a digit. Any other may match a text without."""
ONE_NUMBER = re.compile(rf"\W*+({NUMBER})\W*+", re.IGNORECASE)
ONE_ORDINAL = re.compile(rf"\W*+({NTH})\W*+", re.IGNORECASE)


@dataclass(frozen=True)
class Patterns:
    """What a shop's numbers look like: the order number as a regular expression, the digits of a one-time code."""

    order: str
    code_digits: int = 6
    forms: tuple[tuple[re.Pattern[str], str], ...] = field(init=False)
    bare: re.Pattern[str] | None = field(init=False)
    prefix: str = field(init=False)
    numbered: bool = field(init=False)
    """Whether every order number has a digit."""

    def __post_init__(self) -> None:
        forms = [(re.compile(self.order, re.IGNORECASE), "")]
        if self.order.startswith("#"):
            forms.append((re.compile(self.order[1:], re.IGNORECASE), "#"))
        literal = re.match(r"[#A-Za-z-]+(?![?*+{])", self.order)
        prefix = literal.group() if literal else ""
        object.__setattr__(self, "forms", tuple(forms))
        object.__setattr__(self, "prefix", prefix)
        object.__setattr__(self, "numbered", SURELY_NUMBERED.fullmatch(self.order) is not None)
        rest = rf"(?<![A-Za-z0-9])({self.order[len(prefix) :]})(?![A-Za-z0-9])"
        object.__setattr__(self, "bare", re.compile(rest) if prefix else None)


@dataclass(frozen=True)
class Known:
    """What mentions are recognised by: the shop's patterns and catalogue."""

    patterns: Patterns
    products: Gazetteer = field(default_factory=Gazetteer)
    options: OptionNames = field(default_factory=OptionNames.of)


def find_entities(
    original: str, text: MatchText, known: Known, expects: Expects, today: date | None = None
) -> tuple[Entity, ...]:
    """The mentions in order of appearance; what the bot waits for decides doubtful ones.

    None overlaps another, save several products on one stretch. Dates are relative to `today`, the day on which the
    message was written; without it none are found.
    """
    start, numbered = text.beginning(SEARCHED), text.numbered
    orders = _orders(original, text, known.patterns, expects) if numbered or not known.patterns.numbered else ()
    certain = (_emails(text), orders, find_phones(start, expects) if numbered else ())
    codes = _codes(text, known.patterns, expects) if numbered else ()
    figures = (codes, find_money(start), _dates(start, expects, today))
    named, kinds = known.products.named_and_kinds(original, start)
    things = (named, known.options.find(start), kinds)
    counted = (_ordinals(start, expects), _quantities(start, expects, known)) if _may_count(text) else ()
    counts = (find_sizes(start, expects, known.options.sizes), *counted)
    sums = find_bare_sums(start) if numbered else ()
    found: list[Entity] = []
    for mention in (m for finder in (*certain, *figures, *things, *counts, sums) for m in finder):
        if len(found) == MOST_MENTIONS:
            break
        if all(_apart(mention, other) or _same_stretch(mention, other) for other in found):
            found.append(mention.model_copy(update={"text": original[mention.start : mention.end]}))
    found += _counted_things(original, found)
    found += _coloured_things(original, found)
    return tuple(sorted(found, key=lambda entity: (entity.start, entity.value)))


def _apart(one: Entity, other: Entity) -> bool:
    return one.end <= other.start or one.start >= other.end


def _same_stretch(one: Entity, other: Entity) -> bool:
    """A name of several products."""
    return one.type == other.type == "product" and (one.start, one.end) == (other.start, other.end)


def _counted_things(original: str, found: list[Entity]) -> list[Entity]:
    """The number right before a thing: "2 hoodies", "three black tees"."""
    counted: list[Entity] = []
    for thing in found:
        before = COUNTED_THING.search(original, max(thing.start - 20, 0), thing.start)
        if thing.type in ("product", "color") and before:
            start, end = before.span(1)
            mention = Entity(type="quantity", text=before[1], value=number_value(before[1]), start=start, end=end)
            if all(_apart(mention, other) for other in (*found, *counted)):
                counted.append(mention)
    return counted


def _entity(kind: str, value: str, span: tuple[int, int]) -> Entity:
    return Entity(type=kind, text="", value=value, start=span[0], end=span[1])


def _coloured_things(original: str, found: list[Entity]) -> list[Entity]:
    """红围巾: a Chinese colour of one character right before a thing."""
    things = [thing for thing in found if thing.type == "product"]
    spots = [(thing.start - 1, COLOUR_CHARACTERS.get(original[thing.start - 1 : thing.start])) for thing in things]
    colours = [
        Entity(type="color", text=original[at], value=value, start=at, end=at + 1) for at, value in spots if value
    ]
    return [colour for colour in colours if all(_apart(colour, other) for other in found)]


def _emails(text: MatchText) -> Iterator[Entity]:
    for match in EMAIL.finditer(text.text) if "@" in text.text else ():
        yield _entity("email", match.group().lower(), text.span(*match.span()))


def find_orders(text: str, patterns: Patterns, expects: Expects) -> tuple[Entity, ...]:
    """The order numbers alone."""
    return tuple(_orders(text, match_text(text), patterns, expects))


def _orders(original: str, text: MatchText, patterns: Patterns, expects: Expects) -> Iterator[Entity]:
    any_found = False
    for squeezed in (text.without(separators) for separators in SEPARATORS):
        for pattern, lead in patterns.forms:
            for match in pattern.finditer(squeezed.text):
                if match.group() and _stands_alone(original, span := squeezed.span(*match.span())):
                    any_found = True
                    yield _entity("order", _in_the_shops_case(patterns.order, lead + match.group()), span)
    if not any_found:
        yield from _bare_orders(text, patterns, expects)


def _bare_orders(text: MatchText, patterns: Patterns, expects: Expects) -> Iterator[Entity]:
    """Only the digits of an order number, where nothing else can be meant."""
    if patterns.bare is None:
        return
    for match in patterns.bare.finditer(text.text):
        said_before = ORDER_WORD.search(text.text, max(match.start() - LONGEST_LEAD, 0), match.start())
        if expects.slot == "order" or said_before:
            value = _in_the_shops_case(patterns.order, patterns.prefix + match.group(1))
            yield _entity("order", value, text.span(*match.span(1)))


def _stands_alone(original: str, span: tuple[int, int]) -> bool:
    around = original[max(span[0] - 1, 0) : span[0]], original[span[1] : span[1] + 1]
    return not any(side.isascii() and side.isalnum() for side in (unicodedata.normalize("NFKC", s) for s in around))


def _in_the_shops_case(pattern: str, number: str) -> str:
    forms = (number, number.upper(), number.lower())
    return next((form for form in forms if re.fullmatch(pattern, form)), number.upper())


def _codes(text: MatchText, patterns: Patterns, expects: Expects) -> Iterator[Entity]:
    said_so = expects.slot == "one_time_code" or CODE_WORD.search(text.text) is not None
    for match in _code_pattern(patterns.code_digits, "[ -]?" if said_so else "").finditer(text.text):
        if NO_CODE.search(text.text, max(match.start() - 14, 0), match.start()):
            continue
        yield _entity("one_time_code", re.sub("[ -]", "", match.group()), text.span(*match.span()))


@cache
def _code_pattern(digits: int, between: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])[0-9](?:{between}[0-9]){{{digits - 1}}}(?!{between}[0-9]|[A-Za-z])")


def _may_count(text: MatchText) -> bool:
    return text.numbered or not text.text.isascii() or not text.words.isdisjoint(COUNTING)


def _quantities(text: MatchText, expects: Expects, known: Known) -> Iterator[Entity]:
    for match in BEFORE_THING.finditer(text.text):
        if match["thing"].lower() in known.products.things:
            yield _entity("quantity", number_value(match["count"]), text.span(*match.span("count")))
    for match in BEHIND_WORD.finditer(text.text):
        for group in (1, 2, 3):
            if match[group]:
                yield _entity("quantity", number_value(match[group]), text.span(*match.span(group)))
    for match in COUNTED.finditer(text.text):
        said = next(group for group in match.groups() if group)
        yield _entity("quantity", number_value(said), text.span(*match.span()))
    if expects.slot == "quantity" and (alone := ONE_NUMBER.fullmatch(text.text)):
        yield _entity("quantity", number_value(alone.group(1)), text.span(*alone.span(1)))


def _ordinals(text: MatchText, expects: Expects) -> Iterator[Entity]:
    for match in ORDINAL.finditer(text.text):
        said, start = match[match.lastgroup or 0], match.start("nth") if match["nth"] else match.start()
        yield _entity("ordinal", ordinal_value(said), text.span(start, match.end()))
    if expects.kind == "choice" and (alone := ONE_NUMBER.fullmatch(text.text) or ONE_ORDINAL.fullmatch(text.text)):
        yield _entity("ordinal", ordinal_value(alone.group(1)), text.span(*alone.span(1)))


def _dates(text: MatchText, expects: Expects, today: date | None) -> Iterable[Entity]:
    return find_dates(text, today, ahead=expects.slot == "date") if today else ()

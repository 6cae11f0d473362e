"""Numbers with their units, dates, times and ids, in one form whatever way they are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from services.generator.domain.check.numerals import FIGURES, WORDS_EN, WORDS_ZH, ZH_DIGITS, value_of
from services.generator.domain.check.text import REMEMBERED
from services.generator.domain.check.units import EVERY, MORE, RATE, UNIT, UNITS

Kind = Literal["number", "price", "date", "time", "rate", "id", "link"]
Bound = Literal["", "most", "least"]

_SIGNS = {"¥": "CNY", "€": "EUR", "$": "USD", "£": "GBP", "rmb": "CNY", "cny": "CNY", "eur": "EUR", "usd": "USD"}
_MONEY = frozenset({"CNY", "EUR", "USD", "GBP"})
SPANS = frozenset({"hour", "workday", "month"})
"""Units of time, which are told one for another."""
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SHORT = {month[:3]: number for number, month in enumerate(_MONTHS, 1)}
_NUMBER = rf"(?:{FIGURES}|{WORDS_EN}|{WORDS_ZH})"
_SIGN = r"(?:[¥€$£]|(?<![a-z])(?:rmb|cny|eur|usd) ?)"
_QUANTITY = re.compile(
    rf"(?P<percent>百分之)?(?P<sign>{_SIGN})?\s*(?P<first>{_NUMBER})"
    rf"(?:(?P<own>[ -]?{MORE}(?:{UNIT}))"
    rf"|(?:\s*(?:-|to|and|or|至|到|和|或)\s*(?P<sign2>{_SIGN})?(?P<second>{_NUMBER}))?(?P<unit>[ -]?{MORE}(?:{UNIT}))?)"
)
_DATES = (
    (re.compile(r"(?<![\d-])(?P<y>(?:19|20)\d{2})-(?P<m>0?[1-9]|1[0-2])-(?P<d>\d{1,2})(?![\d-])"), False),
    (re.compile(r"(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]"), False),
    (re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{'|'.join(_SHORT)})[a-z]*(?:,? (?P<y>\d{{4}}))?"), True),
    (re.compile(rf"\b(?P<m>{'|'.join(_SHORT)})[a-z]* (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y>\d{{4}}))?"), True),
)  # fmt: skip
_TIME = re.compile(
    rf"(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上|早|晚)?(?<!\d)(?P<h>\d{{1,2}}|{WORDS_ZH})(?::(?P<m>\d{{2}})|(?P<zh>点(?:钟|整)?(?P<half>半)?))"
    r"\s*(?P<am>[ap]\.?m\.?)?|(?<!\d)(?P<h2>\d{1,2})\s*(?P<am2>[ap]\.?m\b\.?)"
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'，。；、)）\u4e00-\u9fff]+|[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|"
    r"(?<![a-z0-9@])(?:[a-z0-9-]+\.)+(?:com|net|org|cn|de|eu|io|shop|store|example|info|app|co|xyz|ru|top)(?:/[^\s，。)）]*)?(?![a-z])"
)
_ID = re.compile(
    r"#\s?\d+|(?<![a-z0-9])[a-z]{1,6}-?\d[a-z0-9]*(?:-[a-z0-9]+)*|(?<![a-z0-9])[a-z]-\d?[a-z0-9]*\d[a-z0-9]*"
)
_PHONE = re.compile(r"(?<!\d)(?:\+\d{1,3}[ -]?)?(?:\d{2,4}[ -]){2,3}\d{2,4}(?!\d)|(?<!\d)\d{7,13}(?!\d)")
_MOST = re.compile(
    r"(?:up to|at most|no more than|not more than|no later than|within|under|below|less than|maximum(?: of)?|at the latest|"
    r"最多|至多|不超过|最高|不高于|最迟|少于|低于|小于|最长)(?: the| about)?\s*$"
)
_LEAST = re.compile(
    r"(?:at least|no less than|more than|over|above|minimum(?: of)?|after|beyond|from|starting at|at the earliest|"
    r"至少|最少|不少于|不低于|超过|最低|多于|高于|大于|满)(?: the| about)?\s*$"
)
_MOST_AFTER = re.compile(r"^\s*(?:at most|or less|or fewer|at the latest|以内|之内|内|以下|之前)")
_LEAST_AFTER = re.compile(
    r"^\s*(?:at least|or more|or over|and (?:above|over|more)|at the earliest|以上|之后|以后|后|起)"
)
_CLOSES = re.compile(r"(?:\b(?:until|till|to|before|by|closes? at|ends? at)|-|到|至)\s*$")
_CLOSES_AFTER = re.compile(r"^(?:之?前|以前|关门|打烊|结束|下班|截止)")
_OPENS = re.compile(r"(?:\b(?:from|after|opens? at|starts? at|begins? at)|从|自)\s*$")
_OPENS_AFTER = re.compile(r"^(?:\s*(?:-|to |until |till |到|至)|之?后|以后|起|开始|开门|开业|上班)")
_LATE_BEFORE = re.compile(
    r"(?:下午|晚上|傍晚|晚)(?:\d{1,2}|[一二两三四五六七八九十]+)(?:点(?:钟|整|半)?|:\d\d)\s*(?:到|至|-)\s*$"
)
"""The part of the day is told once for both ends of a range."""
_AT = re.compile(r"(?:之?前|之?后|以前|以后|到|至|-|开|关|起|钟)")
"""Stands after an hour; without it 一点 is a bit."""
_OF_SEVERAL = re.compile(r"\b(?:the|these|those|of|all|both|between)\s*$")
"""Numerals that only say which are meant: "of the two", "between two sizes"."""
_WAYS = re.compile(r"\s+(?:\w+ )?(?:ways|options|choices|things|possibilities)\b")
"""Counts what the reply itself goes on to say."""
DAY = 24 * 60
MONTH, YEAR = 30 * 24, 365 * 24
"""Hours: 60 days are two months, 365 a year."""
DOZENS = 10
"""八五折 is 8.5 of ten."""


@dataclass(frozen=True)
class Quantity:
    """One of the hard facts in a text. `unit` is empty where none is told; `written` is how it stands there,
    and `bare` the number in the unit it was written with."""

    kind: Kind
    value: float | str
    unit: str = ""
    bound: Bound = ""
    written: str = ""
    bare: float = 0


@lru_cache(REMEMBERED)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers, prices, dates, times, ids, links and telephone numbers of a normal text."""
    found: list[Quantity] = []
    text = _take(_LINK, text, found, lambda m: Quantity("link", m[0].rstrip("./").removeprefix("https://")))
    for pattern, named in _DATES:
        text = _take(pattern, text, found, lambda m, named=named: _date(m, named))
    text = _take(_PHONE, text, found, lambda m: Quantity("id", re.sub(r"\D", "", m[0])) if len(m[0]) > 6 else None)
    text = _take(_TIME, text, found, _time)
    text = _take(RATE, text, found, _rate)
    text = _take(_ID, text, found, lambda m: Quantity("id", m[0].replace(" ", "")))
    for match in _QUANTITY.finditer(text):
        found += _quantity(match, text)
    return tuple(found)


def _take(pattern: re.Pattern[str], text: str, found: list[Quantity], read) -> str:  # type: ignore[no-untyped-def]
    def taken(match: re.Match[str]) -> str:
        quantity = read(match)
        if quantity is None:
            return match[0]
        found.append(quantity)
        return " " * len(match[0])

    return pattern.sub(taken, text)


def months(found: Sequence[Quantity]) -> set[str]:
    """The English names of the months of dates."""
    return {_MONTHS[int(str(q.value)[:2]) - 1] for q in found if q.kind == "date" and str(q.value)[:2].isdigit()}


def _date(match: re.Match[str], named: bool) -> Quantity:
    month = _SHORT[match["m"]] if named else int(match["m"])
    return Quantity("date", f"{month:02}-{int(match['d']):02}", match["y"] or "")


def _time(match: re.Match[str]) -> Quantity | None:
    hour = value_of(match["h"] or match["h2"])
    if hour is None or hour > 24:
        return None
    if (
        match["h"] in ("一", "两")
        and match["zh"] == "点"
        and not match["part"]
        and not _AT.match(match.string[match.end() :])
    ):
        return None
    minute = int(match["m"] or 0) + (30 if match["half"] else 0)
    late = _LATE_BEFORE.search(match.string[: match.start()]) is not None
    late = (
        late or (match["am"] or match["am2"] or "").startswith("p") or match["part"] in ("下午", "傍晚", "晚上", "晚")
    )
    value = ((hour + 12 if late and hour < 12 else hour) * 60 + minute) % DAY
    before, after = match.string[: match.start()], match.string[match.end() :]
    return Quantity(
        "time",
        value,
        bound="most"
        if _CLOSES.search(before) or _CLOSES_AFTER.match(after)
        else "least"
        if _OPENS.search(before) or _OPENS_AFTER.match(after)
        else "",
        written=match[0].strip(),
    )


def _rate(match: re.Match[str]) -> Quantity:
    span = match["en"] or match["ly"] or match["zh"]
    return Quantity("rate", EVERY[span], "hour" if EVERY[span] >= EVERY["day"] else "month")


def _quantity(match: re.Match[str], text: str) -> list[Quantity]:
    sign, unit = match["sign"] or match["sign2"], (match["unit"] or match["own"] or "").strip(" -")
    unit = re.sub(f"^{MORE}", "", unit)
    name, factor = (
        (_SIGNS[sign.strip()], 1.0) if sign else ("%", 1.0) if match["percent"] else UNITS.get(unit, ("", 1.0))
    )
    before, after = text[: match.start()], text[match.end() :]
    if after.startswith("%"):
        name, factor, after = "%", 1.0, after[1:]
    bound: Bound = ""
    if _MOST.search(before) or _MOST_AFTER.match(after):
        bound = "most"
    elif _LEAST.search(before) or _LEAST_AFTER.match(after):
        bound = "least"
    kind: Kind = "price" if name in _MONEY else "number"
    written = [*_either(match["first"]), *([match["second"]] if match["second"] else [])]
    values = [value_of(part) for part in written]
    # "one of them", 一起: numerals without a unit are words, not numbers.
    spelt = not match["first"][0].isdigit()
    if spelt and not name and (match["first"][0] > "\x7f" or match["first"] == "one"):
        return []
    if spelt and not name and (_OF_SEVERAL.search(before) or _WAYS.match(after)):
        return []
    if name == "count" and values == [1]:
        return []
    if name == "fold":
        values = [v / 10 if v is not None and v >= DOZENS else v for v in values]
    return [Quantity(kind, round(v * factor, 4), name, bound, match[0].strip(), v) for v in values if v is not None]


def _either(written: str) -> list[str]:
    """两三天 is two or three; any other number is one."""
    first, second = (ZH_DIGITS.get(char, -9) for char in written) if len(written) == 2 else (-9, -9)
    return list(written) if first > 0 and second == first + 1 else [written]


def same(one: Quantity, other: Quantity) -> bool:
    """Whether two say the same; where one tells no unit, both are compared as they are written."""
    if {one.unit, other.unit} == {"hour", "month"}:
        months, hours = (float((one if one.unit == unit else other).value) for unit in ("month", "hour"))
        return hours in (months * MONTH, months / 12 * YEAR)
    if {one.unit, other.unit} == {"fold", "%"}:
        tenths, percent = (float((one if one.unit == unit else other).value) for unit in ("fold", "%"))
        return percent in (100 - 10 * tenths, 10 * tenths)
    if one.unit and other.unit or not one.bare:
        return one.value == other.value and (one.unit == other.unit or not one.unit or not other.unit)
    return one.bare == other.bare

"""Whether a number has a source: the same fact is known, or follows from what is."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from services.generator.domain.check.numerals import WORDS_ZH, value_of
from services.generator.domain.check.quantities import SPANS, Quantity, same

LEAP = 2024
"""Taken for a year that is not told."""
_COUNTED = re.compile(rf"({WORDS_ZH}|\d+)个([\u3400-\u9fff]{{2}})")
NOON = 12 * 60
_EACH = r"(?:每一?|per |each |every |\ban? |/ ?)"


def supported(claimed: Quantity, known: Sequence[Quantity]) -> bool:
    """Whether the same fact is among those known; where one side tells no unit or year, the other's is believed.

    How often something is done may be told in words that are no quantity, and once, or 两个, is said of much that is
    not counted.
    """
    if claimed.kind == "rate" and not any(fact.unit in SPANS for fact in known):
        return True
    if (claimed.value, claimed.unit) == (1, "time") and not any(fact.unit == "time" for fact in known):
        return True
    if claimed.unit == "count" and not any(fact.unit == "count" for fact in known):
        return True
    if claimed.kind == "time" and _either_half(claimed, known):
        return True
    if claimed.kind == "number" and not claimed.unit and _hour_of(claimed, known):
        return True
    if claimed.kind == "number" and (
        _day_of(claimed, known) or claimed.unit == "hour" and claimed.value in lengths(known)
    ):
        return True
    return any(
        claimed.kind in (fact.kind, "number" if "" in (fact.unit, claimed.unit) or fact.kind == "rate" else fact.kind)
        and same(claimed, fact)
        for fact in known
    )


def _day_of(claimed: Quantity, known: Sequence[Quantity]) -> bool:
    """Whether a bare number is the day of a date that is known: "the 11th"."""
    return not claimed.unit and any(
        fact.kind == "date" and int(str(fact.value)[-2:]) == claimed.value for fact in known
    )


def _either_half(claimed: Quantity, known: Sequence[Quantity]) -> bool:
    """Whether a time that tells no half of the day is one of the second half: "at half past four"."""
    bare = claimed.written[0] in "123456789" and re.fullmatch(r"[\d:]+", claimed.written) is not None
    return bare and any(fact.kind == "time" and float(fact.value) - float(claimed.value) == NOON for fact in known)


def _hour_of(claimed: Quantity, known: Sequence[Quantity]) -> bool:
    """Whether bare numbers in a range are hours that are known: "between 10 and 6"."""
    hours = (claimed.bare * 60, claimed.bare * 60 + NOON)
    alone = re.fullmatch(r"\d{1,2}(?: ?(?:-|to|and) ?\d{1,2})?", claimed.written)
    return alone is not None and any(fact.kind == "time" and fact.value in hours for fact in known)


def lengths(known: Sequence[Quantity]) -> set[float]:
    """How many hours lie between a date and the next one told, both days counted or one of them."""
    dates = [date(int(fact.unit or LEAP), *map(int, str(fact.value).split("-"))) for fact in known if _real(fact)]
    days = [(end - begin).days for begin, end in pairwise(dates)]
    return {24.0 * (count + more) for count in days for more in (0, 1) if count > 0}


def _real(fact: Quantity) -> bool:
    if fact.kind != "date":
        return False
    try:
        date(int(fact.unit or LEAP), *map(int, str(fact.value).split("-")))
    except ValueError:
        return False
    return True


def other_count(said: str, known: str) -> bool:
    """Whether a Chinese text counts something that a normal text has one of, or another number of: 三个口袋."""
    for match in _COUNTED.finditer(said):
        told = [m[1] for m in re.finditer(rf"({WORDS_ZH}|\d+)?个{match[2]}", known)]
        if told and value_of(match[1]) not in [value_of(number) if number else 1 for number in told]:
            return True
    return False


def for_each(claimed: Quantity, known: str) -> bool:
    """Whether it is one of what a normal text tells for each: 每升 and 一升."""
    unit = re.sub(r"^(?:[一1]|one|an?)[ -]?", "", claimed.written)
    return claimed.bare == 1 and bool(unit) and re.search(_EACH + re.escape(unit), known) is not None

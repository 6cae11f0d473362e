"""A shop's policies with other numbers: a model shall read the page and not know the shop's figures by heart."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

_SPAN = re.compile(r"(\d+)-(\d+)")
_CLOCK = re.compile(r"\d\d:\d\d")
_MONEY = re.compile(r"(\d+)\.(\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_CENTS = ("00", "50", "90", "95")


def varied(policies: Mapping[str, Any], random: Random) -> dict[str, Any]:
    """The same tree with each number replaced by one of its kind and size; 1 stays, because words agree with it."""
    return {key: _value(key, value, random) for key, value in policies.items()}


def _value(key: str, value: Any, random: Random) -> Any:
    if isinstance(value, Mapping):
        return varied(value, random)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    if isinstance(value, int):
        return _whole(key, value, random)
    return _text(key, value, random)


def _whole(key: str, value: int, random: Random) -> int:
    if value <= 1 or key.endswith("year"):
        return value
    most = 95 if "percent" in key else 2 * value + 2
    return random.randint(max(2, value // 2), most)


def _text(key: str, text: str, random: Random) -> str:
    if _DAY.fullmatch(text):
        return str(date.fromisoformat(text) + timedelta(days=random.randint(-20, 20)))
    if _CLOCK.search(text):
        return _clocks(text, random)
    if span := _SPAN.fullmatch(text):
        low = _whole(key, int(span[1]) + 1, random)
        return f"{low}-{low + max(1, int(span[2]) - int(span[1])) + random.randint(0, 2)}"
    if money := _MONEY.fullmatch(text):
        return f"{_whole(key, int(money[1]) + 1, random)}.{random.choice(_CENTS)}"
    if _WHOLE.fullmatch(text):
        number = _whole(key, int(text.replace(",", "")), random)
        return f"{number:,}" if "," in text else str(number)
    return text


def _clocks(text: str, random: Random) -> str:
    """Hours move together, so that what opens before it closes still does."""
    by = random.randint(-2, 2)
    return _CLOCK.sub(lambda found: f"{min(23, max(0, int(found[0][:2]) + by)):02}{found[0][2:]}", text)

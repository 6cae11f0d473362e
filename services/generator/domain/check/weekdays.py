"""Opening hours: what a text says of each day of the week, so that two texts can be compared."""

import re
from collections.abc import Iterator
from typing import Literal

from services.generator.domain.check.ground import Ground
from services.generator.domain.check.quantities import quantities

BOTH_ENDS = 2
"""Times that tell when a day's hours begin and end."""
State = frozenset[float | str] | Literal["closed", "open"]
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EN = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b"
_ZH = r"(?:周|星期|礼拜)[一二三四五六日天]"
_DAY = rf"(?:\b{_EN}|{_ZH})"
_DAYS = re.compile(rf"(?P<first>{_DAY})(?:\s*(?:to|through|until|till|-|至|到)\s*(?P<last>{_DAY}|[一二三四五六日天]))?")
_CUT = re.compile(r"[,;。!?()]|\.(?!\d)|\b(?:but|while|whereas)\b|\band on (?=[mtwfs])|但|而")
_CLOSED = re.compile(r"\bclosed?\b|\bnot (?:open|there|on)\b|\brests?\b|\bday off\b|休息|不营业|不开|关门|闭店|不上班")
_OPEN = re.compile(r"\bopen\b|\bavailable\b|\banswers?\b|\bthere for you\b|开放|营业|开门|上班|在线")


def other_hours(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence opens, or closes, on a day when the passages do not, or gives it other hours."""
    told: dict[int, set[State]] = {}
    for piece in ground.sentences:
        for day, state in hours(piece.text):
            told.setdefault(day, set()).add(state)
    spans = [_span(match) for match in _DAYS.finditer(ground.known) if match["last"]]
    said = [_span(match) for match in _DAYS.finditer(sentence) if match["last"]]
    if any(span not in spans and any(span & other for other in spans) for span in said):
        return True
    return any(day in told and not any(_agree(state, of) for of in told[day]) for day, state in hours(sentence))


def hours(text: str) -> Iterator[tuple[int, State]]:
    """Each day of the week, from 0, with its hours, or whether it is open; a part without days has those before it."""
    days: set[int] = set()
    for part in _CUT.split(text):
        state = _state(part)
        found = {day for match in _DAYS.finditer(part) for day in _span(match)}
        days = found or days
        if state is not None:
            yield from ((day, state) for day in days)
            days = set()


def within_told(word: str, known: str) -> bool:
    """Whether a word is a day of the week that a normal text tells, be it between two others."""
    return _DAYS.fullmatch(word) is not None and any(_number(word) in _span(match) for match in _DAYS.finditer(known))


def _state(part: str) -> State | None:
    if _CLOSED.search(part):
        return "closed"
    times = frozenset(q.value for q in quantities(part) if q.kind == "time")
    if len(times) > BOTH_ENDS:
        return None
    if len(times) == BOTH_ENDS:
        return times
    return "open" if _OPEN.search(part) else None


def _agree(said: State, told: State) -> bool:
    if "closed" in (said, told):
        return said == told
    return "open" in (said, told) or said == told


def _span(match: re.Match[str]) -> set[int]:
    first = _number(match["first"])
    last = _number(match["last"]) if match["last"] else first
    return {day % 7 for day in range(first, last + 1 + (7 if last < first else 0))}


def _number(day: str) -> int:
    return (
        _NAMES.index(day[:3]) if day[0].isascii() else "一二三四五六日天".index(day[-1]) % 7 if day[-1] != "天" else 6
    )

"""Days and spans of days as customers name them, relative to the day on which they write."""

import re
from collections.abc import Iterator
from datetime import date

from services.nlu.domain.dates import chinese, english
from services.nlu.domain.dates.calendar import Days, Frame, Reading, Rule, written
from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity

HAN = re.compile(r"[\u3400-\u9fff]")
SEARCHED = 600
"""Only the first characters of a message are searched: its length must not decide how long a turn takes."""
PAST = re.compile(
    r"\b(?:since|ordered|bought|was|were|did|paid|received|arrived|placed|got|came|shipped|sent|ago|said|returned|"
    r"has|have|purchased|delivered)\b|下单|下的单|买的|买了|订的|订了|收到|签收|付的|付了|退的|寄的|申请的|说|以来|至今|发货的"
    r"|没(?:到|收|发)|还没",
    re.IGNORECASE,
)
FUTURE = re.compile(
    r"\b(?:will|by|until|till|before|next|coming|deliver|can|could|want|need|hold|reschedule|instead|move|change|"
    r"postpone|home|away|back|when|open|arrive|get it)\b"
    r"|之前|前能|送|派|配送|改到|改成|能到|到货|要用|再|等到|出差|在家|营业|放假|开始",
    re.IGNORECASE,
)
APPOINTMENT = re.compile(
    r"\b(?:appointment|book|install(?:ed|ation)?|technician)\b|预约|约在|约个|帮我约|上门|来安装|安装帮|报修|约周|约星期|约礼拜",
    re.IGNORECASE,
)
"""Words of an appointment: its day is still to come, whenever the thing was bought."""


def find_dates(text: MatchText, today: date, *, ahead: bool = False) -> Iterator[Entity]:
    """The mentions, the longest first; a value is `2026-11-17` or `2026-11-16/2026-11-22`.

    `ahead`: the bot asked for a day to come.
    """
    said = text.text[:SEARCHED]
    languages = list(_spoken(text))
    if not languages:
        return
    ahead = ahead or APPOINTMENT.search(said) is not None
    past = not ahead and PAST.search(said) is not None
    frame = Frame(today, past, future=ahead or (not past and FUTURE.search(said) is not None))
    found = [hit for rules in languages for hit in _matches(said, rules, frame)]
    for start, end, value in sorted(found, key=lambda hit: (hit[0] - hit[1], hit[0])):
        first, last = text.span(start, end)
        yield Entity(type="date", text="", value=value, start=first, end=last)


def _spoken(text: MatchText) -> Iterator[tuple[Rule, ...]]:
    """The rules of the languages in which the text may name a day: most texts name none, and there are many rules."""
    if HAN.search(text.text) and (text.numbered or not chinese.SIGNS.isdisjoint(text.text)):
        yield chinese.RULES
    if text.numbered or not english.WORDS.isdisjoint(text.words):
        yield english.RULES
    if text.numbered or not english.HOLIDAY_WORDS.isdisjoint(text.words):
        yield english.HOLIDAY_RULES


def _matches(said: str, rules: tuple[Rule, ...], frame: Frame) -> list[tuple[int, int, str]]:
    hits = []
    for pattern, read in rules:
        for match in pattern.finditer(said):
            days = _read(read, match, frame)
            if days is not None and match.group():
                hits.append((*_span(match), written(days)))
    return hits


def _span(match: re.Match[str]) -> tuple[int, int]:
    """The group `said` where a rule has one: what leads to a mention is no part of it."""
    return match.span("said") if match.re.groupindex.get("said") and match["said"] else match.span()


def _read(read: Reading, match: re.Match[str], frame: Frame) -> Days | None:
    try:
        return read(match, frame)
    except (ValueError, OverflowError):
        return None  # the 31st of February, a million years ago

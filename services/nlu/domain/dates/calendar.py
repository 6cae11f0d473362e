"""Arithmetic with days, and the days that have names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Days = tuple[date, date]
"""The first and the last day of a span; both the same for one day."""
Reading = Callable[[re.Match[str], "Frame"], Days | None]
Rule = tuple[re.Pattern[str], Reading]
MOST_BACK = 36_600
"""Nobody means more days than a century."""


@dataclass(frozen=True)
class Frame:
    """The day of the message, and whether it speaks of what was or of what is to come.

    A bare Monday is the last one unless the message looks ahead.
    """

    today: date
    past: bool = False
    future: bool = False

    def distance(self, day: date) -> int:
        """How far off a day is; one on the wrong side of today is farther by up to a year."""
        ahead = (day - self.today).days
        wrong = (self.past and ahead > 0) or (self.future and ahead < 0)
        return abs(ahead) + (366 if wrong else 0)


def one(day: date) -> Days:
    return day, day


def shifted(today: date, days: int) -> date:
    """Raises ValueError for more than a century."""
    if abs(days) > MOST_BACK:
        raise ValueError("too far")
    return today + timedelta(days=days)


def months_on(today: date, months: int) -> date:
    """The same day in another month, or its last one. Raises ValueError for more than a century."""
    if abs(months) > 1200:
        raise ValueError("too far")
    month = today.year * 12 + today.month - 1 + months
    return min(
        date(month // 12, month % 12 + 1, 1) + timedelta(days=today.day - 1), month_of(month // 12, month % 12 + 1)[1]
    )


def month_of(year: int, month: int) -> Days:
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return first, after - timedelta(days=1)


def month_at(today: date, months: int) -> Days:
    """The whole month so many months from now."""
    month = today.year * 12 + today.month - 1 + months
    return month_of(month // 12, month % 12 + 1)


def part_of(days: Days, part: str) -> Days:
    """`start`, `middle` or `end` of a month or year: a third of it."""
    length = (days[1] - days[0]).days + 1
    third = timedelta(days=max(length // 3, 1))
    if part == "start":
        return days[0], days[0] + third - timedelta(days=1)
    return (days[1] - third + timedelta(days=1), days[1]) if part == "end" else (days[0] + third, days[1] - third)


def week_at(today: date, weeks: int) -> Days:
    """Monday to Sunday, so many weeks from now."""
    monday = shifted(today, 7 * weeks - today.weekday())
    return monday, monday + timedelta(days=6)


def year_at(today: date, years: int) -> Days:
    return date(today.year + years, 1, 1), date(today.year + years, 12, 31)


def weekday(frame: Frame, day: int) -> date:
    """The next such day of the week after today if the message looks ahead, else the last one before tomorrow."""
    back = (frame.today.weekday() - day) % 7
    return frame.today + timedelta(days=(7 - back) % 7 or 7) if frame.future else frame.today - timedelta(days=back)


def nearest(frame: Frame, month: int, day: int, year: int | None = None) -> date:
    """The day of this or the year before or after that is nearest. Raises ValueError where there is none."""
    if year is not None:
        return date(year + 2000 if year < 100 else year, month, day)
    years = (frame.today.year + step for step in (-1, 0, 1))
    days = [found for y in years if (found := _day(y, month, day))]
    if not days:
        raise ValueError("no such day")
    return min(days, key=frame.distance)


def day_of_month(frame: Frame, day: int) -> date:
    """The last such day up to today, or the next one if the message looks ahead. Raises ValueError."""
    for step in (0, 1, 2) if frame.future else (0, -1, -2):
        first = month_at(frame.today, step)[0]
        found = _day(first.year, first.month, day)
        if found and (found >= frame.today if frame.future else found <= frame.today):
            return found
    raise ValueError("no such day")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


FIXED = {
    "christmas": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "new year": (1, 1),
    "new year's eve": (12, 31), "valentine": (2, 14), "singles' day": (11, 11), "halloween": (10, 31),
    "618": (6, 18), "double twelve": (12, 12), "labour day": (5, 1), "national day": (10, 1), "children's day": (6, 1),
    "women's day": (3, 8), "teachers' day": (9, 10),
}  # fmt: skip
LUNAR = {
    # The Chinese calendar's days, as the astronomical tables give them.
    "spring festival": ((2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 3)),
    "new year's eve (lunar)": ((2025, 1, 28), (2026, 2, 16), (2027, 2, 5), (2028, 1, 25), (2029, 2, 12), (2030, 2, 2)),
    "qingming": ((2025, 4, 4), (2026, 4, 5), (2027, 4, 5), (2028, 4, 4), (2029, 4, 4), (2030, 4, 5)),
    "dragon boat": ((2025, 5, 31), (2026, 6, 19), (2027, 6, 9), (2028, 5, 28), (2029, 6, 16), (2030, 6, 5)),
    "qixi": ((2025, 8, 29), (2026, 8, 19), (2027, 8, 8), (2028, 8, 26), (2029, 8, 16), (2030, 8, 5)),
    "mid-autumn": ((2025, 10, 6), (2026, 9, 25), (2027, 9, 15), (2028, 10, 3), (2029, 9, 22), (2030, 9, 12)),
}  # fmt: skip


def holiday(frame: Frame, name: str) -> date:
    """The one that is nearest. Raises ValueError for a lunar one outside the table."""
    if name in FIXED:
        return nearest(frame, *FIXED[name])
    years = range(frame.today.year - 1, frame.today.year + 2)
    days = [day for year in years for day in _movable(year, name)]
    if not days:
        raise ValueError("not in the table")
    return min(days, key=frame.distance)


def _movable(year: int, name: str) -> list[date]:
    if name in LUNAR:
        return [date(*day) for day in LUNAR[name] if day[0] == year]
    if name == "easter":
        return [easter(year)]
    thanksgiving = nth_weekday(year, 11, 3, 4)
    return {
        "black friday": [thanksgiving + timedelta(days=1)],
        "cyber monday": [thanksgiving + timedelta(days=4)],
        "thanksgiving": [thanksgiving],
        "mother's day": [nth_weekday(year, 5, 6, 2)],
        "father's day": [nth_weekday(year, 6, 6, 3)],
    }.get(name, [])


def nth_weekday(year: int, month: int, day: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(day - first.weekday()) % 7 + 7 * (n - 1))


def easter(year: int) -> date:
    """The Gregorian date by the anonymous algorithm (Meeus, Astronomical Algorithms, 1991)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    leap = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * leap) // 433
    month = (h + leap - 7 * m + 90) // 25
    return date(year, month, (h + leap - 7 * m + 33 * month + 19) % 32)


def written(days: Days) -> str:
    """ISO 8601: a day or an interval of days."""
    first, last = days
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"

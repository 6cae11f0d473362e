"""English words for days. Each rule is a pattern and how to read it; a group `said` is the mention itself."""

import re
from datetime import date, timedelta

from services.nlu.domain.dates.calendar import (
    Days,
    Frame,
    Reading,
    Rule,
    day_of_month,
    holiday,
    month_at,
    month_of,
    months_on,
    nearest,
    one,
    part_of,
    shifted,
    week_at,
    weekday,
    year_at,
)  # fmt: skip
from services.nlu.domain.numbers import ENGLISH

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|weds?|thu(?:rs?)?|fri|sat)\b\.?"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
PART = r"(?:\s+(?:morning|noon|afternoon|evening|night)s?\b)?"
CLOCK = (
    r"(?:(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?:\s?[ap]\.?m\b\.?)?|(?:1[0-2]|[1-9])\s?[ap]\.?m\b\.?|noon\b|midnight\b)"
)
AT = rf"(?:,?\s+(?:at|around|after|before)\s+{CLOCK})?"
COUNT = rf"(?:[0-9]{{1,3}}|{'|'.join(ENGLISH)}|an?|a couple of|couple of|a few|few|several)"
UNITS = r"(?:minute|min|hour|hr|day|week|month|year)s?"
ON = r"\b(?:on|since|from|by|until|till|before|after|of|for|through|to|and)\s+"
VAGUE = {"a couple of": (2, 3), "couple of": (2, 3), "a few": (2, 5), "few": (2, 5), "several": (3, 7)}
STEPS = {
    "today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "tmr": 1, "tmrw": 1, "tomorow": 1, "yday": -1,
    "last night": -1, "day before yesterday": -2, "day after tomorrow": 2,
}  # fmt: skip
HOLIDAYS = {
    r"christmas eve": "christmas eve", r"boxing day": "boxing day", r"(?:christmas(?: day)?|xmas)": "christmas",
    r"new year(?:'?s)? eve": "new year's eve", r"(?:chinese|lunar) new year|spring festival": "spring festival",
    r"new year(?:'?s)?(?: day)?": "new year", r"valentine'?s?(?: day)?": "valentine",
    r"(?:singles?'?s?'? day|double (?:11|eleven)|11\.11)": "singles' day", r"halloween": "halloween",
    r"easter(?: (?:sunday|monday))?": "easter", r"black friday": "black friday", r"cyber monday": "cyber monday",
    r"thanksgiving": "thanksgiving", r"mother'?s'? day": "mother's day", r"father'?s'? day": "father's day",
    r"mid-autumn(?: festival)?": "mid-autumn", r"dragon boat festival": "dragon boat", r"national day": "national day",
    r"double (?:12|twelve)": "double twelve",
}  # fmt: skip
PARTS = {
    "start": "start",
    "beginning": "start",
    "early": "start",
    "mid": "middle",
    "middle": "middle",
    "end": "end",
    "late": "end",
}


def rule(pattern: str, read: Reading) -> Rule:
    return re.compile(pattern, re.IGNORECASE), read


def _month(said: str) -> int:
    return MONTHS.index(said[:3].lower()) + 1


def _count(said: str) -> tuple[int, int]:
    word = said.lower()
    if word in VAGUE:
        return VAGUE[word]
    number = int(word) if word.isdecimal() else ENGLISH.index(word) + 1 if word in ENGLISH else 1
    return number, number


def moved(frame: Frame, count: tuple[int, int], unit: str, way: int) -> Days:
    """So many days, weeks, months or years from today; vague counts give a span."""
    ends = sorted(_moved(frame, way * number, unit) for number in count)
    return ends[0], ends[-1]


def _moved(frame: Frame, number: int, unit: str) -> date:
    unit = unit.lower()
    if unit.startswith("mo"):
        return months_on(frame.today, number)
    if unit.startswith("y"):
        return months_on(frame.today, 12 * number)
    days = {"d": 1, "w": 7}.get(unit[0], 0)
    return shifted(frame.today, number * days)


def _named(match: re.Match[str], frame: Frame) -> Days:
    return one(shifted(frame.today, STEPS[" ".join(match["word"].lower().split())]))


def _of_week(match: re.Match[str], frame: Frame) -> Days | None:
    day = WEEKDAYS.index(match["day"][:3].lower())
    which = (match["which"] or "").lower()
    if not which and match["day"].lower() in ("sat", "sun", "wed") and not (match["day"][0].isupper() or match["on"]):
        return None  # "I sat in the sun"
    if which in ("last", "past"):
        return one(frame.today - timedelta(days=(frame.today.weekday() - day) % 7 or 7))
    if which in ("next", "coming", "this coming"):
        return one(frame.today + timedelta(days=(day - frame.today.weekday()) % 7 or 7))
    if which == "this":
        return one(week_at(frame.today, 0)[0] + timedelta(days=day))
    found = weekday(frame, day)
    return (found, frame.today) if (match["on"] or "").lower().startswith("since") else one(found)


SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
STEP = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}


def _period(match: re.Match[str], frame: Frame) -> Days:
    step, unit = STEP[match["which"].lower()], match["unit"].lower()
    if unit == "weekend":
        monday = week_at(frame.today, step if step >= 0 or frame.today.weekday() < 5 else 0)[0]
        return monday + timedelta(days=5), monday + timedelta(days=6)
    if unit == "week":
        return week_at(frame.today, step)
    if unit == "year":
        return year_at(frame.today, step)
    if unit == "month":
        return month_at(frame.today, step)
    if unit in SEASONS:
        year = frame.today.year + step
        return month_of(year, SEASONS[unit])[0], month_at(month_of(year, SEASONS[unit])[0], 2)[1]
    return _whole_month(frame, _month(unit), step)


def _whole_month(frame: Frame, month: int, step: int | None = None) -> Days:
    if step is None or step == 0:
        first = nearest(frame, month, 1)
        return month_of(first.year, month)
    year = frame.today.year + (step if (month - frame.today.month) * step <= 0 else 0)
    return month_of(year, month)


def _spanning(match: re.Match[str], frame: Frame) -> Days:
    back = moved(frame, _count(match["count"] or "1"), match["unit"], -1)[0]
    return back, frame.today


def _day_month(match: re.Match[str], frame: Frame) -> Days:
    year = int(match["year"]) if match["year"] else None
    return one(nearest(frame, _month(match["month"]), int(match["day"]), year))


def _numeric(match: re.Match[str], frame: Frame) -> Days:
    first, second = int(match["a"]), int(match["b"])
    day, month = (second, first) if second > 12 else (first, second)
    year = match.groupdict().get("year")
    return one(nearest(frame, month, day, int(year) if year else None))


def _part(match: re.Match[str], frame: Frame) -> Days:
    unit = (match["unit"] or "").lower()
    whole = year_at(frame.today, 0) if "year" in unit else month_at(frame.today, 0)
    step = next((number for word, number in STEP.items() if unit.startswith(word + " ")), 0)
    if step:
        whole = year_at(frame.today, step) if "year" in unit else month_at(frame.today, step)
    if match["month"]:
        whole = _whole_month(frame, _month(match["month"]))
    return part_of(whole, PARTS[match["part"].lower()])


def _holiday(name: str) -> Reading:
    return lambda match, frame: one(holiday(frame, name))


def _clock_free(match: re.Match[str], frame: Frame) -> Days:
    return one(frame.today)


def _short_date(match: re.Match[str], frame: Frame) -> Days | None:
    """24/7 is no day."""
    return None if match["a"] == "24" else one(nearest(frame, int(match["b"] or match["bb"]), int(match["a"])))


def _the_nth(match: re.Match[str], frame: Frame) -> Days | None:
    """The 2nd may be the second of a list; the 13th, or what follows "on", is a day."""
    day = int(match["day"])
    return one(day_of_month(frame, day)) if match["lead"] or day > LONGEST_LIST else None


def _on_nth(match: re.Match[str], frame: Frame) -> Days:
    return one(day_of_month(frame, int(match["day"])))


def _in_month(match: re.Match[str], frame: Frame) -> Days:
    month = _month(match["month"])
    return month_of(int(match["year"]), month) if match["year"] else _whole_month(frame, month)


LONGEST_LIST = 5
LEAD = r"(?:on|since|by|until|till|from|before|after)\s+"
NOT_A_THING = rf"(?!\s+(?:one|item|order|of\s|option|pair|product|time|{MONTH}))"
YEAR = r"(?P<year>20[0-9]{2})"
NTH = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)"

RULES: tuple[Rule, ...] = (
    rule(
        r"\b(?:the\s+)?(?P<said>(?P<word>day before yesterday|day after tomorrow|last night|today|tonight|yesterday|"
        rf"tomorr?ow|tmrw?|yday){PART}{AT})(?!\w)",
        _named,
    ),
    rule(r"\b(?P<said>this (?:morning|afternoon|evening))\b", _clock_free),
    rule(
        rf"(?P<on>\b{LEAD})?(?P<said>(?:\b(?P<which>last|past|this coming|this|next|coming)\s+)?"
        rf"\b(?P<day>{WEEKDAY})(?!')(?:{PART}{AT}))(?![A-Za-z])",
        _of_week,
    ),
    rule(
        rf"\b(?P<said>(?P<which>last|past|previous|this|current|next|coming|following)\s+"
        rf"(?P<unit>weekend|week|month|year|spring|summer|autumn|fall|winter|{MONTH}))\b(?!\s*[0-9])",
        _period,
    ),
    rule(
        rf"\b(?P<said>(?P<count>{COUNT})\s+(?P<unit>{UNITS})\s+ago)\b",
        lambda match, frame: moved(frame, _count(match["count"]), match["unit"], -1),
    ),
    rule(
        rf"\bin\s+(?:about\s+)?(?P<said>(?P<count>{COUNT})\s+(?P<unit>(?:day|week|month|year)s?))\b(?!\s+(?:of|or)\b)",
        lambda match, frame: moved(frame, _count(match["count"]), match["unit"], 1),
    ),
    rule(rf"\b(?P<said>(?:last|past)\s+(?P<count>{COUNT})\s+(?P<unit>{UNITS}))\b", _spanning),
    rule(
        rf"\b(?P<said>(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>{MONTH})\b(?:,?\s+{YEAR})?)(?![0-9])",
        _day_month,
    ),
    rule(
        rf"\b(?P<said>(?P<month>{MONTH})\b\.?\s+(?:the\s+)?(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?\b(?:,?\s+{YEAR})?)"
        r"(?![0-9.,]*[0-9])",
        _day_month,
    ),
    rule(
        rf"(?<![\w./-])(?P<said>{YEAR}[-/.](?P<b>[01]?[0-9])[-/.](?P<a>[0-3]?[0-9]))(?![\w/-])",
        lambda match, frame: one(nearest(frame, int(match["b"]), int(match["a"]), int(match["year"]))),
    ),
    rule(
        r"(?<![\w./-])(?P<said>(?P<a>[0-3]?[0-9])[./-](?P<b>[0-3]?[0-9])[./-](?P<year>20[0-9]{2}|[0-9]{2}))(?![\w/-])",
        _numeric,
    ),
    rule(
        rf"{ON}(?:the\s+)?(?P<said>(?P<a>[0-3]?[0-9])(?:/(?P<b>[01]?[0-9])|\.(?P<bb>[01]?[0-9])\.))(?![\w/])",
        _short_date,
    ),
    rule(rf"(?P<lead>\b{LEAD})?\bthe\s+(?P<said>{NTH})\b{NOT_A_THING}", _the_nth),
    rule(rf"\b{LEAD}(?P<said>{NTH})\b{NOT_A_THING}", _on_nth),
    rule(
        rf"\b(?:the\s+)?(?P<said>(?P<part>start|beginning|middle|end)\s+of\s+"
        rf"(?:(?P<unit>(?:the |this |next |last )?(?:month|year))|(?P<month>{MONTH})))\b",
        _part,
    ),
    rule(rf"\b(?P<said>(?P<part>early|mid|late)[\s-]+(?P<month>{MONTH})(?P<unit>))\b", _part),
    rule(
        rf"\b(?:in|since|until|till|of|from|during|back in|by|before|after)\s+"
        rf"(?P<said>(?P<month>{MONTH})(?:\s+{YEAR})?)\b(?!\s*[0-9])",
        _in_month,
    ),
    rule(rf"\b(?:at|after|before|by|around|until|till|from|between)\s+(?P<said>{CLOCK})(?!\w)", _clock_free),
)
HOLIDAY_RULES: tuple[Rule, ...] = tuple(
    rule(rf"\b(?P<said>(?:(?:last|this|next)\s+)?(?:{words}))\b", _holiday(name)) for words, name in HOLIDAYS.items()
)
WORDS = frozenset(
    (
        *(word for step in STEPS for word in step.split()), "tomorrow", "morning", "afternoon", "evening", "noon",
        "midnight", "weekend", *SEASONS, *MONTHS, "january", "february", "march", "april", "june", "july", "august",
        "sept", "september", "sepember", "october", "november", "december", *WEEKDAYS, "tues", "weds", "thur",
        "thurs", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        *(unit + end for unit in ("minute", "min", "hour", "hr", "day", "week", "month", "year") for end in ("", "s")),
    )
)  # fmt: skip
"""Each rule needs one of these words, or a digit."""
HOLIDAY_WORDS = frozenset(
    ("christmas", "xmas", "day", "year", "years", "spring", "valentine", "valentines", "double", "halloween", "easter")
    + ("friday", "monday", "thanksgiving", "autumn", "dragon")
)
"""So does each rule for a holiday."""

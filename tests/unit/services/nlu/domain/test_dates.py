from datetime import date

import pytest

from services.nlu.domain.dates import find_dates
from services.nlu.domain.dates.calendar import easter
from services.nlu.domain.text import match_text

TODAY = date(2026, 11, 17)
"""A Tuesday."""


def first(text, today=TODAY):
    return next((entity.value for entity in find_dates(match_text(text), today)), None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I bought it last Tuesday", "2026-11-10"),
        ("ordered on the 13th", "2026-11-13"),
        ("ordered on the 20th", "2026-10-20"),
        ("deliver it on the 20th", "2026-11-20"),
        ("three days ago", "2026-11-14"),
        ("a couple of days ago", "2026-11-14/2026-11-15"),
        ("next week", "2026-11-23/2026-11-29"),
        ("since Monday", "2026-11-16/2026-11-17"),
        ("I was there on Wednesday", "2026-11-11"),
        ("can you deliver on Wednesday", "2026-11-18"),
        ("12 May 2025", "2025-05-12"),
        ("I paid on 12 May", "2026-05-12"),
        ("bought on 13/11", "2026-11-13"),
        ("11/13/2026", "2026-11-13"),
        ("end of the month", "2026-11-21/2026-11-30"),
        ("in two weeks", "2026-12-01"),
        ("last month", "2026-10-01/2026-10-31"),
        ("in October", "2026-10-01/2026-10-31"),
        ("on Black Friday", "2026-11-27"),
        ("before Christmas", "2026-12-25"),
        ("a month ago", "2026-10-17"),
        ("上周二", "2026-11-10"),
        ("三天前", "2026-11-14"),
        ("上个月", "2026-10-01/2026-10-31"),
        ("双十一买的", "2026-11-11"),
        ("去年双十一", "2025-11-11"),
        ("前天", "2026-11-15"),
        ("10月3号", "2026-10-03"),
        ("12月5号下的单", "2025-12-05"),
        ("月底", "2026-11-21/2026-11-30"),
        ("上个月 20 号", "2026-10-20"),
        ("下周末", "2026-11-28/2026-11-29"),
        ("两周前", "2026-11-03"),
        ("半个月前", "2026-11-02"),
        ("大后天", "2026-11-20"),
        ("十月三号", "2026-10-03"),
        ("春节放假吗", "2027-02-06"),
        ("二〇二六年十一月二日", "2026-11-02"),
    ],
)
def test_days_as_people_name_them(text, value):
    assert first(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "I sat on it",
        "may I ask",
        "24/7",
        "一会儿",
        "7天无理由",
        "43号",
        "第三天",
        "5.20元",
        "上",
        "in 999 years",
    ]
    + ["the 2nd one", "30 days", "2月30号"],
)
def test_what_names_no_day(text):
    assert first(text) is None


def test_months_of_different_length():
    assert first("a month ago", date(2026, 3, 31)) == "2026-02-28"
    assert first("last month", date(2026, 1, 15)) == "2025-12-01/2025-12-31"


@pytest.mark.parametrize(
    ("year", "day"), [(2026, date(2026, 4, 5)), (2027, date(2027, 3, 28)), (2000, date(2000, 4, 23))]
)
def test_easter(year, day):
    assert easter(year) == day

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError

from shared.templates import in_language, template_environment, written_date, written_money, written_number

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENVIRONMENT = template_environment("Asia/Shanghai")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("399.00", "CNY", "¥399.00"),
        (52, "EUR", "€52.00"),
        (Decimal("1234.5"), "EUR", "€1,234.50"),
        ("0.005", "EUR", "€0.01"),
        ("-5", "CNY", "-¥5.00"),
        ("1500", "JPY", "JP¥1,500"),
        ("12", "SEK", "12.00 SEK"),
    ],
)
def test_money(amount, currency, text):
    assert written_money(amount, currency) == text


@pytest.mark.parametrize("amount", ["", "free", None, "NaN", "Infinity", [1]])
def test_no_money(amount):
    with pytest.raises(TemplateError):
        written_money(amount, "CNY")


@pytest.mark.parametrize(("value", "text"), [(10000, "10,000"), ("2.5", "2.5"), (7, "7"), ("1E+3", "1,000")])
def test_number(value, text):
    assert written_number(value) == text


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-18",
        "2026-11-18T09:30:00+08:00",
        "2026-11-17T20:00:00Z",
        date(2026, 11, 18),
        datetime(2026, 11, 17, 20, 0, tzinfo=UTC),
    ],
)
def test_dates_are_those_of_the_shops_timezone(moment):
    assert written_date(moment, "en", SHANGHAI) == "18 November 2026"
    assert written_date(moment, "zh", SHANGHAI) == "2026年11月18日"


def test_filters_write_for_the_language_of_the_context():
    template = ENVIRONMENT.from_string("{{ day | date }} {{ price | money(currency) }} {{ n | number }}")
    values = {"day": "2026-01-02", "price": "3", "currency": "EUR", "n": 1000}
    assert template.render(values, language="zh") == "2026年1月2日 €3.00 1,000"
    assert template.render(values, language="en") == "2 January 2026 €3.00 1,000"


@pytest.mark.parametrize(
    "wording", ["{{ x }}", "{{ x.y }}", "{{ x | money('CNY') }}", "{{ 1 | money(x) }}", "{{ x | date }}"]
)
def test_what_is_missing_is_an_error_and_never_a_gap(wording):
    with pytest.raises(TemplateError, match="x"):
        ENVIRONMENT.from_string(wording).render()


def test_the_sandbox_holds():
    with pytest.raises(SecurityError):
        ENVIRONMENT.from_string("{{ ''.__class__.__mro__ }}").render()
    with pytest.raises(SecurityError):
        ENVIRONMENT.from_string("{{ x.append(1) }}").render(x=[])


def test_texts_by_language_become_texts_however_deep():
    value = {"name": {"en": "Boots", "zh": "靴子"}, "lines": [{"color": {"en": "black"}}], "amount": 3, "facts": {}}
    assert in_language(value, "zh") == {"name": "靴子", "lines": [{"color": "black"}], "amount": 3, "facts": {}}
    assert in_language({"en": "a", "fr": "b"}, "en") == {"en": "a", "fr": "b"}

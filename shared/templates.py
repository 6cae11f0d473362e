"""Templates of a shop: a sandbox, the filters that Deskbell adds, and texts by language become texts."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, TemplateError, TemplateRuntimeError, Undefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

LANGUAGES = frozenset({"en", "zh"})
SIGNS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "JPY": "JP¥"}
WITHOUT_CENTS = frozenset({"JPY", "KRW"})
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

RENDER_ERRORS = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""All that rendering a template over a customer's data may raise."""


def template_environment(timezone: str) -> ImmutableSandboxedEnvironment:
    """A sandbox with `money`, `date` and `number`; they write for the context's `language` and in this timezone."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )
    zone = ZoneInfo(timezone)

    @pass_context
    def on_date(context: Context, moment: Any) -> str:
        return written_date(moment, str(context.get("language", "en")), zone)

    environment.filters.update(money=written_money, number=written_number, date=on_date)
    return environment


def written_money(amount: Any, currency: Any) -> str:
    """¥399.00, €1,052.00; a currency without a sign of its own follows the amount."""
    _refuse_undefined(amount, currency)
    number = _decimal(amount)
    cents = Decimal(1) if currency in WITHOUT_CENTS else Decimal("0.01")
    figures = f"{abs(number).quantize(cents, ROUND_HALF_UP):,}"
    minus = "-" if number < 0 else ""
    return f"{minus}{SIGNS[currency]}{figures}" if currency in SIGNS else f"{minus}{figures} {currency}"


def written_number(value: Any) -> str:
    """10,000 or 2.5: thousands apart, no needless zeros."""
    _refuse_undefined(value)
    return f"{_decimal(value):,f}"


def written_date(moment: Any, language: str, zone: ZoneInfo) -> str:
    """18 November 2026 or 2026年11月18日; `moment` is a date, a datetime or the ISO form of one."""
    _refuse_undefined(moment)
    day = _day(moment, zone)
    return (
        f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    )


def in_language(value: Any, language: str) -> Any:
    """The value with every mapping whose keys are languages replaced by its text, however deep it lies."""
    if isinstance(value, Mapping):
        if value and value.keys() <= LANGUAGES:
            return value.get(language, next(iter(value.values())))
        return {key: in_language(part, language) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_language(part, language) for part in value]
    return value


def _refuse_undefined(*values: Any) -> None:
    for value in values:
        if isinstance(value, Undefined):
            str(value)  # a StrictUndefined names what is missing


def _decimal(amount: Any) -> Decimal:
    try:
        number = Decimal(str(amount))
    except InvalidOperation as exc:
        raise TemplateRuntimeError("not a number") from exc
    if not number.is_finite():
        raise TemplateRuntimeError("not a number")
    return number


def _day(moment: Any, zone: ZoneInfo) -> date:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if len(moment) > 10 else date.fromisoformat(moment)
    if isinstance(moment, datetime):
        return (moment.astimezone(zone) if moment.tzinfo else moment).date()
    if isinstance(moment, date):
        return moment
    raise TemplateRuntimeError("not a date")

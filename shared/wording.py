"""Responses become sentences: sandboxed templates over a plan's arguments, the shop and its policies."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from zlib import crc32

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.errors import DeskbellError

SIGNS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£"}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class CannotSay(DeskbellError):
    """No such response, or its template needs what the arguments lack. Holds no argument's value."""


class Wording:
    """The responses of one shop in its languages.

    `known` are the values that every response may use (`shop`, `policies`); a text by language
    among them, or among the arguments, becomes the text of the reply's language.
    """

    def __init__(self, responses: Mapping[str, Mapping[str, Sequence[str]]], known: Mapping[str, Any]) -> None:
        self._responses = responses
        self._languages = frozenset(responses)
        self._known = {language: localised(dict(known), language, self._languages) for language in responses}
        self._template = cache(self._compile)

    def say(self, response: str, language: str, arguments: Mapping[str, Any], seed: str = "") -> str:
        """The response as a sentence; `seed` chooses among its wordings, always the same. Raises CannotSay."""
        wordings = self._responses[language].get(response)
        if not wordings:
            raise CannotSay(f"there is no response {response} in {language}")
        chosen = crc32(seed.encode()) % len(wordings)
        values = {**self._known[language], **localised(dict(arguments), language, self._languages)}
        try:
            return self._template(response, language, chosen).render(values).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError) as exc:
            raise CannotSay(f"response {response} in {language} cannot be filled: {type(exc).__name__}") from exc

    def _compile(self, response: str, language: str, chosen: int) -> Template:
        return environment(language).from_string(self._responses[language][response][chosen])


@cache
def environment(language: str) -> ImmutableSandboxedEnvironment:
    """The sandbox of all templates of a shop, with the filters `money`, `date` and `number` of this language."""
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    filters: dict[str, Callable[..., str]] = {"money": money, "number": number, "date": DATES.get(language, date_en)}
    made.filters.update(filters)
    return made


def localised(value: Any, language: str, languages: frozenset[str]) -> Any:
    """The value with every mapping from languages to texts replaced by the text of this language."""
    if isinstance(value, Mapping):
        if value and value.keys() <= languages:
            return value.get(language, next(iter(value.values())))
        return {key: localised(inner, language, languages) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [localised(inner, language, languages) for inner in value]
    return value


def money(amount: Any, currency: str) -> str:
    """An amount with its sign and two decimals, such as ¥1,299.00; unknown currencies keep their code."""
    try:
        figure = f"{Decimal(str(amount)):,.2f}"
    except InvalidOperation as exc:
        raise ValueError("not an amount") from exc
    return f"{SIGNS.get(currency, f'{currency} ')}{figure}"


def number(value: Any) -> str:
    """A figure with thousands separated."""
    return f"{Decimal(str(value)).normalize():,f}"


def date_en(moment: Any) -> str:
    """A day as in 23 November 2026."""
    day = _day(moment)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def date_zh(moment: Any) -> str:
    """A day as in 2026年11月23日."""
    day = _day(moment)
    return f"{day.year}年{day.month}月{day.day}日"


DATES: dict[str, Callable[[Any], str]] = {"en": date_en, "zh": date_zh}


def _day(moment: Any) -> date:
    if isinstance(moment, datetime):
        return moment.date()
    return moment if isinstance(moment, date) else datetime.fromisoformat(str(moment)).date()

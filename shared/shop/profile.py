"""The models of `shop.yaml`: who the shop is, and what its bot may do."""

import re
from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Language = Literal["en", "zh"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"


class ShopPart(BaseModel):
    """Base of what operators write: immutable, and a key that nobody reads is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _localised(text: dict[Language, str]) -> dict[Language, str]:
    if not text or not all(value.strip() for value in text.values()):
        raise ValueError("a text for customers is empty; write it")
    return text


Localised = Annotated[dict[Language, str], AfterValidator(_localised)]
"""A text by language code."""


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError(f"`{name}` is no timezone; write one such as Asia/Shanghai or Europe/Berlin") from exc
    return name


def _pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as exc:
        raise ValueError(f"not a regular expression: {exc}; mend the pattern") from exc
    return pattern


class OrderNumber(ShopPart):
    """How the shop's order numbers look: a regular expression for the whole number, and one that fits it."""

    pattern: Annotated[str, AfterValidator(_pattern)]
    example: str

    @model_validator(mode="after")
    def _example_fits(self) -> Self:
        if not self.fits(self.example):
            raise ValueError(f"the example {self.example} does not fit the pattern {self.pattern}; change one of them")
        return self

    def fits(self, number: str) -> bool:
        return re.fullmatch(self.pattern, number) is not None


class HandoffRules(ShopPart):
    """What a waiting customer is told: minutes per ticket ahead."""

    minutes_per_ticket: int = Field(gt=0)


class OneTimeCode(ShopPart):
    """How one-time codes are made: digits, minutes until they lapse, wrong attempts allowed."""

    digits: int = Field(ge=4, le=10)
    minutes: int = Field(gt=0)
    attempts: int = Field(gt=0)


class Inactivity(ShopPart):
    """After how many minutes of silence an open question is asked about once more, and after how many it is dropped."""

    remind_after_minutes: int = Field(gt=0)
    put_away_after_minutes: int = Field(gt=0)

    @model_validator(mode="after")
    def _reminds_first(self) -> Self:
        if self.remind_after_minutes >= self.put_away_after_minutes:
            raise ValueError("the reminder would come too late; make `put_away_after_minutes` the greater one")
        return self


class Contact(ShopPart):
    """How to reach the shop without the bot."""

    email: str = ""
    phone: str = ""


class ShopProfile(ShopPart):
    """`shop.yaml`. `name` is the slug that customer tokens carry as `aud`; `opening_hours` are the human desk's.

    With `catalogue_day`, the catalogue's dates are moved by the days since then when the embedded shop is filled.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    title: Localised
    languages: tuple[Language, ...] = Field(min_length=1)
    currencies: tuple[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], ...] = Field(min_length=1)
    timezone: Annotated[str, AfterValidator(_timezone)]
    order_number: OrderNumber
    opening_hours: dict[Weekday, Annotated[str, Field(pattern=f"^(closed|{_CLOCK}-{_CLOCK})$")]]
    handoff: HandoffRules
    one_time_code: OneTimeCode
    actions: tuple[str, ...] = ()
    inactivity: Inactivity | None = None
    contact: Contact = Contact()
    catalogue_day: date | None = None

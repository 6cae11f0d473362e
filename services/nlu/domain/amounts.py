"""Options that are an amount of something: 20,000 mAh, 两万毫安, 2 m."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.nlu.domain.numbers import HAN, chinese_number
from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity

AMOUNT = re.compile(r"([0-9][0-9,]*+)\s*+([^\W\d_]+)")
LARGE = 1000
"""From here on a number with a comma may stand without its unit, as in "the 20,000 version"."""


@dataclass(frozen=True)
class Amounts:
    """Values by unit and number."""

    values: dict[tuple[str, int], str]
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> "Amounts":
        """From (name, value) pairs; names that are no amount are passed over."""
        values: dict[tuple[str, int], str] = {}
        for name, value in names:
            if match := AMOUNT.fullmatch(name):
                for unit in _units(match[2].lower()):
                    values[unit, int(match[1].replace(",", ""))] = value
        if not values:
            return cls({})
        units = "|".join(re.escape(unit) for unit in sorted({unit for unit, _ in values}, key=len, reverse=True))
        return cls(values, _pattern(units))

    def find(self, text: MatchText) -> Iterator[Entity]:
        """The amounts that are sold."""
        if self.pattern is None or (text.text.isascii() and not text.numbered):
            return
        for match in self.pattern.finditer(text.text):
            number = (
                chinese_number(match["han"])
                if match["han"]
                else int((match["said"] or match["alone"]).replace(",", ""))
            )
            value = self._value((match["unit"] or "").lower(), number)
            if value is not None:
                start, end = text.span(*match.span())
                yield Entity(type="option", text="", value=value, start=start, end=end)

    def _value(self, unit: str, number: int) -> str | None:
        if unit:
            return self.values.get((unit, number))
        return next((value for (_, known), value in self.values.items() if known == number), None)


def _pattern(units: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![A-Za-z0-9.])(?<![0-9],)(?<!{HAN})(?:(?:(?P<said>[0-9][0-9,]{{0,9}})|(?P<han>{HAN}{{1,5}}))\s?(?P<unit>{units})(?!\s?[A-Za-z0-9]|{HAN})"
        r"|(?P<alone>[0-9]{1,3},[0-9]{3})(?=\s(?:version|one|model)\b|的|款))",
        re.IGNORECASE,
    )


def _units(unit: str) -> tuple[str, ...]:
    """毫安时 is mostly called 毫安."""
    return (unit, unit[:-1]) if len(unit) > 2 and not unit.isascii() else (unit,)

"""A second look at released replies, which shares no code with the check: numbers with their units, and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30",
    "forty": "40", "sixty": "60", "ninety": "90", "hundred": "100",
}  # fmt: skip
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[A-Za-z]+|[%€¥$°£]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-z0-9&'-]+")
_UNITS = {
    unit: name
    for name, spelt in {
        "day": "day days", "hour": "hour hours h", "minute": "minute minutes min", "month": "month months",
        "year": "year years", "week": "week weeks", "percent": "percent %", "piece": "piece pieces",
        "point": "point points", "cm": "cm centimetre centimetres", "mm": "mm", "g": "g grams gram", "kg": "kg",
        "euro": "€ euro euros", "yuan": "¥ yuan", "time": "time times", "character": "character characters",
        "second": "second seconds", "wash": "wash washes", "degree": "°",
    }.items()
    for unit in spelt.split()
}  # fmt: skip
NEAR = 4
"""A unit belongs to a number if it stands at most so many tokens after it, or right before it."""


@dataclass(frozen=True)
class Findings:
    """What a reply says that its sources do not."""

    numbers: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.numbers and not self.names


def recheck(reply: str, sources: Sequence[str]) -> Findings:
    """Compares a reply with all that was known: every number with the unit beside it, and every name."""
    known = [measured for source in sources for measured in _measured(source)]
    numbers = tuple(f"{number} {unit}".strip() for number, unit in _measured(reply) if not _told(number, unit, known))
    text = " ".join(sources).casefold()
    names = tuple(name for name in _NAME.findall(reply) if name.casefold().removesuffix("'s") not in text)
    return Findings(numbers, names)


def _told(number: str, unit: str, known: Sequence[tuple[str, str]]) -> bool:
    return any(number == other and (not unit or not beside or unit == beside) for other, beside in known)


def _measured(text: str) -> list[tuple[str, str]]:
    """Each number with its unit, or with none."""
    tokens = _TOKEN.findall(text)
    found = []
    for at, token in enumerate(tokens):
        number = _WORDS.get(token.lower(), token.rstrip(".,:"))
        if not _NUMBER.fullmatch(number):
            continue
        before = _UNITS.get(tokens[at - 1], "") if at and tokens[at - 1] in "€¥$£" else ""
        after = next((_UNITS[t.lower()] for t in tokens[at + 1 : at + 1 + NEAR] if t.lower() in _UNITS), "")
        found.append((_plain(number), before or after))
    return found


def _plain(number: str) -> str:
    """30.00 is 30, 3,000 is 3000."""
    plain = re.sub(r",(?=\d{3}\b)", "", number)
    return plain.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", plain) else plain

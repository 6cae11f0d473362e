"""Where a message may hold more than one request. Only proposes: understanding decides."""

import re
from dataclasses import dataclass

MOST_PARTS = 4
SENTENCE_END = r"(?P<stop>[.?!…]+(?=\s|$)|[。？！；;\n]+)\s*(?:(?:and|also|plus|but)\s+)?"
CONJUNCTION = (
    r"[,，]?\s+(?:and(?:\s+(?:also|then))?|also|plus|but(?:\s+also)?|as well as|by the way)\s+"
    r"|[,，]?\s*(?:另外|还有|顺便(?:问一下|问下|问)?|并且|而且|同时|然后|以及)[，,]?"
)
BOUNDARY = re.compile(f"{SENTENCE_END}|{CONJUNCTION}", re.IGNORECASE)
BOUNDARY_OR_COMMA = re.compile(f"{SENTENCE_END}|{CONJUNCTION}|[,，]", re.IGNORECASE)
GOES_ON = re.compile(
    r"(?:it|its|they|them|their|this|that|these|those|he|she|because|since|so|which|who|as)\b|[它他她]|这|那|因为|由于|所以|不然|否则",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Part:
    """A range of the message, in code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def through(self, later: "Part") -> "Part":
        """The range from here to the end of a later part."""
        return Part(self.start, later.end)


def parts_of(text: str, *, at_commas: bool = False) -> list[Part]:
    """The parts between sentence ends and conjunctions, at least one, at most MOST_PARTS; the last holds the rest."""
    boundary = BOUNDARY_OR_COMMA if at_commas else BOUNDARY
    parts: list[Part] = []
    start = 0
    for match in boundary.finditer(text):
        if len(parts) == MOST_PARTS - 1:
            break
        # A question mark belongs to what it ends; a conjunction to neither side.
        end = match.end("stop") if match["stop"] else match.start()
        parts += _stripped(text, start, end)
        start = match.end()
    parts += _stripped(text, start, len(text))
    return parts or [Part(0, len(text))]


def runs_of(parts: list[Part]) -> list[Part]:
    """Every range of neighbouring parts: all that understanding may want to know the intent of."""
    return [first.through(last) for place, first in enumerate(parts) for last in parts[place:]]


def goes_on(said: str) -> bool:
    """Whether these words speak of what was said before, as in "they are too small": no request of their own."""
    return GOES_ON.match(said) is not None


def _stripped(text: str, start: int, end: int) -> list[Part]:
    said = text[start:end]
    if not any(character.isalnum() for character in said):
        return []
    lead = len(said) - len(said.lstrip(" \t\r\n,，"))
    return [Part(start + lead, start + len(said.rstrip()))]

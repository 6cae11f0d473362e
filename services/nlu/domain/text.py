"""The text as it is matched, with the way back to the text as it was written."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

DIGIT, WORD = re.compile("[0-9]"), re.compile("[a-z]+")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


@dataclass(frozen=True)
class MatchText:
    """A normalised text; `starts` and `ends` give each of its characters its place in the original, in code points."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @cached_property
    def numbered(self) -> bool:
        """Whether it has a digit."""
        return DIGIT.search(self.text) is not None

    @cached_property
    def words(self) -> frozenset[str]:
        """The English words in it, in small letters: what needs one of them need not be searched for without."""
        return frozenset(WORD.findall(self.text.lower()))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's start and end for a non-empty range of this text."""
        return self.starts[start], self.ends[end - 1]

    def beginning(self, length: int) -> "MatchText":
        """The first characters of this text."""
        if len(self.text) <= length:
            return self
        return MatchText(self.text[:length], self.starts[:length], self.ends[:length])

    def without(self, unwanted: str) -> "MatchText":
        """This text less the characters in `unwanted`, its offsets still those of the original."""
        if not any(character in self.text for character in unwanted):
            return self
        kept = [place for place, character in enumerate(self.text) if character not in unwanted]
        return MatchText(
            "".join(self.text[place] for place in kept),
            tuple(self.starts[place] for place in kept),
            tuple(self.ends[place] for place in kept),
        )


@lru_cache(maxsize=256)
def match_text(original: str) -> MatchText:
    """Composed, without control characters, with full-width forms and foreign digits in their ASCII form.

    Remembered, since the same message and its parts are matched several times while they are read.
    """
    if original.isascii() and original.isprintable():
        return MatchText(original, tuple(range(len(original))), tuple(range(1, len(original) + 1)))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(original):
        for character in _normalised(original[start:end]):
            characters.append(character)
            starts.append(start)
            ends.append(end)
    return MatchText("".join(characters), tuple(starts), tuple(ends))


def _clusters(original: str) -> list[tuple[int, int]]:
    """Each starter with the marks that combine with it: what normalisation may turn into other characters."""
    starts = [place for place, character in enumerate(original) if place == 0 or not unicodedata.combining(character)]
    return list(zip(starts, [*starts[1:], len(original)], strict=True)) if starts else []


def _normalised(cluster: str) -> str:
    visible = "".join(map(_visible, cluster))
    return "".join(map(_ascii_digit, unicodedata.normalize("NFKC", visible)))


def _visible(character: str) -> str:
    if character in "\n\r\t\v\f\u2028\u2029":
        return " " if character == "\t" else "\n"
    return "" if unicodedata.category(character) in INVISIBLE else character


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)

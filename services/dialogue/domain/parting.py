"""Which words belong to which thing, where a message names several: "the kettle to glass, and the lamp to black"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.dialogue.domain.hearing import head_of
from services.dialogue.domain.reading import plain


@dataclass(frozen=True)
class Named:
    """A thing by its name, and the option values that it has: they tell it from others of the same name."""

    ident: str
    name: Mapping[str, str] = field(hash=False)
    values: frozenset[str]


def parted(words: str, things: Sequence[Named]) -> list[str]:
    """For each thing the words from where it is named up to the next name.

    Words that name none of the things are about each of them; those that name some, about these alone.
    """
    said = plain(words)
    places = [_places(said, thing) for thing in things]
    starts = sorted({place for found in places for place in found})
    if len(things) < 2 or not starts:
        return [said] * len(things)
    parts = {start: said[start:end] for start, end in zip(starts, [*starts[1:], len(said)], strict=True)}
    return [_own(parts, found, thing) for found, thing in zip(places, things, strict=True)]


def _places(said: str, thing: Named) -> list[int]:
    names = sorted({plain(text) for text in thing.name.values() if text}, key=len, reverse=True)
    for name in (*names, head_of(thing.name)):
        found = [match.start() for match in re.finditer(_whole(name), said)] if name else []
        if found:
            return found
    return []


def _whole(name: str) -> str:
    return rf"(?<![a-z0-9]){re.escape(name)}" if name.isascii() else re.escape(name)


def chosen_of(words: str, things: Sequence[Named]) -> list[Named]:
    """Of things that have the same name, those that the words mean: as many as are named, told apart by their values.

    All of them where the words do not tell them apart.
    """
    said = plain(words)
    starts = _places(said, things[0]) if things else []
    parts = [said[start:end] for start, end in zip(starts, [*starts[1:], len(said)], strict=True)]
    found = [thing for part in parts for thing in _best(part, things)]
    return [thing for thing in things if thing in found] or list(things)


def _best(part: str, things: Sequence[Named]) -> list[Named]:
    """The one thing with more of its values in these words than any other."""
    scores = [sum(value in part for value in thing.values) for thing in things]
    best = [thing for thing, score in zip(things, scores, strict=True) if score == max(scores)]
    return best if len(best) == 1 else []


def _own(parts: Mapping[int, str], places: Sequence[int], thing: Named) -> str:
    """Of the parts that begin with the thing's name, the one that speaks most of what the thing is like."""
    mine = [parts[place] for place in places]
    return max(mine, key=lambda part: sum(value in part for value in thing.values), default="")

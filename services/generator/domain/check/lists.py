"""Lists that give each of several things something of its own ("silk in Hangzhou, shoes in Wenzhou"): who has what."""

import re
from typing import NamedTuple

from services.generator.domain.check.binding import figures
from services.generator.domain.check.comparing import NEGATION
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.quantities import quantities
from services.generator.domain.check.words import terms, words

MOST_TERMS = 7
"""A part of more terms is no item of a list."""
_CUT = {
    "en": re.compile(r"[,;:.!?()](?!\d)|\b(?:and|but|while|whereas)\b"),
    "zh": re.compile(r"[,;:。!?()]|而|但"),
}
_TURN = {
    "en": re.compile(
        r"\b(?:in|at|for|with|are|is|by|to|from|of|on|need|take|have|has|cost|comes?|run)s?\b|(?=[¥€$£\d])"
    ),
    "zh": re.compile(r"在|是|为|有|用|需|要|可以?|能|到|至|(?=[¥€$£\d])"),
}


class Item(NamedTuple):
    """Terms of what an item is about, and of what it says of that; `turn` is the word between both."""

    turn: str
    head: frozenset[str]
    tail: frozenset[str]


def mixes(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence gives one thing of a list what the list gives another of them."""
    language = ground.language
    said = [
        frozenset(terms(part, language)) | figures(quantities(part))
        for part in _CUT[language].split(sentence)
        if not NEGATION[language].search(part)
    ]
    return any(
        _mixed(part, items) for piece in ground.sentences for items in [_items(piece.text, ground)] for part in said
    )


def _mixed(said: frozenset[str], items: list[Item]) -> bool:
    """Whether it names one item alone, and says what another one says and nothing that its own does."""
    about = [item for item in items if item.head <= said]
    others = [item for item in items if not item.head & said]
    return (
        len(about) == 1
        and not about[0].tail & said
        and any(item.turn == about[0].turn and item.tail <= said for item in others)
    )


def _items(text: str, ground: Ground) -> list[Item]:
    """The items of a passage's sentence, each with what it alone is about and says; none where it has one at most."""
    language = ground.language
    found = [item for part in _CUT[language].split(text) if (item := _item(part, language))]
    alone = [
        Item(
            item.turn,
            item.head,
            item.tail.difference(*(other.tail | other.head for other in found if other is not item)),
        )
        for item in found
        if not any(item.head & other.head for other in found if other is not item)
    ]
    kept = [item for item in alone if item.tail]
    return [item for item in kept if sum(item.turn == other.turn for other in kept) > 1]


def _item(part: str, language: str) -> Item | None:
    turn = _TURN[language].search(part)
    first = part[: turn.start()] if turn else " ".join(part.split()[:2]) if language == "en" else ""
    head = frozenset(terms(first, language))
    tail = (frozenset(terms(part, language)) | figures(quantities(part))) - head
    joint = turn[0] if turn else ""
    return (
        Item(joint, head, tail) if words(first, language) and head and tail and len(head | tail) <= MOST_TERMS else None
    )

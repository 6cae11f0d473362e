"""Whether a part is about what its statement in the passages is about, not about what another one is."""

import re

from services.generator.domain.check.binding import Part
from services.generator.domain.check.quantities import Quantity, same

NEARLY = 0.75
"""Share of what is said that stands in the statement it is from."""
PRONOUN = re.compile(r"\b(?:it|they|them|these|there(?! (?:is|are)))\b|[它其]")
"""What a part is about may be in the sentence before."""
_FIRST = re.compile(r"\bfirst\b|首")
_LATER = re.compile(
    r"\b(?:second|third|later|further|subsequent|next|following)\b|"
    r"\b(?:each|every) (?:later|further)\b|之后每|以后每|另外每|第二"
)
_TURNS = frozenset({"first", "second", "third", "later", "further", "next", "首", "首次"})


def of_another(quantity: Quantity, part: Part, told: list[Part]) -> bool:
    """Whether a part is about what another statement is about, and not about what the number's own is about."""
    home = [other for other in told if any(same(fact, quantity) for fact in other.quantities)]
    if not home or PRONOUN.search(part.text):
        return False
    beside = [o for o in told if any(same(f, q) for f in o.quantities for q in part.quantities if q != quantity)]
    every = {other.subject for other in told if any(len(term) > 1 for term in other.subject)}
    every = {subject for subject in every if not any(subject <= other.around for other in beside)}
    return any(_swapped(subject, part, home, told) for subject in every if subject <= part.near)


def trait_of_another(part: Part, told: list[Part]) -> bool:
    """Whether a part without numbers says of one subject what the passages say of another alone."""
    if part.quantities or PRONOUN.search(part.text):
        return False
    for subject in {o.subject for o in told if any(len(t) > 1 for t in o.subject) and o.subject <= part.near}:
        rest = part.near - subject
        home = [o for o in told if len(rest & o.near) >= NEARLY * len(rest)]
        mine = max((len(rest & o.around) for o in told if subject <= o.around), default=0)
        if len(rest) > 1 and home and mine < len(rest) / 2 and _swapped(subject, part, home, told):
            return True
    return False


def _swapped(subject: frozenset[str], part: Part, home: list[Part], told: list[Part]) -> bool:
    """Whether every statement with the number is about, or names, something else that is not said, and not this."""
    for other in home:
        beside = {t for o in told if o.around == other.around and o is not other and o.independent for t in o.subject}
        context = other.near if other.independent else other.around - (beside - other.near)
        named = {o.subject for o in told if o.subject and o.subject <= other.near | other.topic}
        beside_it = any(o.subject == subject and o.around == other.around for o in told)
        missing = [
            s
            for s in named
            if (s == other.subject or not s & subject)
            and (not s <= part.near if beside_it and s == other.subject else not (s - subject) & part.near)
        ]
        if subject & context or not missing:
            return False
    return True


def other_turn(said: list[Part], told: list[Part]) -> bool:
    """Whether it says of the first what the passages say of later ones alone, or the other way round."""
    for part in said:
        first, later = _FIRST.search(part.text) is not None, _LATER.search(part.text) is not None
        if first == later:
            continue
        mine, other = (_FIRST, _LATER) if first else (_LATER, _FIRST)
        home = _saying(part, told)
        if home and all(other.search(piece.text) and not mine.search(piece.text) for piece in home):
            return True
    return False


def _saying(part: Part, told: list[Part]) -> list[Part]:
    """The parts with all the same numbers, or of one without numbers, those that hold most of its terms."""
    said = part.near - _TURNS
    if part.quantities:
        return [o for o in told if all(any(same(f, q) for f in o.quantities) for q in part.quantities)]
    most = max((len(said & other.near) for other in told), default=0)
    return [other for other in told if len(said & other.near) == most] if most > 1 else []

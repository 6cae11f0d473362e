"""Halves of two statements put together: a number with what another number belongs to, a name with another's traits."""

import re
from collections import Counter
from collections.abc import Iterable
from math import log

from services.generator.domain.check.binding import Part, figure, figures, parts
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.quantities import SPANS, Quantity, same

BY_FAR = 1.4
"""By how much more another number's words must be said than the number's own."""
NEARLY = 0.75
"""Share of what is said that stands in the statement it is from."""
AROUND = 0.5
"""What a word counts that stands elsewhere in the sentence, beside one that stands with the number."""
_PRONOUN = re.compile(r"\b(?:it|they|them|these)\b|[它其]")
"""What a part is about may be in the sentence before."""
_FIRST = re.compile(r"\bfirst\b|首")
_LATER = re.compile(
    r"\b(?:second|third|later|further|subsequent|next|following)\b|\b(?:each|every) (?:later|further)\b|之后每|以后每|另外每|第二"
)
_TURNS = frozenset({"first", "second", "third", "later", "further", "next", "首", "首次"})
_KINDS = ("number", "price", "time", "date", "rate")


def crossed(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence gives a number or a trait to something that the passages give another one."""
    said, told = parts(sentence, ground.language, ground.called), ground.parts
    return (
        any(
            _rival(quantity, part, said, told) or _foreign(quantity, part, told) or _of_another(quantity, part, told)
            for part in said
            for quantity in part.quantities
            if quantity.kind in _KINDS
        )
        or any(_trait_of_another(part, told) for part in said)
        or _other_turn(said, told)
        or _other_name(said, told, ground)
    )


def _rival(quantity: Quantity, part: Part, said: list[Part], told: list[Part]) -> bool:
    """Whether the words beside a number are those of another number of its sort.

    Within one sentence most words are meant for all its numbers; there the words of one part alone tell.
    """
    rivals = [(other, fact) for other in told for fact in other.quantities if _alike(fact, quantity)]
    named = figures([other for beside in said for other in beside.quantities]) - {figure(quantity)}
    if any(same(fact, quantity) and fact.bound == quantity.bound != "" for _, fact in rivals):
        rivals = [(o, f) for o, f in rivals if not (same(f, quantity) and f.bound == "")]
        home = [other for other, fact in rivals if same(fact, quantity) and fact.bound == quantity.bound]
    else:
        home = [other for other, fact in rivals if same(fact, quantity)]
    away = [o for o, fact in rivals if figure(fact) not in named and o not in home]
    if not home or not away:
        return False
    sentences = {other.around for other in home}
    siblings, others = ([o for o in away if (o.around in sentences) == same] for same in (True, False))
    if siblings and _of_sibling(quantity, part, home, siblings):
        return True
    weight = _weights([*home, *others])
    mine = max(_held(part, quantity, other, weight) for other in home)
    theirs = max((_held(part, quantity, other, weight) for other in others), default=0)
    return theirs > 0 and theirs >= BY_FAR * mine


def _of_sibling(quantity: Quantity, part: Part, home: list[Part], away: list[Part]) -> bool:
    """Whether a part says more of what stands with the other numbers alone than of what stands with its own."""
    mine, theirs = (frozenset(term for o in side for term in o.near | _beside(o, quantity)) for side in (home, away))
    near, around = (held | _beside(part, quantity) for held in (part.near, part.around))
    return _share((theirs - mine) & near, theirs - mine) > _share((mine - theirs) & around, mine - theirs, 1)


def _beside(part: Part, quantity: Quantity) -> frozenset[str]:
    """The numbers of other sorts in a part."""
    return figures([other for other in part.quantities if not _alike(other, quantity)])


def _share(some: frozenset[str], of: frozenset[str], of_none: float = 0) -> float:
    return len(some) / len(of) if of else of_none


def _held(part: Part, quantity: Quantity, other: Part, weight: dict[str, float]) -> float:
    """The weight of what a part says that another holds, near the number or elsewhere in its sentence."""
    near = other.near | (figures(other.quantities) - {figure(quantity)})
    said = part.near | (figures(part.quantities) - {figure(quantity)})
    wide = part.around - part.near
    return (
        sum(weight.get(term, 0) for term in said & near)
        + AROUND * sum(weight.get(term, 0) for term in said & (other.around - near))
        + AROUND * sum(weight.get(term, 0) for term in wide & near)
        + AROUND * AROUND * sum(weight.get(term, 0) for term in wide & (other.around - near))
    )


def _weights(found: list[Part]) -> dict[str, float]:
    """How much a term tells the numbers apart: nothing if it stands with all of them."""
    groups = {(part.near, part.around, part.quantities): part for part in found}.values()
    count = Counter(term for part in groups for term in {*part.near, *part.around, *figures(part.quantities)})
    return {term: log(len(groups) / times) for term, times in count.items()} if len(groups) > 1 else {}


def _foreign(quantity: Quantity, part: Part, told: list[Part]) -> bool:
    """Whether a number stands with what another statement is about, and not with what its own is about.

    What the first statement is about may be what the passage is about; it counts only if it has a number of the sort.
    """
    if _PRONOUN.search(part.text):
        return False
    home = [other for other in told if any(same(fact, quantity) for fact in other.quantities)]
    subjects = {other.head for other in told[1:]} | {
        other.head for other in told[:1] if any(_alike(fact, quantity) for fact in other.quantities)
    }
    here = {term for other in home for term in other.around}
    if not home or not part.head or part.head not in subjects - here:
        return False
    own = {head for other in home for head in (other.head, _first(other, told)) if head}
    return bool(own) and not own & part.around and not _aboutsame(part, home)


def _of_another(quantity: Quantity, part: Part, told: list[Part]) -> bool:
    """Whether a part is about what another statement is about, and not about what the number's own is about."""
    home = [other for other in told if any(same(fact, quantity) for fact in other.quantities)]
    if not home or _PRONOUN.search(part.text):
        return False
    beside = [o for o in told if any(same(f, q) for f in o.quantities for q in part.quantities if q != quantity)]
    every = {other.subject for other in told if any(len(term) > 1 for term in other.subject)}
    every = {subject for subject in every if not any(subject <= other.around for other in beside)}
    return any(_swapped(subject, part, home, told) for subject in every if subject <= part.near)


def _trait_of_another(part: Part, told: list[Part]) -> bool:
    """Whether a part without numbers says of one subject what the passages say of another alone."""
    if part.quantities or _PRONOUN.search(part.text):
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


def _other_turn(said: list[Part], told: list[Part]) -> bool:
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


def _first(other: Part, told: list[Part]) -> str:
    """What the sentence of a part is about."""
    return next((part.head for part in told if part.around == other.around), "")


def _aboutsame(part: Part, home: list[Part]) -> bool:
    """Whether nearly all of what is said stands in the number's own sentence."""
    return any(len(part.near & other.around) >= 0.75 * len(part.near) for other in home)


def _other_name(said: list[Part], told: list[Part], ground: Ground) -> bool:
    """Whether what is said of one product is what the passages say of another alone."""
    if len(ground.called.names) < 2:
        return False
    about = _about(told)
    any_name = {*ground.called.names, *ground.called.own, *ground.called.shared}
    anyone = {term for part, names in _named(told) if not names for term in part.near}
    for part, names in _named(said):
        if len(names) != 1:
            continue
        (name,) = names
        claims = (part.near | figures(part.quantities)) - anyone - (names if part.whole else any_name)
        mine = claims & about.get(name, frozenset())
        theirs = frozenset().union(*(claims & held for other, held in about.items() if other != name)) - mine
        if theirs and len(theirs) > len(mine - _shared(about)):
            return True
    return False


def _named(found: Iterable[Part]) -> list[tuple[Part, frozenset[str]]]:
    """Each part with its names; one without has that of the part before it.

    A part that is no more than a name heads the next one, whatever is said there.
    """
    with_names, last, sentence, heads = [], frozenset[str](), frozenset[str](), False
    for part in found:
        names = part.names
        if part.around == sentence and ((heads and not part.whole) or not names):
            names = last
        with_names.append((part, names))
        heads = part.whole and len(part.names) == 1 and part.text.endswith(tuple(part.names))
        last, sentence = names, part.around
    return with_names


def _about(told: list[Part]) -> dict[str, frozenset[str]]:
    """What the passages say of each name, in parts that are about it alone."""
    about: dict[str, frozenset[str]] = {}
    for part, names in _named(told):
        if len(names) == 1:
            (name,) = names
            about[name] = about.get(name, frozenset()) | part.near | figures(part.quantities)
    return about


def _shared(about: dict[str, frozenset[str]]) -> frozenset[str]:
    count = Counter(term for held in about.values() for term in held)
    return frozenset(term for term, times in count.items() if times > 1)


def _alike(fact: Quantity, quantity: Quantity) -> bool:
    spans = {fact.unit, quantity.unit} <= SPANS
    return (fact.kind == quantity.kind and fact.unit == quantity.unit) or (
        spans and "price" not in (fact.kind, quantity.kind)
    )

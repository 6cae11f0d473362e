"""Halves of two statements put together: a number with what another number belongs to, a name with another's traits."""

from collections import Counter
from math import log

from services.generator.domain.check.binding import Part, figure, figures, parts
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.products import other_name
from services.generator.domain.check.quantities import SPANS, Quantity, same
from services.generator.domain.check.subjects import PRONOUN, of_another, other_turn, trait_of_another

BY_FAR = 1.4
"""By how much more another number's words must be said than the number's own."""
AROUND = 0.5
"""What a word counts that stands elsewhere in the sentence, beside one that stands with the number."""
_KINDS = ("number", "price", "time", "date", "rate")


def crossed(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence gives a number or a trait to something that the passages give another one."""
    said, told = parts(sentence, ground.language, ground.called), ground.parts
    return (
        any(
            _rival(quantity, part, said, told) or _foreign(quantity, part, told) or of_another(quantity, part, told)
            for part in said
            for quantity in part.quantities
            if quantity.kind in _KINDS
        )
        or any(trait_of_another(part, told) for part in said)
        or other_turn(said, told)
        or other_name(said, told, ground)
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
    sentences = {other.around for other in home}
    if _swapped([o for o, f in rivals if o not in home and o.around in sentences], home, part):
        return True
    if not home or not away:
        return False
    siblings, others = ([o for o in away if (o.around in sentences) == same] for same in (True, False))
    if siblings and _of_sibling(quantity, part, home, siblings, told):
        return True
    weight = _weights([*home, *others])
    mine = max(_held(part, quantity, other, weight) for other in home)
    theirs = max((_held(part, quantity, other, weight) for other in others), default=0)
    return theirs > 0 and theirs >= BY_FAR * mine


def _swapped(beside: list[Part], home: list[Part], part: Part) -> bool:
    """Whether a part has words that stand with another number of the same sentence, and none that stand with its own.

    That holds in a list as well, where the other number is said, too.
    """
    mine = frozenset(term for other in home for term in other.near)
    theirs = frozenset(term for other in beside for term in other.near)
    return bool(mine - theirs) and bool((theirs - mine) & part.near) and not (mine - theirs) & part.near


def _of_sibling(quantity: Quantity, part: Part, home: list[Part], away: list[Part], told: list[Part]) -> bool:
    """Whether a part says more of what stands with the other numbers alone than of what stands with its own."""
    mine, theirs = (frozenset(term for o in side for term in o.near | _beside(o, quantity)) for side in (home, away))
    near, around = (held | _beside(part, quantity) for held in (part.near, part.around))
    of_theirs = _share((theirs - mine) & near, theirs - mine)
    return of_theirs > _share((mine - theirs) & around, mine - theirs, 1) or (of_theirs == 1 and _opens(home, told))


def _opens(home: list[Part], told: list[Part]) -> bool:
    """Whether all begin their sentence: what they say is meant for its other parts as well."""
    return all(other is next(part for part in told if part.around == other.around) for other in home)


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
    if PRONOUN.search(part.text):
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


def _first(other: Part, told: list[Part]) -> str:
    """What the sentence of a part is about."""
    return next((part.head for part in told if part.around == other.around), "")


def _aboutsame(part: Part, home: list[Part]) -> bool:
    """Whether nearly all of what is said stands in the number's own sentence."""
    return any(len(part.near & other.around) >= 0.75 * len(part.near) for other in home)


def _alike(fact: Quantity, quantity: Quantity) -> bool:
    spans = {fact.unit, quantity.unit} <= SPANS
    return (fact.kind == quantity.kind and fact.unit == quantity.unit) or (
        spans and "price" not in (fact.kind, quantity.kind)
    )

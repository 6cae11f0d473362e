"""Whether what is said of one product is what the passages say of another."""

from collections import Counter
from collections.abc import Iterable

from services.generator.domain.check.binding import Part, figures
from services.generator.domain.check.ground import Ground


def other_name(said: list[Part], told: list[Part], ground: Ground) -> bool:
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

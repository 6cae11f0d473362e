"""How much of what a reference says a reply says too."""

from services.generator.domain.check import Ground
from services.generator.domain.check.quantities import quantities
from services.generator.domain.check.text import normal
from services.generator.domain.check.words import terms


def fact_coverage(reply: str, reference: str, language: str) -> float:
    """The share of the reference's facts that the reply has: its numbers, dates and prices; without any, its words."""
    said, told = normal(reply), normal(reference)
    wanted = {(found.kind, found.unit, found.value) for found in quantities(told)}
    if wanted:
        return len(wanted & {(found.kind, found.unit, found.value) for found in quantities(said)}) / len(wanted)
    words = terms(told, language)
    return len(words & terms(said, language)) / len(words) if words else 1.0


def unlike(reply: str, ground: Ground) -> bool:
    """Whether a reply says something in words of its own: it is no sentence of what is known."""
    known = normal(" ".join(ground.passages))
    return normal(reply).rstrip(".。") not in known

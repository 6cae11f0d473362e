"""What each number and each name of a text belongs to: the words around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.generator.domain.check.quantities import Quantity, quantities
from services.generator.domain.check.text import clauses
from services.generator.domain.check.words import runs, terms, words

_AND = re.compile(r"\b(?:and|while|whereas|versus|vs)\b|、|和|而|,(?!\d)")
_LEADS = re.compile(r"^(?:and|while|whereas|but|then|so|if|once|when|或|而|但|和|,)?\s*")


@dataclass(frozen=True)
class Part:
    """A piece of a sentence that holds its own numbers or its own subject.

    `near` are its terms, `around` those of the sentence. `head` is its first word that says something: as a rule,
    what it is about.
    """

    text: str
    near: frozenset[str]
    around: frozenset[str]
    quantities: tuple[Quantity, ...]
    head: str


def parts(sentence: str, language: str) -> list[Part]:
    """The parts of a normal sentence; it is cut at "and" and commas only where both sides hold a number."""
    around = frozenset(terms(sentence, language))
    cut = [part for clause in clauses(sentence) for part in _cut(clause)]
    return [
        Part(text, frozenset(terms(text, language)), around, tuple(quantities(text)), head(text, language))
        for text in cut
        if text.strip()
    ]


def head(text: str, language: str) -> str:
    """The first word of a text that says something, in the form of terms; empty if none does."""
    lead = _LEADS.sub("", text)
    if language == "zh":
        return next((run[:2] for run in runs(lead) if len(run) > 1), "")
    return next(iter(words(lead, language)), "")


def _cut(clause: str) -> list[str]:
    for joint in _AND.finditer(clause):
        left, right = clause[: joint.start()], clause[joint.end() :]
        if _counts(left) and _counts(right) and not re.match(r"\s*\d", right):
            return [left, *_cut(right)]
    return [clause]


def _counts(text: str) -> bool:
    return bool(quantities(text))


def figure(quantity: Quantity) -> str:
    """A number as a term, so that numbers beside each other tell which is meant."""
    return f"#{quantity.value}{quantity.unit}"


def figures(found: Sequence[Quantity]) -> frozenset[str]:
    """The numbers as terms."""
    return frozenset(figure(quantity) for quantity in found)

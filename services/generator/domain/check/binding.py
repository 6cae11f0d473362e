"""What each number and each name of a text belongs to: the words around it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.generator.domain.check.quantities import Quantity, quantities
from services.generator.domain.check.tables import word_set
from services.generator.domain.check.text import clauses, normal
from services.generator.domain.check.verbs import says, subject_of
from services.generator.domain.check.words import runs, terms, words

_AND = re.compile(r"\b(?:and|while|whereas|versus|vs)\b|、|和|而|,(?!\d)")
_LEADS = re.compile(r"^(?:and|while|whereas|but|then|so|if|once|when|或|而|但|和|,)?\s*")
_ORDER = re.compile(r"\b(?:first|second|third|later|further|next|every|each)\b|首|之后|以后|每|另")
_OF = re.compile(r"\b(?:of|for|in|with|from|to|at|such as|over|above|below|under)\b")
_SUBORDINATE = re.compile(
    r"^(?:which|who|that|whose|if|once|when|while|because|as|so|after|before|until)\b|[\u3400-\u9fff]"
)
_LOOSE = word_set("cost pay amount total 费用 收费 需要 可以 价格")
"""Words that stand with any number of their sort and tell none from another."""


@dataclass(frozen=True)
class Called:
    """How names of products are recognised: whole, or by a term that no other of them has."""

    names: tuple[str, ...]
    own: dict[str, str]
    shared: frozenset[str]


@dataclass(frozen=True)
class Part:
    """A piece of a sentence that holds its own numbers or its own subject.

    `near` are its terms, with a name as one term; `around` are those of its sentence. `head` is its first word that
    says something: as a rule, what it is about. `subject` has the terms before its verb, and `topic` those of its
    sentence's first part. `names` are whole ones, or else those that a term of it belongs to.
    """

    text: str
    near: frozenset[str]
    around: frozenset[str]
    quantities: tuple[Quantity, ...]
    head: str
    subject: frozenset[str]
    topic: frozenset[str]
    names: frozenset[str]
    whole: bool

    @property
    def independent(self) -> bool:
        """Whether it is about something of its own, so that the rest of its sentence need not be meant."""
        return self.subject not in (frozenset(), self.topic) and not _SUBORDINATE.search(self.text)


def called(names: Sequence[str], language: str) -> Called:
    """The table for some names."""
    held = {normal(name): terms(normal(name), language) for name in names}
    count = Counter(term for found in held.values() for term in found)
    own = {term: name for name, found in held.items() for term in found if count[term] == 1}
    return Called(tuple(held), own, frozenset(term for term, times in count.items() if times > 1))


def parts(sentence: str, language: str, names: Called) -> list[Part]:
    """The parts of a normal sentence; it is cut at "and" and commas only where both sides hold a number."""
    pieces = [text for clause in clauses(sentence) for text in cut(clause) if text.strip()]
    found = [_read(text, language, names) for text in pieces]
    around = frozenset(term for near, _, _ in found for term in near)
    subjects = [_subject(text, language, names) for text in pieces]
    return [
        Part(
            text, near, around, tuple(quantities(_without(text, names))), _head(text, language, names), subject,
            subjects[0], of, whole,
        )
        for text, (near, of, whole), subject in zip(pieces, found, subjects, strict=True)
    ]  # fmt: skip


def figure(quantity: Quantity) -> str:
    """A number as a term, so that numbers beside each other tell which is meant."""
    return f"#{quantity.value}{quantity.unit}"


def figures(found: Sequence[Quantity]) -> frozenset[str]:
    """The numbers as terms."""
    return frozenset(figure(quantity) for quantity in found)


def _read(text: str, language: str, names: Called) -> tuple[frozenset[str], frozenset[str], bool]:
    """Terms, names, and whether these stand there whole."""
    whole = frozenset(name for name in names.names if name in text)
    said = terms(_without(text, names), language) | set(_ORDER.findall(text))
    said -= _LOOSE
    if whole:
        return frozenset(said | whole), whole, True
    of = frozenset(names.own[term] for term in said if term in names.own)
    return frozenset((said - names.own.keys() - (names.shared if of else set())) | of), of, False


def _subject(text: str, language: str, names: Called) -> frozenset[str]:
    """The terms of what a part is about, up to its preposition; an English one without a verb is about all it holds."""
    about = _OF.split(subject_of(text) if language == "zh" or says(text) else text)[0]
    near, _, _ = _read(about, language, names)
    return near - frozenset(_ORDER.findall(about))


def _head(text: str, language: str, names: Called) -> str:
    """The first word of a text that says something, or the name that it begins."""
    lead = _LEADS.sub("", text)
    lead = re.sub(r"^(?:the|a|an|our|your) ", "", lead)
    if whole := next((name for name in names.names if lead.startswith(name)), ""):
        return whole
    if language == "zh":
        first = next((run[:2] for run in runs(lead) if len(run) > 1), "")
    else:
        first = next(iter(words(lead, language)), "")
    return names.own.get(first, first)


def _without(text: str, names: Called) -> str:
    """The text without whole names, whose figures are numbers of nothing."""
    for name in names.names:
        text = text.replace(name, " ")
    return text


def cut(clause: str) -> list[str]:
    """A clause in parts with a number each, where it joins several."""
    for joint in _AND.finditer(clause):
        left, right = clause[: joint.start()], clause[joint.end() :]
        if quantities(left) and quantities(right) and not re.match(r"\s*\d", right):
            return [left, *cut(right)]
    return [clause]

"""What a reply may say: the passages and facts of one turn, cut up for comparing."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Literal

from services.generator.domain.check.binding import Called, Part, called, parts
from services.generator.domain.check.lexicon import held
from services.generator.domain.check.quantities import Quantity, quantities
from services.generator.domain.check.text import clauses, normal, sentences
from services.generator.domain.check.verbs import says, subject_of
from services.generator.domain.check.words import terms, words

_SENTENCE_PART = re.compile(r"((?:[^;:]|:(?=\d))+)([;:]|$)")
_ELLIPTIC = re.compile(
    r"(?:\bnot|n't|\bcannot)$|^(?:and |but )?not (?:the |a |an |in |at |on |for |with )*\S+$|"
    r"^.{1,8}(?:不可以|不行|不能|不支持)$"
)
"""Denies of something else what the clause before it says."""
Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Piece:
    """A clause of a passage with its terms, and those of its sentence; `subject` has those of what both are about,
    and `own` those of what the clause is about."""

    text: str
    sentence: str
    terms: frozenset[str]
    around: frozenset[str]
    subject: frozenset[str]
    own: frozenset[str]
    heading: bool = False

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)


@dataclass(frozen=True)
class Ground:
    """The only things that a reply may be made of.

    `facts` are values that are so but are no sentences: titles, names of products. `receipts` prove acts; without one
    nothing may be said to be done. `asked` is the customer's question: no source, but what an echo is known by. `names`
    are those of products, each as it has to be written.
    """

    language: Language
    passages: tuple[str, ...]
    facts: tuple[str, ...] = ()
    receipts: tuple[str, ...] = field(default=())
    asked: str = ""
    names: tuple[str, ...] = ()

    @cached_property
    def known(self) -> str:
        return normal("\n".join((*self.passages, *self.facts, *self.names, *self.receipts)))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.known)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(words(self.known, self.language))

    @cached_property
    def told(self) -> dict[int, str]:
        """The groups of the lexicon that what is known speaks of, each with the phrase that it has."""
        return held(self.known, self.language)

    @cached_property
    def question(self) -> frozenset[str]:
        """The terms of what was asked."""
        return frozenset(terms(normal(self.asked), self.language))

    @cached_property
    def asked_words(self) -> frozenset[str]:
        """Its words."""
        return frozenset(words(normal(self.asked), self.language))

    @cached_property
    def core(self) -> frozenset[str]:
        """The terms of the first passage: what is to be said above all."""
        return frozenset(terms(normal(self.passages[0]), self.language)) if self.passages else frozenset()

    @cached_property
    def named(self) -> frozenset[str]:
        """The terms of titles and names: a passage on a product need not repeat what it is about."""
        return frozenset(term for fact in (*self.facts, *self.names) for term in terms(fact.lower(), self.language))

    @cached_property
    def sentences(self) -> list[Piece]:
        """The sentences of the passages, cut at semicolons and colons; what stands before a colon heads the rest."""
        found = []
        for sentence in (normal(text) for passage in self.passages for text in sentences(passage)):
            head = frozenset[str]()
            for text, end in _SENTENCE_PART.findall(sentence):
                said, about = frozenset(terms(text, self.language)), self._subject(text)
                heading = end == ":" and not says(text)
                found.append(Piece(text.strip(), text.strip(), said, said, about | head, about, heading))
                head = head | said if heading else head
        return found

    @cached_property
    def clauses(self) -> list[Piece]:
        """Their clauses; a heading says nothing alone, and one that breaks off says what the one before it says."""
        found: list[Piece] = []
        for of in self.sentences:
            if of.heading and len(self.sentences) > 1:
                continue
            before = frozenset[str]()
            for text in clauses(of.text):
                held, own = frozenset(terms(text, self.language)), self._subject(text)
                whole = held | before if _ELLIPTIC.search(text) else held
                found.append(Piece(text, of.text, whole, of.terms, of.subject | own, own))
                before = whole - own
        return found

    @cached_property
    def neighbours(self) -> list[frozenset[str]]:
        """The terms of each sentence and the one after it."""
        told = [piece.terms for piece in self.sentences]
        return [one | other for one, other in zip(told, [*told[1:], frozenset[str]()], strict=True)]

    def weight(self, some: Iterable[str]) -> float:
        """How much terms tell the clauses of the passages apart: the rarer, the more."""
        return sum(log(1 + len(self.clauses) / (1 + self._times[term])) for term in some)

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(term for piece in self.clauses for term in piece.terms)

    def _subject(self, text: str) -> frozenset[str]:
        return frozenset(terms(subject_of(text), self.language))

    @cached_property
    def called(self) -> Called:
        return called(self.names, self.language)

    @cached_property
    def parts(self) -> list[Part]:
        """The parts of all sentences of the passages."""
        told = [normal(sentence) for passage in self.passages for sentence in sentences(passage)]
        return [part for text in told for part in parts(text, self.language, self.called)]

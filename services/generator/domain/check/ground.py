"""What a reply may say: the passages and facts of one turn, cut up for comparing."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from services.generator.domain.check.binding import Called, Part, called, parts
from services.generator.domain.check.quantities import Quantity, quantities
from services.generator.domain.check.text import clauses, normal, sentences
from services.generator.domain.check.verbs import subject_of
from services.generator.domain.check.words import terms, words

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Piece:
    """A clause of a passage with its terms, and those of its sentence; `subject` has those of what both are about."""

    text: str
    sentence: str
    terms: frozenset[str]
    around: frozenset[str]
    subject: frozenset[str]

    @cached_property
    def quantities(self) -> list[Quantity]:
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
    def quantities(self) -> list[Quantity]:
        return quantities(self.known)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(words(self.known, self.language))

    @cached_property
    def question(self) -> frozenset[str]:
        """The terms of what was asked."""
        return frozenset(terms(normal(self.asked), self.language))

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
        told = [
            part.strip()
            for passage in self.passages
            for sentence in sentences(passage)
            for part in re.split("[;]|:(?!\\d)", normal(sentence))
        ]
        cut = [(text, frozenset(terms(text, self.language))) for text in told]
        return [Piece(text, text, found, found, self._subject(text)) for text, found in cut]

    @cached_property
    def clauses(self) -> list[Piece]:
        return [
            Piece(
                text,
                sentence.text,
                frozenset(terms(text, self.language)),
                sentence.terms,
                sentence.subject | self._subject(text),
            )
            for sentence in self.sentences
            for text in clauses(sentence.text)
        ]

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

"""What is known, before and after it is cut: documents with sections, and passages with sentences."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import orjson

Origin = Literal["page", "product", "import"]
"""Where a document comes from: the shop's own pages and products follow the shop's files, imports stay."""
Reference = tuple[str, str]
"""A document's id and language: what is the same subject in two languages has one id."""
CHINESE_FROM = 0.15
"""A text is Chinese if at least this share of its letters is: names and units in a Chinese page are often Latin."""


@dataclass(frozen=True)
class Section:
    """A part of a document. `heading` is the one it stands under; `whole` sections are never joined to others."""

    text: str
    heading: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Document:
    """A page, a product, or whatever else was imported, as plain text. `source` is where a person finds it."""

    id: str
    title: str
    language: str
    source: str
    sections: tuple[Section, ...]
    origin: Origin = "import"
    valid_from: date | None = None
    valid_until: date | None = None
    asks: tuple[str, ...] = ()
    """How customers ask for it, in any language."""

    @property
    def reference(self) -> Reference:
        return self.id, self.language

    @property
    def checksum(self) -> str:
        """The same for the same content; `source` does not count, so that a moved file stays known."""
        content = (
            CUT_VERSION, self.title, self.origin, self.valid_from, self.valid_until, self.asks,
            [(section.heading, section.text, section.whole) for section in self.sections],
        )  # fmt: skip
        return hashlib.sha256(orjson.dumps(content)).hexdigest()[:32]


@dataclass(frozen=True)
class Piece:
    """A passage of a document. `title` is what it is about: the document's title, or its own where it has one."""

    title: str
    text: str
    sentences: tuple[str, ...]
    leads: bool
    """Whether the document begins with it: what it is about tends to stand there."""


CUT_VERSION = 1
"""Counts the ways of cutting: with another one, documents are cut and embedded again."""


def language_of(text: str) -> str:
    """`zh` or `en`, by the script of its letters."""
    letters = [character for character in text[:5_000] if character.isalpha()]
    chinese = sum("\u3400" <= letter <= "\u9fff" for letter in letters)
    return "zh" if chinese > CHINESE_FROM * max(len(letters), 1) else "en"


def without_doubles(documents: Iterable[Document]) -> tuple[list[Document], list[tuple[Document, Document]]]:
    """The first document of each reference, and those that came again, each with the one before it."""
    first: dict[Reference, Document] = {}
    doubles = []
    for document in documents:
        if (earlier := first.setdefault(document.reference, document)) is not document:
            doubles.append((document, earlier))
    return list(first.values()), doubles

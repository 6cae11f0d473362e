"""Documents cut into passages, and passages into sentences."""

import re
from collections.abc import Iterable, Iterator

from services.dialogue.adapters.knowledge.documents import Document, Piece, Section

ENOUGH = {"page": {"en": 60, "zh": 25}, "import": {"en": 450, "zh": 180}}
"""A passage of at least so many characters takes no further section. A shop's own pages are written tersely."""
MOST = {"en": 900, "zh": 450}
"""A longer section is cut between sentences: no more than this is seen by the encoder at once."""
INSIDE = r"[^.!?。！？；\n]*"
SENTENCE = re.compile(rf"{INSIDE}(?:[.!?](?!\s|$){INSIDE})*(?:[.!?]+(?=\s|$)|[。！？；]+[”」』）]*|\n+|$)")


def cut(document: Document) -> list[Piece]:
    """The document's passages, in order; a heading stands before what follows it."""
    language = document.language
    enough = ENOUGH["import" if document.origin == "import" else "page"][language]
    pieces: list[Piece] = []
    for section in _joined(document.sections, enough, MOST[language]):
        title = section.heading if section.whole and document.origin == "import" else document.title
        pieces.append(_piece(title, section.text, not pieces))
    return pieces


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a passage; a line of its own, such as an item of a list, is one."""
    found = (match.group().strip() for match in SENTENCE.finditer(text))
    return tuple(sentence for sentence in found if any(character.isalnum() for character in sentence))


def _piece(title: str, text: str, leads: bool) -> Piece:
    return Piece(title, text, sentences_of(text) or (text,), leads)


def _joined(sections: Iterable[Section], enough: int, most: int) -> Iterator[Section]:
    group, heading = "", ""
    for section in sections:
        if section.whole:
            yield from (Section(part, section.heading, whole=True) for part in _parts(section.text, most))
            continue
        for part in _parts(section.text, most):
            if group and len(group) + len(part) > most:
                yield Section(group)
                group, heading = "", ""
            told = part if section.heading in ("", heading) else f"{section.heading}: {part}"
            heading = section.heading
            group = f"{group}\n{told}" if group else told
            if len(group) >= enough:
                yield Section(group)
                group, heading = "", ""
    if group:
        yield Section(group)


def _parts(text: str, most: int) -> Iterator[str]:
    """The text in parts of at most `most` characters, cut between sentences; within one only where it is longer."""
    part = ""
    for sentence in _with_ends(text) if len(text) > most else (text,):
        if part and len(part) + len(sentence) > most:
            yield part.strip()
            part = ""
        part += sentence
        while len(part) > most:
            yield part[:most]
            part = part[most:]
    if part.strip():
        yield part.strip()


def _with_ends(text: str) -> Iterator[str]:
    """Sentences with the space between them, so that joined they give the text."""
    at = 0
    for match in SENTENCE.finditer(text):
        if match.end() > at:
            yield text[at : match.end()]
            at = match.end()

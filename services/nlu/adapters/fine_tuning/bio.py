"""Mentions as one label a word (BIO), and back. Words are what a tokenizer's pieces make of them.

The first piece of a word carries its label: `B-type` where a mention begins, `I-type` where it goes on, `O` elsewhere.
Chinese has no blanks, so there each piece is a word.
"""

from collections.abc import Sequence

from services.nlu.adapters.examples import Example, Span

OUTSIDE = "O"
Offsets = Sequence[tuple[int, int]]
Place = tuple[int, int]


def tag_names(examples: Sequence[Example]) -> tuple[str, ...]:
    """All labels that the mentions need, `O` first; none if there are no mentions."""
    types = sorted({span.type for example in examples for span in example.entities})
    return (OUTSIDE, *(f"{at}-{name}" for name in types for at in "BI")) if types else ()


def tags_of(text: str, offsets: Offsets, spans: Sequence[Span]) -> list[str | None]:
    """One label for each piece; None for marks of the tokenizer and for the later pieces of a word."""
    tags: list[str | None] = []
    begun: set[Span] = set()
    for start, end in (trimmed(text, piece) for piece in offsets):
        if not begins_word(text, start, end):
            tags.append(None)
            continue
        found = next((span for span in spans if span.start <= (start + end - 1) / 2 < span.end), None)
        tags.append(OUTSIDE if found is None else f"{'I' if found in begun else 'B'}-{found.type}")
        begun |= {found} if found else set()
    return tags


def spans_of(text: str, offsets: Offsets, tags: Sequence[str]) -> tuple[Span, ...]:
    """The mentions that these labels of the pieces tell of, in order; labels of later pieces of a word do not count."""
    spans: list[Span] = []
    goes_on = False
    for (start, end), tag in _words(text, offsets, tags):
        kind, _, name = tag.partition("-")
        if kind == "I" and goes_on and spans[-1].type == name:
            spans[-1] = Span(spans[-1].start, end, name)
        elif kind != OUTSIDE:
            spans.append(Span(start, end, name))
        goes_on = kind != OUTSIDE
    return tuple(spans)


def _words(text: str, offsets: Offsets, tags: Sequence[str]) -> list[tuple[Place, str]]:
    words: list[tuple[Place, str]] = []
    for piece, tag in zip(offsets, tags, strict=True):
        start, end = trimmed(text, piece)
        if begins_word(text, start, end):
            words.append(((start, end), tag))
        elif words and start < end:
            (begin, _), first = words[-1]
            words[-1] = ((begin, end), first)
    return words


def trimmed(text: str, piece: Place) -> Place:
    """The piece without the blanks around it."""
    start, end = piece
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def begins_word(text: str, start: int, end: int) -> bool:
    """Whether a piece that covers this stretch is the first of a word."""
    return start < end and not (start > 0 and _joins(text[start - 1]) and _joins(text[start]))


def _joins(character: str) -> bool:
    return character.isalnum() and ord(character) < 0x2E80

"""Mentions as ranges of a text."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """A mention in a text; offsets count code points, `end` stands behind the last one."""

    start: int
    end: int
    type: str

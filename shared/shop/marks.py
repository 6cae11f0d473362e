"""Mentions that an author has marked in an example: `I bought it [last Tuesday](date)`."""

import re
from dataclasses import dataclass

MARK = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)\)")
"""Only a type of lower-case letters and `_` makes a mark; anything else in brackets is text."""


@dataclass(frozen=True)
class Mention:
    """A marked stretch of a text; offsets count code points, `end` stands behind the last one."""

    start: int
    end: int
    type: str


def unmark(marked: str) -> tuple[str, tuple[Mention, ...]]:
    """The text as a customer would write it, and the mentions in it, from left to right."""
    text, mentions, read = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[read : mark.start()]
        mentions.append(Mention(len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        read = mark.end()
    return text + marked[read:], tuple(mentions)

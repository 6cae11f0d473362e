"""Texts that run in circles: a model that has lost its thread says the same again."""

import re

from services.generator.domain.check.text import clauses, normal
from services.generator.domain.check.words import words

_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:[.,:'-][^\W_\u3400-\u9fff]+)*|[€¥$£%]")
_JOINS = frozenset({"and", "or", "also", "then", "和", "并", "且", "及"})
_PART = re.compile(r",(?!\d)|、|\band\b|并且|以及")
LEAST_HAN = 3
"""Chinese doubles words of up to two characters for good reasons."""
LEAST_CONTENT = 2
"""So many words that say something make a part that must not come twice."""


def repeats(sentence: str, language: str) -> bool:
    """Whether a normal sentence holds a run of words twice in a row, or the same part in two places."""
    return _stutters(sentence, language) or _doubled(_parts(sentence, language))


def circles(parts: list[str], language: str) -> bool:
    """Whether one sentence says in the same words what an earlier one said, whatever is between the words."""
    told = [_content(normal(part), language) for part in parts]
    return _doubled([content for content in told if len(content) >= LEAST_CONTENT])


def _stutters(sentence: str, language: str) -> bool:
    tokens = [token for token in _TOKEN.findall(sentence) if token not in _JOINS]
    return any(
        tokens[at : at + length] == tokens[at + length : at + 2 * length]
        and _weighs(tokens[at : at + length], tokens[at + 2 * length : at + 3 * length], language)
        for length in range(1, len(tokens) // 2 + 1)
        for at in range(len(tokens) - 2 * length + 1)
    )


def _weighs(run: list[str], after: list[str], language: str) -> bool:
    """Whether it is no doubled particle: long enough, or three times the same, and more than figures."""
    text = (" " if language == "en" else "").join(run)
    if not words(text, language):
        return False
    return language == "en" or len(run) >= LEAST_HAN or (len(run) > 1 and run == after)


def _parts(sentence: str, language: str) -> list[tuple[str, ...]]:
    cut = [part for clause in clauses(sentence) for part in _PART.split(clause)]
    return [content for part in cut if len(content := _content(part, language)) >= LEAST_CONTENT]


def _content(text: str, language: str) -> tuple[str, ...]:
    """Words that say something and figures, in their order."""
    said = words(text, language)
    if len(said) < LEAST_CONTENT:
        return ()
    return (*said, *(token for token in _TOKEN.findall(text) if token[0].isdigit()), *re.findall(r"\bnot\b|n't|不|没", text))


def _doubled(parts: list[tuple[str, ...]]) -> bool:
    return len(set(parts)) < len(parts)

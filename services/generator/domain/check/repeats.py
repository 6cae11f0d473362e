"""Texts that run in circles: a model that has lost its thread says the same again."""

import re
from collections import Counter

from services.generator.domain.check.ground import Ground
from services.generator.domain.check.text import clauses, normal
from services.generator.domain.check.words import words

_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:[.,:'-][^\W_\u3400-\u9fff]+)*|[€¥$£%,;:。!?]")
_JOINS = frozenset({"and", "or", "also", "then", "和", "并", "且", "及"})
_DENIALS = frozenset({"not", "no", "never", "without", "cannot", "不", "没", "未", "无"})
_PART = re.compile(r",(?!\d)|、|\band\b|并且|以及")
LEAST_HAN = 3
"""Chinese doubles words of up to two characters for good reasons."""
LEAST_CONTENT = {"en": 2, "zh": 4}
"""So many words, or characters, that say something make a part that must not come twice."""


def repeats(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence holds a run of words twice in a row, or a part more often than the passages do."""
    language = ground.language
    if _stutters(sentence, language):
        return True
    told = Counter(part for piece in ground.sentences for part in _parts(piece.text, language))
    return any(times > max(told[part], 1) for part, times in Counter(_parts(sentence, language)).items())


def circles(parts: list[str], language: str) -> bool:
    """Whether one sentence says in the same words what an earlier one said, whatever is between the words."""
    told = [content for part in parts if (content := _content(normal(part), language))]
    return len(set(told)) < len(told)


def _stutters(sentence: str, language: str) -> bool:
    tokens = [token for token in _TOKEN.findall(sentence) if token not in _JOINS]
    return any(
        tokens[at : at + length] == tokens[at + length : at + 2 * length]
        and _weighs(tokens[at : at + length], tokens[at + 2 * length : at + 3 * length], language)
        for length in range(1, len(tokens) // 2 + 1)
        for at in range(len(tokens) - 2 * length + 1)
    )


def _weighs(run: list[str], after: list[str], language: str) -> bool:
    """Whether it is no doubled particle or figure: it comes three times, or says something and is long enough."""
    if len(run) > 1 and run == after:
        return True
    text = (" " if language == "en" else "").join(run)
    return bool(words(text, language)) and (language == "en" or len(run) >= LEAST_HAN)


def _parts(sentence: str, language: str) -> list[tuple[str, ...]]:
    cut = [part for clause in clauses(sentence) for part in _PART.split(clause)]
    return [content for part in cut if (content := _content(part, language))]


def _content(text: str, language: str) -> tuple[str, ...]:
    """Words that say something, figures and denials in their order; nothing where the words are few."""
    if len(words(text, language)) < LEAST_CONTENT[language]:
        return ()
    tokens = _TOKEN.findall(text)
    return tuple(token for token in tokens if token in _DENIALS or token[0].isdigit() or words(token, language))

"""What a reply says in other words than the passages, in theirs: by groups of words, for support alone."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from services.generator.domain.check import lexicon_en, lexicon_zh
from services.generator.domain.check.words import stem, words

LONGEST = 4
"""Words in an English phrase."""
SHORTEST_ZH = 2
"""Shorter Chinese words stand inside too many others to tell that something is said."""
REMEMBERED = 64
"""Texts known: all sentences of a reply are read against the same."""
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
Table = Mapping[str, tuple[int, ...]]


def held(known: str, language: str) -> dict[int, str]:
    """By group, a phrase of it that a normal text holds."""
    if language == "zh":
        return {group: phrase for phrase, groups in _table("zh").items() if phrase in known for group in groups}
    spoken = _spans(known)
    return {group: spoken[key] for key, groups in _table("en").items() if key in spoken for group in groups}


def as_told(text: str, told: Mapping[int, str], known: str, language: str) -> str:
    """A normal text with phrases that `known` has not put as it has them; `told` is what `held` found there."""
    if language == "zh":
        for phrase, groups in _table("zh").items():
            if phrase in text and phrase not in known and (same := _of(groups, told)):
                text = text.replace(phrase, same)
        return text
    return _english(text, told, known)


def _english(text: str, told: Mapping[int, str], known: str) -> str:
    table, spoken = _table("en"), _spans(known)
    found, at, result = list(_WORD.finditer(text)), 0, ""
    place = 0
    while at < len(found):
        for size in range(min(LONGEST, len(found) - at), 0, -1):
            key = " ".join(stem(match[0]) for match in found[at : at + size])
            same = _of(table.get(key, ()), told) if key not in spoken else None
            if same:
                result += text[place : found[at].start()] + same
                place = found[at + size - 1].end()
                at += size
                break
        else:
            at += 1
    return result + text[place:]


def _of(groups: tuple[int, ...], told: Mapping[int, str]) -> str | None:
    return next((told[group] for group in groups if group in told), None)


@lru_cache(REMEMBERED)
def _spans(text: str) -> dict[str, str]:
    """All runs of up to LONGEST words, by their stems."""
    found = _WORD.findall(text)
    stems = [stem(word) for word in found]
    return {
        " ".join(stems[at : at + size]): " ".join(found[at : at + size])
        for at in range(len(found))
        for size in range(1, LONGEST + 1)
        if at + size <= len(found)
    }


@cache
def _table(language: str) -> dict[str, tuple[int, ...]]:
    """By phrase, the groups that it is in; the longest phrases first. What says nothing alone tells no group."""
    table: dict[str, tuple[int, ...]] = {}
    for group, line in enumerate((lexicon_zh if language == "zh" else lexicon_en).GROUPS):
        for phrase in line.split() if language == "zh" else line.split("/"):
            if len(phrase) >= SHORTEST_ZH if language == "zh" else words(phrase, "en"):
                key = phrase if language == "zh" else " ".join(stem(word) for word in _WORD.findall(phrase))
                table[key] = (*table.get(key, ()), group)
    return dict(sorted(table.items(), key=lambda item: -len(item[0])))

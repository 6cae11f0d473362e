"""Documents that say the same, or of two that tell of the same thing, different numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from services.dialogue.adapters.knowledge.index import Entry, Index
from services.dialogue.adapters.knowledge.lexical import terms_of

NEAR = 0.88
"""Passages less near than this by meaning are not compared word by word."""
SAME, ALIKE = 0.85, 0.6
"""The share of words that two passages, or two sentences without their numbers, have in common."""
BLOCK = 1_000
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Doubt:
    """Two passages of different documents, with what stands in each."""

    kind: Literal["duplicate", "contradiction"]
    one: Entry
    other: Entry
    says: str
    other_says: str


def doubts(index: Index) -> Iterator[Doubt]:
    """Every pair of pages or imports that says the same twice or contradicts; products are alike by nature."""
    for one, other in _near_pairs(index):
        if _overlap(terms_of(one.text), terms_of(other.text)) >= SAME and _numbers(one.text) == _numbers(other.text):
            yield Doubt("duplicate", one, other, one.text, other.text)
            continue
        for said, other_said in product(one.sentences, other.sentences):
            if _contradict(said, other_said):
                yield Doubt("contradiction", one, other, said, other_said)


def _near_pairs(index: Index) -> Iterator[tuple[Entry, Entry]]:
    kept = [place for place, entry in enumerate(index.entries) if entry.origin != "product"]
    rows = index.passages[kept].astype(np.float32)
    for start in range(0, len(kept), BLOCK):
        near = rows[start : start + BLOCK] @ rows.T
        for at, to in np.argwhere(near >= NEAR):
            one, other = index.entries[kept[start + at]], index.entries[kept[to]]
            if start + at < to and one.document != other.document and one.language == other.language:
                yield one, other


def _contradict(one: str, other: str) -> bool:
    numbers, others = _numbers(one), _numbers(other)
    if not numbers or not others or numbers == others:
        return False
    return _overlap(terms_of(NUMBER.sub("", one)), terms_of(NUMBER.sub("", other))) >= ALIKE


def _numbers(text: str) -> frozenset[str]:
    return frozenset(NUMBER.findall(text))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)

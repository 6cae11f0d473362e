"""The one or two sentences of a passage that answer a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from services.dialogue.adapters.knowledge.lexical import Tokenizer, WordIndex
from shared.encoder import Vectors

NEARNESS = 2.0
"""How much nearness by meaning counts beside the share of the question's words, which is 0..1."""
BESIDE = 0.05
"""Two sentences that follow each other are understood more easily."""
NUMBER = 0.05
"""What asks for a number is answered by one."""
MOST = 24
"""Only so many sentences are weighed in pairs."""
ASKS_NUMBER = re.compile(
    r"多少|几|何时|时候|哪年|哪一年|时间|日期|多[长高大远重久]"
    r"|\bhow (?:many|much|long|often|far|heavy|big|old)\b|\bwhen\b",
    re.IGNORECASE,
)
HAS_NUMBER = re.compile(r"[0-9]|[一二三四五六七八九十百千万两]+[年月日天个名次分元时点]")
AFTER = re.compile(r"[；;]$")


def joined_halves(sentences: Sequence[str]) -> list[tuple[int, ...]]:
    """Places of the sentences that belong together: what ends with a semicolon goes on."""
    groups: list[tuple[int, ...]] = []
    for place in range(len(sentences)):
        if groups and AFTER.search(sentences[groups[-1][-1]]):
            groups[-1] = (*groups[-1], place)
        else:
            groups.append((place,))
    return groups


@dataclass(frozen=True)
class Asked:
    """A question, the rarity of each of its words, and the sum of these."""

    text: str
    rarity: dict[str, float]

    @classmethod
    def of(cls, question: str, tokenizer: Tokenizer, words: WordIndex) -> "Asked":
        """The question against the words of an index."""
        return cls(question, {term: words.rarity(term) for term in tokenizer.terms(question)})

    @property
    def total(self) -> float:
        return sum(self.rarity.values()) or 1.0


def best_sentences(
    asked: Asked, sentences: Sequence[str], terms: Sequence[frozenset[str]], near: Vectors | None
) -> str:
    """The two sentences, or the only one, that together hold most of what is asked, in their order.

    `terms` are those of each sentence, `near` its nearness by meaning where it is known.
    """
    groups = joined_halves(sentences)[:MOST]
    if len(groups) <= 2:
        return _told(sentences, groups)
    known = [frozenset(asked.rarity) & frozenset().union(*(terms[at] for at in group)) for group in groups]
    alone = [_alone(asked, sentences, group, near) for group in groups]

    def worth(pair: tuple[int, int]) -> float:
        one, two = pair
        share = sum(asked.rarity[term] for term in known[one] | known[two]) / asked.total
        return share + alone[one] + alone[two] + (BESIDE if two == one + 1 else 0.0)

    return _told(sentences, [groups[at] for at in max(combinations(range(len(groups)), 2), key=worth)])


def _alone(asked: Asked, sentences: Sequence[str], group: Sequence[int], near: Vectors | None) -> float:
    number = ASKS_NUMBER.search(asked.text) and any(HAS_NUMBER.search(sentences[at]) for at in group)
    nearness = NEARNESS * float(np.max(near[list(group)])) if near is not None else 0.0
    return nearness + (NUMBER if number else 0.0)


def _told(sentences: Sequence[str], groups: Sequence[Sequence[int]]) -> str:
    parts = [sentences[at] for group in groups for at in group]
    text = ""
    for part in parts:
        apart = text and part[:1].isascii() and text[-1:].isascii()
        text += f" {part}" if apart else part
    return text

"""Which words of a text tell what it is about."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.nlu.domain.masking import PLACEHOLDER, Mark

QUOTED = re.compile(r"\"[^\"]{1,60}\"|“[^”]{1,60}”|「[^」]{1,60}」|《[^》]{1,60}》")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
TITLE = re.compile(r"[A-ZÀ-Þ][\w’'-]*")
NO_SLOT = frozenset({"I", "I'm", "I’m", "I'd", "I've", "I'll", "OK"})
ENDINGS = ("ational", "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ied", "ers", "er")
SHORT_ENDINGS = ("ed", "es", "al", "ly", "s", "e", "y")


@dataclass(frozen=True)
class Words:
    """Stop words, and synonyms as word -> the first of its group. Chinese entries are any stretch of characters."""

    stops: frozenset[str]
    heads: Mapping[str, str]
    chinese: re.Pattern[str]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Words":
        """From the lists of `words.yaml`."""
        stops = frozenset(word for line in document["stop"].values() for word in line.split())
        groups = [line.split() for lines in document["synonyms"].values() for line in lines]
        heads = {word: group[0] for group in groups for word in group}
        han = sorted((w for w in stops | heads.keys() if HAN_RUN.match(w)), key=lambda word: (-len(word), word))
        return cls(stops, heads, re.compile("|".join(map(re.escape, han)) or "(?!)"))

    def content(self, text: str, marks: Iterable[Mark] = ()) -> tuple[str, ...]:
        """The signature of a text: what it is about, without slot values, fillers, order and endings.

        Equal for texts that differ only in numbers, names, marked mentions, synonyms and politeness.
        """
        bare = _without_values(text, marks)
        said = self._english(bare) | self._chinese(bare)
        return tuple(sorted(said)) or tuple(sorted(word.casefold() for word in WORD.findall(bare))) or (text,)

    def _english(self, text: str) -> set[str]:
        words = [word.casefold().replace("’", "'") for word in WORD.findall(HAN_RUN.sub(" ", text))]
        return {self._head(word) for word in words if word not in self.stops and stem(word) not in self.stops}

    def _head(self, word: str) -> str:
        return self.heads.get(word) or self.heads.get(stem(word)) or stem(word)

    def _chinese(self, text: str) -> set[str]:
        found: set[str] = set()
        for run in HAN_RUN.findall(text):
            found |= {self.heads[known] for known in self.chinese.findall(run) if known in self.heads}
            for rest in self.chinese.sub(" ", run).split():
                found |= {rest[at : at + 2] for at in range(max(len(rest) - 1, 1))}
        return found


def _without_values(text: str, marks: Iterable[Mark]) -> str:
    characters = list(text)
    for start, end, _ in marks:
        characters[start:end] = " " * (end - start)
    bare = QUOTED.sub(" ", PLACEHOLDER.sub(" ", "".join(characters)))
    names = _names(bare)
    return re.sub(r"\w*\d\w*", " ", names, flags=re.ASCII)


def _names(text: str) -> str:
    """Without words that begin in capitals in the middle of a sentence, where most words do not."""
    words = WORD.findall(text)
    capital = [word for word in words if TITLE.fullmatch(word)]
    if len(capital) * 2 > len(words):
        return text
    return re.sub(r"(?<=[^\W\d_,;] )[A-ZÀ-Þ][\w’'-]*", lambda m: m.group() if m.group() in NO_SLOT else " ", text)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """An English word without the commonest endings: `cancelling`, `cancellation` and `cancels` become `cancel`."""
    base = word.removesuffix("'s")
    for ending in ENDINGS:
        if base.endswith(ending) and len(base) - len(ending) >= 4:
            base = base.removesuffix(ending)
            break
    else:
        for ending in SHORT_ENDINGS:
            if base.endswith(ending) and len(base) - len(ending) >= 3 and not base.endswith("ss"):
                base = base.removesuffix(ending)
                break
    return base[:-1] if len(base) > 4 and base[-1] == base[-2] and base[-1] in "lnpt" else base

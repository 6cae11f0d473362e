"""The words of a text that say something, in one form each."""

import re
from functools import lru_cache

from services.generator.domain.check import words_en, words_zh
from services.generator.domain.check.numerals import EN_NUMBERS
from services.generator.domain.check.units import COUNTED, UNIT, UNITS

WORDS_REMEMBERED = 8192
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?(?:-[a-z]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"(?<![a-z0-9°])[a-z][a-z-]*[a-z](?![a-z0-9])")
_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "er",
    "ed",
    "es",
    "ly",
    "able",
    "s",
    "e",
    "y",
)
_NUMBERS = re.compile(
    rf"(?:上午|下午|早上?|晚上?|傍晚)?(?:[\d.:]+|(?<!第)[一二两三四五六七八九十百千万]+(?=个|点|{UNIT}))(?:{UNIT}|个|点半?)?"
)


def words(text: str, language: str) -> list[str]:
    """The content of a normal text: stems in English, single characters in Chinese. Numbers are left out."""
    if language == "zh":
        return [char for run in runs(text) for char in run]
    return [stem for word in _WORD.findall(text) for part in word.split("-") if (stem := _stem_of(part))]


def terms(text: str, language: str) -> set[str]:
    """What two texts are compared by: stems in English, pairs of characters in Chinese,
    or one that stands alone, and Latin words."""
    if language == "zh":
        pairs = {run[at : at + 2] for run in runs(text) for at in range(max(len(run) - 1, 1))}
        return pairs | set(_LATIN.findall(text))
    return set(words(text, language))


def runs(text: str) -> list[str]:
    """The Chinese of a normal text, cut at what says nothing; numbers with their units are left out."""
    text = re.sub(words_zh.COURTESY, " ", text)
    for word, others in words_zh.SAME:
        for other in others.split():
            text = text.replace(other, word)
    text = _NUMBERS.sub(" ", text)
    return [run for part in _HAN.findall(text) for run in re.split(f"[{''.join(words_zh.FUNCTION)}]+", part) if run]


_MEASURES = frozenset(name for name, (unit, _) in UNITS.items() if name.isascii() and unit not in COUNTED)
_SAYS_NOTHING = words_en.STOP | words_en.COURTESY | EN_NUMBERS | _MEASURES


@lru_cache(WORDS_REMEMBERED)
def _stem_of(word: str) -> str:
    if word.startswith("un") and word[2:] in ("worn", "used", "opened", "packed", "washed", "damaged", "paid"):
        word = word[2:]
    word = word.split("'")[0] if not word.endswith("n't") else ""
    if word in _SAYS_NOTHING or len(word) < 2:
        return ""
    return _same(word)


def _same(word: str) -> str:
    if word in words_en.SAME:
        return stem(words_en.SAME[word])
    root = stem(word)
    return stem(_SAME_STEMS.get(root, root))


def stem(word: str) -> str:
    """Without its ending, as far as four letters are left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (
            3 if ending in ("s", "ed", "es", "e") else 5 if ending == "able" else 4
        ):
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


_SAME_STEMS = {stem(word): same for word, same in words_en.SAME.items()}

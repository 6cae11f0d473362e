"""Numbers as they are written in either language."""

import re

ZH_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ZH_POWERS = {"十": 10, "百": 100, "千": 1000}
_EN_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_EN = {word: value for value, word in enumerate(_EN_SMALL)} | {w: 10 * n for n, w in enumerate(_EN_TENS, 2)}
_EN_POWERS = {"hundred": 100, "thousand": 1000}

EN_NUMBERS = frozenset(_EN) - {"one"} | frozenset(_EN_POWERS)
"""Words that are numbers wherever they stand."""

_word = "|".join(sorted(_EN, key=len, reverse=True))
WORDS_EN = rf"\b(?:{_word})(?:[- ](?:{_word}))?(?: (?:hundred|thousand))?\b"
WORDS_ZH = r"(?<!第)(?!零[件售食钱])[零〇一二两三四五六七八九十百千万半]+"
FIGURES = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


def value_of(written: str) -> float | None:
    """The number that figures, English words or Chinese numerals say; None if they say none."""
    if re.fullmatch(FIGURES, written):
        return float(written.replace(",", ""))
    return _english(written) if written[0].isascii() else _chinese(written)


def _english(written: str) -> float | None:
    total = 0
    for word in re.split(r"[- ]", written):
        if word in _EN_POWERS:
            total = max(total, 1) * _EN_POWERS[word]
        elif word in _EN:
            total += _EN[word]
        else:
            return None
    return float(total)


def _chinese(written: str) -> float | None:
    if "半" in written:
        return 0.5 if written == "半" else None
    if all(char in ZH_DIGITS for char in written):
        return float("".join(str(ZH_DIGITS[char]) for char in written))
    total = section = digit = 0
    for char in written:
        if char in ZH_DIGITS:
            digit = ZH_DIGITS[char]
        elif char == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _ZH_POWERS[char], 0
    return float(total + section + digit * _left_out(written))


def _left_out(written: str) -> int:
    """The power of the last digit where that is not said: 一百五 is 150, 一百零五 is 105."""
    before = written[-2:-1]
    return {"百": 10, "千": 100, "万": 1000}.get(before, 1)

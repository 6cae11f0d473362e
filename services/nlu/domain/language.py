"""In which language a message is written, judged by its script."""

import re

from shared.contracts.messages import Language

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
WORD = re.compile(r"(?<![^\W\d_])[A-Za-z]+(?:'[A-Za-z]+)?(?![^\W\d_])")
NEUTRAL = frozenset(
    ("ok", "okay", "hi", "hey", "yes", "no", "bye", "vip", "app", "sku", "wifi", "usb", "bluetooth", "email", "pdf")
    + ("xs", "s", "m", "l", "xl", "xxl", "xxxl", "w", "v", "mah", "cm", "kg", "mm")
)
HAN_PER_WORD = 1.7
"""A Chinese word has between one and two characters: so many weigh as much as one English word."""


def language_of(text: str, otherwise: Language) -> Language:
    """The language of most of `text`; `otherwise` when it has no words, only ones used in both, or as much of each.

    Order numbers, addresses and product names say nothing about the language: leave them out of `text`.
    """
    chinese = len(HAN.findall(text)) / HAN_PER_WORD
    english = sum(word.lower() not in NEUTRAL for word in WORD.findall(text))
    if chinese == english:
        return otherwise
    return "zh" if chinese > english else "en"

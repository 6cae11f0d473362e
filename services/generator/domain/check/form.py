"""How a reply is written: its language, its length, and that it is plain text."""

import re

from services.generator.domain.check.words_en import COMMON, FOREIGN

LONGEST_SENTENCE = {"en": 320, "zh": 160}
LONGEST_REPLY = {"en": 900, "zh": 450}
MOST_SENTENCES = 8
_MARKUP = re.compile(
    r"</?[a-zA-Z!][^>]*>?|```|`|\*\*|__|!\[|\]\(|^\s*#{1,6}\s|^\s*[*•\-–]\s+\w|^\s*\|.*\||[{}]|&(?:[a-z]+|#\d+);|\[\w+\]|"
    r"<\||\|>|data:\w+/|javascript:|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufffd]",
    re.M,
)
_ENDED = re.compile(r"[.!?。！？…～~\u2600-\u27bf\U0001f300-\U0001faff][\"'”’)）\ufe0f]*$")
_NUMBERED = re.compile(r"[(（]?(?:\d{1,2}|[a-z])[.)）、]", re.I)
_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0400-\u04ff\u0590-\u06ff\u0900-\u0e7f\u3040-\u30ff\uac00-\ud7af]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[a-z0-9._+-]+@[a-z0-9.-]+|(?:https?://|www\.)[a-z0-9./_-]+")
"""Of no language."""


def has_markup(text: str) -> bool:
    """Tags, code, emphasis, lists, tables, braces, invisible characters."""
    return bool(_MARKUP.search(text))


def is_fragment(sentence: str) -> bool:
    """Whether it has no end: a heading, an item of a list, what stands before one, or a number of one."""
    return _ENDED.search(sentence) is None or _NUMBERED.fullmatch(sentence) is not None


def wrong_language(sentence: str, known: str, language: str) -> bool:
    """Whether a normal sentence is in another language than the customer's; what `known` holds may stand in it."""
    if _OTHER_SCRIPT.search(sentence):
        return True
    sentence = _ADDRESS.sub(" ", sentence)
    han, letters = len(_HAN.findall(sentence)), len(_LETTER.findall(sentence))
    if language == "zh":
        latin = [word for word in re.findall(r"[a-z]{2,}", sentence) if word not in known]
        return letters > 0 and (han < letters * 0.3 or len(latin) > 3)
    if any(char not in known for char in _HAN.findall(sentence)):
        return True
    words = _WORD.findall(sentence)
    foreign = [word for word in words if word in FOREIGN]
    return len(foreign) >= 2 or (len(words) > 5 and not COMMON.intersection(words))


def too_long(reply: list[str], language: str) -> bool:
    """Whether a reply of these sentences is longer than anybody reads, or says the same again."""
    return (
        len(reply) > MOST_SENTENCES
        or sum(map(len, reply)) > LONGEST_REPLY[language]
        or any(len(sentence) > LONGEST_SENTENCE[language] for sentence in reply)
        or len({sentence.casefold() for sentence in reply}) < len(reply)
    )

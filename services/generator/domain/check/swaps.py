"""Small words of the passages put the other way: with and without, most and all, the other side of "this or that?"."""

import re
from collections.abc import Iterator

from services.generator.domain.check.comparing import NEGATION
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.text import normal
from services.generator.domain.check.words import words
from services.generator.domain.check.words_zh import FUNCTION

_OF_WHAT = r"(?:of )?(?:the |our |your |its |their |a |an |any |whole |original )*(?:(?:pieces?|kinds?|pairs?) of )?"
_WITH = re.compile(rf"\b(?P<how>with|without) {_OF_WHAT}(?P<what>[a-z]+(?: [a-z]+)?)")
_HOW_MANY = re.compile(rf"\b(?P<how>every|all|each|most|some|few|half) {_OF_WHAT}(?P<what>[a-z]+)")
_ALL = frozenset({"every", "all", "each"})
_EITHER_EN = re.compile(
    r"\b([a-z-]+) or (?:(?:is|are|does|do|can) (?:it|they) )?(?:a |an |the |to |just |rather )*([a-z-]+)\b"
)
_EITHER_ZH = re.compile(r"([\u3400-\u9fff]{1,6})还是([\u3400-\u9fff]{1,6})")


def swapped(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence has one of these other than the passages do."""
    if ground.language == "zh":
        return _other_side(sentence, ground)
    return _without(sentence, ground) or _more_of(sentence, ground) or _other_side(sentence, ground)


def _bound(pattern: re.Pattern[str], text: str) -> dict[str, set[str]]:
    """By what is spoken of, the small words before it."""
    found: dict[str, set[str]] = {}
    for match in pattern.finditer(text):
        for what in words(match["what"], "en")[:2]:
            found.setdefault(what, set()).add(match["how"])
    return found


def _without(sentence: str, ground: Ground) -> bool:
    told = _bound(_WITH, ground.known)
    return any(
        len(how) == 1 and len(told.get(what, ())) == 1 and how != told[what]
        for what, how in _bound(_WITH, sentence).items()
    )


def _more_of(sentence: str, ground: Ground) -> bool:
    """Whether it says all of what the passages say most of, or the other way round."""
    told = _bound(_HOW_MANY, ground.known)
    return any(
        what in told and not (how & _ALL and told[what] & _ALL) and not how & told[what]
        for what, how in _bound(_HOW_MANY, sentence).items()
    )


def _other_side(sentence: str, ground: Ground) -> bool:
    """Whether it was asked "this or that?", the passages have one of both, and it says the other and denies nothing."""
    if NEGATION[ground.language].search(sentence):
        return False
    return any(
        one in sentence and other not in sentence and other in ground.known and one not in ground.known
        for pair in _sides(normal(ground.asked), ground.language)
        for one, other in (pair, pair[::-1])
    )


def _sides(asked: str, language: str) -> Iterator[tuple[str, str]]:
    """What tells the two sides of a question apart."""
    if language == "en":
        yield from ((m[1], m[2]) for m in _EITHER_EN.finditer(asked) if words(m[1], "en") and words(m[2], "en"))
        return
    for match in _EITHER_ZH.finditer(asked):
        first = match[1].rpartition("是")[2][-len(match[2]) :]
        one, other = ([char for char in side if char not in FUNCTION] for side in (first, match[2]))
        mine, theirs = ("".join(c for c in a if c not in b) for a, b in ((one, other), (other, one)))
        if mine and theirs:
            yield mine, theirs

"""Yes and no: the one that a reply begins with, and what a passage denies in two words."""

import re

from services.generator.domain.check.comparing import CONDITION, NEGATION, denials, denied
from services.generator.domain.check.ground import Ground, Piece
from services.generator.domain.check.text import clauses, normal
from services.generator.domain.check.words import terms, words

HELD, LEAST_SHARED = 0.5, {"en": 2, "zh": 1}
"""Share and number of the question's terms that a clause must hold to answer it."""
SHORT = {"en": 2, "zh": 3}
"""A denial of so many terms is too short to be the closest clause to a whole sentence."""
_EITHER_ZH = re.compile(r"(\w)不\1")
"""能不能 asks and denies nothing."""
_ATTRIBUTE = re.compile(r"\bun[a-z]+(?= [a-z])|(?:未|没有?)[\u3400-\u9fff]{1,5}的")
"""Says which things are meant, not that something is not so."""
_ONLY = re.compile(r"\bonly\b|只|仅")
"""Affirms one thing and denies the others."""
_FREE = re.compile(r"\bfree\b|免费|包邮")
_CHARGES = re.compile(r"\b(?:charge|cost|fee|pay|price)s?\b|[付收]费|要钱|花钱")
"""Asked for money, "free" says no."""
_ASKS = {
    "en": re.compile(
        r"^(?:so |hi,? |hello,? |and |but )*(?:can|may|could|is|are|do|does|did|will|am|must|should|has|have)\b"
    ),
    "zh": re.compile(r"吗|是否|有没有|^(?:可以|能|是|会|要|支持).*[?]"),
}
_YES = {
    "en": re.compile(r"^(?:yes|yeah|yep|sure|certainly|of course|absolutely|indeed|you can\.)\b"),
    "zh": re.compile(
        r"^(?:是的|可以|能|会的|需要的|要的|当然(?:可以|能)?|没问题|支持|有的)[的亲哦呢哈啊呀]*(?=[,。!、~-]|$)"
    ),
}
_NO = {
    "en": re.compile(
        r"^(?:no|nope|unfortunately not|sadly not|i'm afraid not|not at all|"
        r"not (?:at present|yet|at the moment|currently))\b(?! problem| worries| later| more)"
    ),
    "zh": re.compile(
        r"^(?:不是的?|不可以|不能|不行|不会|没有|不支持|抱歉,不(?:行|能|可以)|很抱歉,不(?:行|能|可以))[的亲哦呢哈啊呀]*(?=[,。!、~-]|$)"
    ),
}


def other_answer(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence says yes where the passages deny what was asked, or no where they affirm it."""
    yes = _YES[ground.language].match(sentence) is not None
    if not yes and not _NO[ground.language].match(sentence):
        return False
    asked = _EITHER_ZH.sub(r"\1", normal(ground.asked))
    asks = asked != normal(ground.asked) or _ASKS[ground.language].search(asked) is not None
    free = not yes and _CHARGES.search(asked) and _FREE.search(ground.known)
    if not asks or free or denied(asked, ground.language):
        return False
    told = _answers(ground)
    answers = {denied(_ATTRIBUTE.sub(" ", piece.text), ground.language) for piece in told}
    return answers == {yes} and not any(CONDITION.search(piece.sentence) or _ONLY.search(piece.text) for piece in told)


def affirms_denied(sentence: str, ground: Ground) -> bool:
    """Whether it affirms all of a short denial ("no battery") that no other clause of the passages takes back."""
    language = ground.language
    said = [c for c in clauses(sentence) if not NEGATION[language].search(c) and not CONDITION.search(c)]
    affirmed = {
        term for piece in ground.clauses if not denied(piece.text, language) for term in _held(piece.text, language)
    }
    short = [
        _held(piece.text, language)
        for piece in ground.clauses
        if 0 < len(piece.terms) <= SHORT[language]
        and denials(piece.text, language, firm=True) % 2
        and not CONDITION.search(piece.sentence)
    ]
    return any(
        told <= _held(clause, language) and len(told - affirmed) > len(told & affirmed) / 2
        for told in short
        for clause in said
    )


def _held(text: str, language: str) -> frozenset[str]:
    """What a short denial is compared by: Chinese by its characters, since pairs go across words."""
    return frozenset(words(text, language) if language == "zh" else terms(text, language))


def _answers(ground: Ground) -> list[Piece]:
    """The clauses that hold most of what was asked, if they hold enough."""
    shared = [(len(piece.terms & ground.question), piece) for piece in ground.clauses]
    most = max((count for count, _ in shared), default=0)
    enough = max(HELD * len(ground.question - ground.named), LEAST_SHARED[ground.language])
    return [piece for count, piece in shared if count == most] if most >= enough else []

"""Whether the yes or no that a reply begins with is the one that the passages give to the question."""

import re

from services.generator.domain.check.ground import Ground, Piece
from services.generator.domain.check.support import CONDITION, denied
from services.generator.domain.check.text import normal
from services.generator.domain.check.words import terms

HELD = 0.75
"""Share of the question's terms that a sentence must hold to answer it."""
_EITHER_ZH = re.compile(r"(\w)不\1")
"""能不能 asks and denies nothing."""
_ASKS = {
    "en": re.compile(r"^(?:so |hi,? |hello,? |and |but )*(?:can|may|could|is|are|do|does|did|will|am|must|should|has|have)\b"),
    "zh": re.compile(r"吗|是否|有没有|^(?:可以|能|是|会|要|支持).*[?]"),
}
_YES = {
    "en": re.compile(r"^(?:yes|yeah|yep|sure|certainly|of course|absolutely|indeed|you can\.)\b"),
    "zh": re.compile(r"^(?:是的|可以|能|会的|当然(?:可以|能)?|没问题|支持|有的)(?=[,。!、]|$)"),
}
_NO = {
    "en": re.compile(r"^(?:no|nope|unfortunately not|sadly not|i'm afraid not|not at all)\b(?! problem| worries| later| more)"),
    "zh": re.compile(r"^(?:不是的?|不可以|不能|不行|不会|没有|不支持|抱歉,不(?:行|能|可以)|很抱歉,不(?:行|能|可以))(?=[,。!、]|$)"),
}


def other_answer(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence says yes where the passages deny what was asked, or no where they affirm it."""
    yes = _YES[ground.language].match(sentence) is not None
    if not yes and not _NO[ground.language].match(sentence):
        return False
    asked = _EITHER_ZH.sub(r"\1", normal(ground.asked))
    asks = asked != normal(ground.asked) or _ASKS[ground.language].search(asked) is not None
    if not asks or denied(asked, ground.language):
        return False
    told = [piece for piece in ground.clauses if _answers(piece, ground)]
    answers = {denied(piece.text, ground.language) for piece in told}
    return answers == {yes} and not any(CONDITION.search(piece.text) for piece in told)


def _answers(piece: Piece, ground: Ground) -> bool:
    return len(piece.terms & ground.question) >= max(HELD * len(ground.question - ground.named), 1)

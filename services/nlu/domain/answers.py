"""Short answers that only the bot's question gives a meaning: "neither", "要", "不是这个"."""

import re

from services.nlu.domain.heads import Guess
from shared.contracts.messages import Expects

AFFIRMING = (
    r"(?:yes|yep|yeah|yup|ya|sure|ok(?:ay)?|correct|right|exactly|please do|go ahead|that'?s (?:it|right|the one)|i do)"
    r"(?:,? (?:please|thanks|thank you))?"
    r"|(?:好|好的|好啊|要|要的|要啊|是|是的|是啊|对|对的|对啊|行|行啊|可以|可以的|嗯+|没错|就是(?:这个|它|的)?|需要|当然)"
    r"(?:吧|呀|谢谢)?"
)
DENYING = (
    r"(?:no|nope|nah)(?:,? (?:thanks|thank you|neither|not (?:this|that)(?: one)?))?"
    r"|neither(?: of (?:them|these|those))?|none(?: of (?:them|these|those|the above))?"
    r"|not (?:this|that|either)(?: one)?|i do not|i don'?t"
    r"|(?:都)?(?:不是|不要|不对|不用|不需要|没有|不)(?:的|了|啊)?(?:谢谢)?|都不(?:是|要|对|行|喜欢)"
    r"|(?:哪个|一个)都(?:不是|不要)|不是(?:这|那)(?:个|单|件|双|条|款)|(?:这|那)(?:个|单)不是|算了|不了"
)
EDGES = " \t\r\n.,!~…。,!、～"
MEANINGS = (("deny", re.compile(DENYING, re.IGNORECASE)), ("affirm", re.compile(AFFIRMING, re.IGNORECASE)))


def short_answer(said: str, expects: Expects) -> str | None:
    """`affirm` or `deny` if the whole text is nothing but that and the bot asked something."""
    if expects.kind == "none":
        return None
    bare = said.strip(EDGES).replace("’", "'")
    return next((intent for intent, pattern in MEANINGS if pattern.fullmatch(bare)), None)


def as_guess(intent: str, guess: Guess) -> Guess:
    """The answer as certain, with what the words alone would have meant as alternatives."""
    return Guess(intent, 1.0, guess.ranked)

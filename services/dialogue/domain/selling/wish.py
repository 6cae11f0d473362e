"""What a customer looks for, and how what they say next narrows it down."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.dialogue.domain.reading import plain
from services.dialogue.domain.selling.lexicon import asking_words, spoken_of
from services.dialogue.domain.state import Wish
from shared.contracts.messages import Request

CHEAPER = re.compile(r"\b(?:cheaper|less expensive|lower price|too expensive|too dear)\b|便宜|太贵|贵了|实惠")
MORE = re.compile(
    r"\b(?:show (?:me )?more|any(?:thing)? else|something else|other (?:ones|options)|what else|others)\b"
    r"|还有别的|别的吗|换一[批个款]|其他的|还有吗|再推荐"
)
MONEY = re.compile(r"(?P<low>\d+(?:\.\d+)?)?(?P<span>\.\.)?(?P<high>\d+(?:\.\d+)?)?(?: (?P<currency>[A-Z]{3}))?")
ABOUT = Decimal("0.2")
"""Around 100 is from 80 to 120."""
LONGEST_HINT = 40


def read_wish(text: str, heard: Mapping[str, str], known: Wish | None = None) -> Wish:
    """What the text asks of the goods, on top of what is `known`; what it says anew replaces what was said before.

    `heard` are the mentions in it by type, several joined by `|`.
    """
    wish = known or Wish()
    found = {kind: value.split("|")[0] for kind, value in heard.items()}
    kinds, traits = spoken_of("kinds", text), spoken_of("traits", text)
    return wish.model_copy(
        update={
            "words": f"{wish.words} {text}".strip(),
            **({"kinds": kinds, "category": "", "seen": (), "below": None} if kinds else {}),
            "traits": tuple(dict.fromkeys((*wish.traits, *traits))),
            "color": found.get("color", wish.color),
            "size": found.get("size", wish.size),
            **(_bounds(found["money"]) if "money" in found else {}),
        }
    )


def is_blank(wish: Wish) -> bool:
    """Whether nothing is known by which goods could be told apart."""
    said = any((wish.kinds, wish.category, wish.traits, wish.low, wish.high, wish.color, wish.size))
    return not said and not tells_something(wish.words)


def tells_something(text: str) -> bool:
    """Whether any word is left beside those of asking."""
    said = plain(text)
    for word in asking_words():
        said = said.replace(word, " ") if not word.isascii() else said
    english = [word for word in re.findall(r"[a-z][a-z'-]+", said) if word not in asking_words()]
    return bool(english) or len(re.findall(r"[\u4e00-\u9fff]", said)) >= 2


def asks_cheaper(text: str) -> bool:
    """Whether the customer wants to pay less than for what was shown."""
    return CHEAPER.search(plain(text)) is not None


def asks_more(text: str) -> bool:
    """Whether the customer wants to see others than those shown."""
    return MORE.search(plain(text)) is not None


def narrows(text: str, requests: Sequence[Request], shown: int) -> bool:
    """Whether a text only says more about the goods that were shown last: cheaper, others, in black, in 42, under 50.

    A colour or a size of the one thing that was shown is about that thing, and narrows nothing.
    """
    kinds = {entity.type for request in requests for entity in request.entities}
    if len(text) > LONGEST_HINT or kinds & {"product", "order", "ordinal", "email"}:
        return False
    return asks_cheaper(text) or asks_more(text) or "money" in kinds or (shown > 1 and bool(kinds & {"color", "size"}))


def _bounds(value: str) -> dict[str, Decimal | str | None]:
    """`..60 EUR`, `300..500`, `80`: the bounds of a sum as understanding writes it."""
    match = MONEY.fullmatch(value)
    if match is None or not (match["low"] or match["high"]):
        return {}
    low, high = (Decimal(figures) if figures else None for figures in (match["low"], match["high"]))
    if not match["span"] and low is not None:
        low, high = low * (1 - ABOUT), low * (1 + ABOUT)
    return {"low": low, "high": high, "currency": match["currency"] or ""}

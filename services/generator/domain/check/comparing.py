"""What clauses are compared by: how much they share, whether they deny, whether they state a condition."""

import re
from collections.abc import Iterable

from services.generator.domain.check import words_en, words_zh
from services.generator.domain.check.ground import Piece

NEAR = 0.85
"""A clause that fits nearly as well as the best one counts as well."""

RULES = {"en": words_en, "zh": words_zh}
NEGATION = {code: re.compile(rules.NEGATION) for code, rules in RULES.items()}
CONDITION = re.compile(
    r"\b(?:not )?(?:if|once|when|as long as|as soon as|until|unless|before|after|while|without|"
    r"provided)\b(?! \d| the latest)|"
    r"如果|只要|一旦|若|除非|的话|(?<=[打包货付消款收])(?:之前|之后|前|后|时)|(?:尚|还)?未.{1,4}时|"
    r"(?:^|,)[^,。不没未0-9]{2,8}(?:之前|之后|以前|以后)(?=,|$)"
)


_LIMITS = ("before", "until", "unless", "except", "前", "之前")
"""Denials that say when something holds."""


def denials(text: str, language: str, *, firm: bool = False) -> int:
    """How many denials a normal text holds; if `firm`, without those that only say when something holds."""
    return sum(not (firm and match[0].startswith(_LIMITS)) for match in NEGATION[language].finditer(text))


def denied(text: str, language: str) -> bool:
    """Whether a normal text holds an odd number of denials."""
    return denials(text, language) % 2 == 1


def closest(said: Iterable[str], pieces: list[Piece], enough: float) -> list[Piece]:
    """The pieces that hold most of what is said, or all of whose terms are said; those nearly as good among them."""
    wanted = set(said)
    fits = [(_fit(wanted, piece.terms), piece) for piece in pieces if piece.terms] if wanted else []
    best = max((fit for fit, _ in fits), default=0)
    if best < enough:
        return []
    return [piece for fit, piece in fits if fit >= best * NEAR]


def _fit(said: set[str], told: frozenset[str]) -> float:
    shared = len(said & told)
    return shared / min(len(said), len(told)) + 0.2 * shared / max(len(said), len(told))


def conditional(text: str, *, anywhere: bool = False) -> bool:
    return (CONDITION.search(text) if anywhere else CONDITION.match(text)) is not None

"""Texts in the parts that are checked: sentences and clauses, in one normal form."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from services.generator.domain.check.idioms import plain
from services.generator.domain.check.verbs import ADJUNCT, AFTER_VERB, BARE_ZH, FRAGMENT, PREDICATE, REASON_ZH, VERB

_ABBREVIATED = r"(?<!e\.g\.)(?<!i\.e\.)(?<!a\.m\.)(?<!p\.m\.)(?<!No\.)(?<!\bM[rs]\.)(?<!\bMrs\.)"
_SENTENCE_END = re.compile(rf"{_ABBREVIATED}(?<=[.!?])[\"”)]*\s+|(?<=[。！？])[”）]*\s*|\n+")
_STRONG_END = re.compile(r"[;。!?()]|:(?!\d)|\.(?!\d)")
_CLAUSE_END = re.compile(
    r",(?!\d{3}(?!\d))|"
    r"(?<!not )(?<!only )(?<!even )\b(?=(?:not )?(?:but|if|unless|once|when|because|while|although|provided|"
    r"as long as|as soon as|until(?! (?:about )?\d)|whereas)\b|"
    rf"and (?:\w+ )?(?:nothing|no|not|do not|don't|cannot|can't|never|without)\b|"
    rf"and (?:also |then )?(?:{VERB}) (?:{AFTER_VERB}))|"
    r"\b(?=before (?:it|you|we|they)\b)|(?=\b(?:what|that|which|who) (?:\w+ ){0,2}(?:not|\w+n't|never)\b)|"
    r"(?=\b(?:except|apart from|with the exception of)\b)|(?=但|如果|若是|除非|所以|而且|一旦)"
)
REMEMBERED = 512
"""Texts whose parts are kept: every rule asks for those of the same few, and of the passages."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_FIGURE = re.compile(r"\d")
_TILDE = re.compile(r"(?<=[\u3400-\u9fff])~+(?!\s*[\d¥€$£])")
"""Ends what is said kindly: 好的～"""
_ITEM = re.compile(r"and (?:\w+ )?(?:no|not|never|without)\b")
"""A denial in a list denies nothing of the other items."""


def sentences(text: str) -> list[str]:
    """The sentences as they stand, without the blanks between them."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


@lru_cache(REMEMBERED)
def clauses(text: str) -> tuple[str, ...]:
    """The parts of a normal text that say one thing each; what has no verb belongs to what it stands beside."""
    return tuple(clause for part in _STRONG_END.split(text) if part for clause in _whole(_CLAUSE_END.split(part)))


def _whole(found: Sequence[str]) -> list[str]:
    """The clauses of a sentence with those that say nothing alone joined to others."""
    clauses: list[str] = []
    lead = ""
    for clause in (part.strip() for part in found if part and part.strip()):
        if lead and _ITEM.match(clause) and not PREDICATE.search(clause):
            clauses, lead = [*clauses, lead], ""
        whole = f"{lead}, {clause}" if lead and not clause.startswith("and ") else f"{lead} {clause}".strip()
        lead = ""
        if clauses and whole == clause and _belongs(clause, clauses[-1]):
            clauses[-1] += f", {clause}"
        elif (FRAGMENT.match(clause) and not PREDICATE.search(clause)) or REASON_ZH.fullmatch(clause):
            lead = whole
        else:
            clauses.append(whole)
    return [*clauses, lead] if lead else clauses


def _belongs(clause: str, before: str) -> bool:
    """Whether a clause is a phrase on the one before it, or in Chinese the number that this waits for."""
    if BARE_ZH.fullmatch(clause) and _HAN.search(before):
        return _FIGURE.search(before) is None
    return ADJUNCT.match(clause) is not None and PREDICATE.search(clause) is None


@lru_cache(REMEMBERED)
def normal(text: str) -> str:
    """Small letters, compatibility forms resolved, one kind of apostrophe and of dash, idioms as they are meant."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _TILDE.sub("。", folded)
    return plain(re.sub(r"[‐‑‒–—~〜∼]", "-", folded.replace("’", "'").replace("‘", "'")))

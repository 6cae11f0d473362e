"""Texts in the parts that are checked: sentences and clauses, in one normal form."""

import re
import unicodedata

_ABBREVIATED = r"(?<!e\.g\.)(?<!i\.e\.)(?<!a\.m\.)(?<!p\.m\.)(?<!No\.)"
_SENTENCE_END = re.compile(rf"{_ABBREVIATED}(?<=[.!?])[\"”)]*\s+|(?<=[。！？])[”）]*\s*|\n+")
_CLAUSE_END = re.compile(
    r"[;。!?()]|:(?!\d)|,(?!\d{3}(?!\d))|\.(?!\d)|"
    r"(?<!not )(?<!only )(?<!even )\b(?=(?:not )?(?:but|if|unless|once|when|because|while|although|provided|"
    r"as long as|as soon as|until|whereas)\b|"
    r"and (?:\w+ )?(?:nothing|no|not|do not|don't|cannot|can't|never|without)\b)|"
    r"(?=但|如果|若是|除非|因为|所以|而且|一旦)"
)


def sentences(text: str) -> list[str]:
    """The sentences as they stand, without the blanks between them."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def clauses(text: str) -> list[str]:
    """The parts of a normal text that say one thing each."""
    return [part.strip() for part in _CLAUSE_END.split(text) if part and part.strip()]


def normal(text: str) -> str:
    """Small letters, compatibility forms resolved, one kind of apostrophe and of dash."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[‐‑‒–—~〜∼]", "-", folded.replace("’", "'").replace("‘", "'"))

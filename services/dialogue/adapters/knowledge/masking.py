"""Questions without what could tell who asked: addresses, numbers, links."""

import re
import unicodedata

LONGEST = 300
PERSONAL = (
    (re.compile(r"\S+@\S+\.\S+"), "[e-mail]"),
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "[link]"),
    # Orders, tracking numbers, phones, cards, identity papers: whatever holds five digits and more.
    (re.compile(r"[A-Za-z]{0,4}[-+(]?\d(?:[-\s().]?\d){4,}[A-Za-z]?"), "[number]"),
)


def masked(question: str) -> str:
    """The question as it may be kept."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", question)).strip()
    for pattern, word in PERSONAL:
        text = pattern.sub(word, text)
    return text[:LONGEST]

"""What customers write, brought into one form before anything else sees it."""

import unicodedata

from services.gateway.domain.refusals import Refusal

MAX_CODE_POINTS = 4000
KEPT_CONTROLS = frozenset("\n\t")
# Marks that reorder or hide text: they change what a person reads, never what was meant.
REMOVED_FORMATS = frozenset("\u200b\u200e\u200f\u2060\ufeff\u061c") | frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)


def normalise(text: str) -> str:
    """NFC, line ends as \\n, without control characters, outer blanks and lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(_shown(character) for character in lines)
    return unicodedata.normalize("NFC", kept).strip()


def customer_text(text: str) -> str:
    """The normalised text. Raises Refusal when it is blank or over 4,000 code points."""
    normal = normalise(text)
    if max(len(text), len(normal)) > MAX_CODE_POINTS:
        raise Refusal("text_too_long", f"A message has at most {MAX_CODE_POINTS:,} characters.")
    if not normal:
        raise Refusal("blank_text")
    return normal


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if character in REMOVED_FORMATS or (category == "Cc" and character not in KEPT_CONTROLS):
        return ""
    return character

"""What somebody knows about an order besides its number: where it goes, or how its customer's phone number ends."""

import hmac
import re
import unicodedata

PHONE_END = 4
WHOLE_PHONE = 9
PROOF = re.compile(
    r"(?<![A-Z0-9])(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d"
    r"|[A-Z]\d[\dW] ?[A-Z0-9]{4}|\+?\d(?:[ -]?\d){3,14})(?![A-Z0-9])"
)
"""Postcodes with letters (British, Dutch, Canadian, Irish), or digits in one piece or several."""


def find_proof(text: str, order_number: re.Pattern[str]) -> str | None:
    """The first thing in the text that may be a postcode or a phone number, without blanks; of the latter its end."""
    rest = order_number.sub(" ", unicodedata.normalize("NFKC", text)).upper()
    found = PROOF.search(rest)
    if found is None:
        return None
    proof = _bare(found.group())
    return proof[-PHONE_END:] if proof.isdigit() and len(proof) >= WHOLE_PHONE else proof


def proves(proof: str, postcode: str, phone: str) -> bool:
    """Whether the proof is this postcode, or the end of this phone number. Takes as long either way."""
    known = (_bare(postcode), "".join(re.findall(r"\d", phone))[-PHONE_END:])
    given = _bare(proof).encode()
    hits = [hmac.compare_digest(given, secret.encode()) and len(secret) >= PHONE_END for secret in known]
    return any(hits)


def _bare(text: str) -> str:
    return "".join(re.findall(r"[A-Z0-9]", text.upper()))

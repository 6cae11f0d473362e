"""Conversation ids and the tokens that open them.

An id is a ULID: 48 bits of time, 80 random ones, in Crockford's base 32. A token is `<id>.<secret>` with
256 random bits; only its SHA-256 digest is stored.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CONVERSATION_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
TOKEN = re.compile(rf"({CONVERSATION_ID.pattern})\.[A-Za-z0-9_-]{{43}}")
ID_BYTES = 10
SECRET_BYTES = 32


def new_conversation_id(now_ms: int, chance: bytes) -> str:
    """The id made of the time and 10 random bytes."""
    number = int.from_bytes(now_ms.to_bytes(6, "big") + chance, "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def new_token(conversation_id: str, chance: bytes) -> str:
    """The token that opens this conversation, made of 32 random bytes."""
    return f"{conversation_id}.{urlsafe_b64encode(chance).rstrip(b'=').decode()}"


def is_conversation_id(text: str) -> bool:
    """Whether the text has the form of an id."""
    return CONVERSATION_ID.fullmatch(text) is not None


def conversation_of(token: str) -> str | None:
    """The id of the conversation that the token claims to open; None if it is no token."""
    found = TOKEN.fullmatch(token)
    return found[1] if found else None


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def opens(token: str, stored_digest: str) -> bool:
    """Whether this is the token of the stored digest, in constant time."""
    return hmac.compare_digest(digest(token), stored_digest)

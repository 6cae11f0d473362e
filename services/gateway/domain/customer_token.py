"""Customer tokens: the shop's signed word on who the customer is (RFC 7519, HS256 or EdDSA)."""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.types import Options

from services.gateway.domain import strict_json
from shared.errors import ConfigError, DeskbellError

LEEWAY_S = 30
MAX_LIFE_S = 24 * 3600
MAX_LENGTH = 8192
MAX_SUBJECT = 128
SAFE_SECRET_BYTES = 32
DEVELOPMENT_KID = "development"

# Times and types are checked here, with the time that the caller gives.
OPTIONS: Options = {
    "require": ["iss", "aud", "sub", "iat", "exp"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_sub": False,
}


class InvalidCustomerToken(DeskbellError):
    """The token proves nothing. Why is not told: whoever guesses should learn nothing."""


@dataclass(frozen=True)
class CustomerKey:
    """A key of the shop, tied to its one algorithm, whatever a token's header claims."""

    kid: str
    algorithm: Literal["HS256", "EdDSA"]
    secret: bytes = field(repr=False)

    @property
    def weak(self) -> bool:
        """Whether the secret is short enough to be guessed."""
        return len(self.secret) < SAFE_SECRET_BYTES

    @property
    def verifier(self) -> bytes | Ed25519PublicKey:
        return self.secret if self.algorithm == "HS256" else Ed25519PublicKey.from_public_bytes(self.secret)


def parse_keys(setting: str) -> dict[str, CustomerKey]:
    """Reads `kid:secret,kid:ed25519:<public key in base64>,...`. Raises ConfigError."""
    keys: dict[str, CustomerKey] = {}
    for entry in filter(None, (part.strip() for part in setting.split(","))):
        kid, _, secret = entry.partition(":")
        if not (kid and secret) or kid in keys or kid == DEVELOPMENT_KID:
            raise ConfigError("DESKBELL_CUSTOMER_KEYS must be kid:secret,kid:secret with kids that differ")
        keys[kid] = _key(kid, secret)
    return keys


def development_key(shop: str) -> CustomerKey:
    """The shop's key for tests and the demo page. Anyone can derive it: it proves nothing in production."""
    secret = hmac.digest(b"deskbell development key", shop.encode(), hashlib.sha256)
    return CustomerKey(DEVELOPMENT_KID, "HS256", secret)


def sign(key: CustomerKey, customer_id: str, shop: str, now: float, life_s: int = 3600) -> str:
    """A token for this customer of the shop, as the shop's own server would make it."""
    claims = {"iss": shop, "aud": shop, "sub": customer_id, "iat": int(now), "exp": int(now) + life_s}
    return jwt.encode(claims, key.secret, algorithm=key.algorithm, headers={"kid": key.kid})


@dataclass(frozen=True)
class Verifier:
    """Checks tokens for one shop. `issuer` empty: any issuer that signs with a known key."""

    keys: Mapping[str, CustomerKey]
    shop: str
    issuer: str = ""

    def customer_of(self, token: str, now: float) -> str:
        """The customer's id in the shop. Raises InvalidCustomerToken."""
        try:
            key = self._key_of(token)
            claims = jwt.decode(
                token,
                key.verifier,
                algorithms=[key.algorithm],
                audience=self.shop,
                issuer=self.issuer or None,
                options=OPTIONS,
            )
        except (jwt.PyJWTError, ValueError, TypeError) as exc:
            raise InvalidCustomerToken from exc
        self._check(claims, now)
        return str(claims["sub"])

    def _key_of(self, token: str) -> CustomerKey:
        if len(token) > MAX_LENGTH or not token.isascii():
            raise InvalidCustomerToken
        header, claims, _ = (token.split(".") + ["", ""])[:3]
        _segment(claims)
        fields = _segment(header)
        key = self.keys.get(fields["kid"]) if isinstance(fields.get("kid"), str) else None
        if key is None or fields.get("alg") != key.algorithm or {"crit", "b64"} & fields.keys():
            raise InvalidCustomerToken
        return key

    def _check(self, claims: dict[str, Any], now: float) -> None:
        subject, issuer = claims["sub"], claims["iss"]
        texts = all(isinstance(text, str) and 0 < len(text) <= MAX_SUBJECT for text in (subject, issuer))
        begin, end, not_before = claims["iat"], claims["exp"], claims.get("nbf", claims["iat"])
        if not texts or any(type(moment) not in (int, float) for moment in (begin, end, not_before)):
            raise InvalidCustomerToken
        begun = max(begin, not_before) <= now + LEEWAY_S
        if not begun or end < now - LEEWAY_S or end - begin > MAX_LIFE_S:
            raise InvalidCustomerToken


def _key(kid: str, secret: str) -> CustomerKey:
    kind, _, public = secret.partition(":")
    if kind != "ed25519":
        return CustomerKey(kid, "HS256", secret.encode())
    try:
        key = CustomerKey(kid, "EdDSA", _decoded(public))
        _ = key.verifier
    except ValueError as exc:
        raise ConfigError(f"DESKBELL_CUSTOMER_KEYS: {kid} is no Ed25519 public key of 32 bytes in base64") from exc
    return key


def _segment(text: str) -> dict[str, Any]:
    """A part of a token; duplicate claims and all that is not an object are refused."""
    document = strict_json.parse(_decoded(text))
    if not isinstance(document, dict):
        raise InvalidCustomerToken
    return document


def _decoded(text: str) -> bytes:
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))

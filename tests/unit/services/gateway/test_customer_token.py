"""Customer tokens: the one that passes, and all that must not."""

import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.customer_token import (
    CustomerKey,
    InvalidCustomerToken,
    Verifier,
    development_key,
    parse_keys,
    sign,
)
from shared.errors import ConfigError

NOW = 1_800_000_000
SECRET = "a-secret-that-is-long-enough-for-every-kind-of-HMAC-that-the-library-knows"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
PUBLIC = PRIVATE.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
KEYS = parse_keys(f"one:{SECRET},old:{SECRET}-older,ed:ed25519:{b64encode(PUBLIC).decode()}")
VERIFIER = Verifier(KEYS, "maplebird")
CLAIMS = {"iss": "shop", "aud": "maplebird", "sub": "C001", "iat": NOW, "exp": NOW + 600}
RSA_PEM = rsa.generate_private_key(65537, 2048).public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)  # fmt: skip


def token(claims: dict[str, Any] | None = None, secret: Any = SECRET, alg: str = "HS256", **header: Any) -> str:
    return jwt.encode({**CLAIMS, **(claims or {})}, secret, algorithm=alg, headers={"kid": "one", **header})


def handmade(header: str, claims: str, secret: str = SECRET) -> str:
    """A token of exactly these texts, with a true HS256 signature."""
    parts = b".".join(urlsafe_b64encode(part.encode()).rstrip(b"=") for part in (header, claims))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(parts, secret.encode())
    return f"{parts.decode()}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


HEADER = '{"alg":"HS256","kid":"one"}'
GOOD = {
    "HS256": token(),
    "second key": token(secret=f"{SECRET}-older", kid="old"),
    "EdDSA": token(secret=PRIVATE, alg="EdDSA", kid="ed"),
    "audience in a list": token({"aud": ["maplebird"]}),
    "clock 30 s behind": token({"iat": NOW + 30}),
    "expired 30 s ago": token({"exp": NOW - 30}),
    "not before in the leeway": token({"nbf": NOW + 30}),
    "made by hand": handmade(HEADER, json.dumps(CLAIMS)),
}
BAD = {
    "empty": "",
    "no token": "nonsense",
    "two parts": "a.b",
    "alg none": jwt.encode(CLAIMS, None, algorithm="none", headers={"kid": "one"}),
    "alg none by hand": handmade('{"alg":"none","kid":"one"}', json.dumps(CLAIMS)).rpartition(".")[0] + ".",
    "alg in another case": handmade('{"alg":"hs256","kid":"one"}', json.dumps(CLAIMS)),
    "another HMAC": token(alg="HS512"),
    "HMAC over the public key": token(secret=PUBLIC, kid="ed"),
    "EdDSA under an HMAC key": token(secret=PRIVATE, alg="EdDSA"),
    "another secret": token(secret="x" * 40),
    "unknown kid": token(kid="two"),
    "kid is a path": token(kid="../../dev/null"),
    "kid is SQL": token(kid="one' OR '1'='1"),
    "kid is a number": handmade('{"alg":"HS256","kid":1}', json.dumps(CLAIMS)),
    "kid is a list": handmade('{"alg":"HS256","kid":["one"]}', json.dumps(CLAIMS)),
    "no kid": handmade('{"alg":"HS256"}', json.dumps(CLAIMS)),
    "crit": token(crit=["b64"], b64=True),
    "key in the header": handmade('{"alg":"HS256","kid":"x","jwk":{"kty":"oct"}}', json.dumps(CLAIMS)),
    "duplicate claims": handmade(HEADER, json.dumps(CLAIMS)[:-1] + ',"sub":"C002"}'),
    "duplicate header": handmade('{"alg":"HS256","kid":"two","kid":"one"}', json.dumps(CLAIMS)),
    "claims are a list": handmade(HEADER, "[]"),
    "claims are no JSON": handmade(HEADER, "{"),
    "other audience": token({"aud": "another"}),
    "audience is a number": token({"aud": 7}),
    "expired": token({"exp": NOW - 31}),
    "lives for ten years": token({"exp": NOW + 10 * 365 * 86_400}),
    "exp is text": handmade(HEADER, json.dumps({**CLAIMS, "exp": str(NOW + 600)})),
    "exp is true": handmade(HEADER, json.dumps({**CLAIMS, "exp": True})),
    "exp is not a number": handmade(HEADER, json.dumps({**CLAIMS, "exp": float("nan")})),
    "issued in the future": token({"iat": NOW + 31}),
    "not before the future": token({"nbf": NOW + 31}),
    "sub is a number": handmade(HEADER, json.dumps({**CLAIMS, "sub": 1})),
    "sub is empty": token({"sub": ""}),
    "sub is long": token({"sub": "C" * 129}),
    "iss is empty": token({"iss": ""}),
    "100 kB": token({"pad": "x" * 100_000}),
    "not ASCII": token() + "é",
    "half of a surrogate": token() + "\ud800",
    **{f"no {name}": handmade(HEADER, json.dumps({k: v for k, v in CLAIMS.items() if k != name})) for name in CLAIMS},
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_a_token_of_the_shop_names_its_customer(text: str) -> None:
    assert VERIFIER.customer_of(text, NOW) == "C001"


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_anything_else_proves_nothing_and_is_told_nothing(text: str) -> None:
    with pytest.raises(InvalidCustomerToken) as refused:
        VERIFIER.customer_of(text, NOW)
    assert str(refused.value) == ""


def test_a_public_key_is_no_secret() -> None:
    confused = Verifier({"one": CustomerKey("one", "EdDSA", PUBLIC)}, "maplebird")
    for forged in (token(secret=PUBLIC), handmade(HEADER, json.dumps(CLAIMS), RSA_PEM.decode())):
        with pytest.raises(InvalidCustomerToken):
            confused.customer_of(forged, NOW)


def test_the_issuer_counts_where_it_is_set() -> None:
    assert Verifier(KEYS, "maplebird", "shop").customer_of(token(), NOW) == "C001"
    with pytest.raises(InvalidCustomerToken):
        Verifier(KEYS, "maplebird", "other").customer_of(token(), NOW)


def test_the_development_key_is_the_shops_own() -> None:
    key = development_key("maplebird")
    signed = sign(key, "C007", "maplebird", NOW)
    assert Verifier({key.kid: key}, "maplebird").customer_of(signed, NOW + 3600) == "C007"
    with pytest.raises(InvalidCustomerToken):
        VERIFIER.customer_of(signed, NOW)
    assert development_key("othershop").secret != key.secret
    assert "secret" not in repr(key)


@pytest.mark.parametrize("setting", ["x", ":x", "a:", "a:1,a:2", "development:x", "a:ed25519:AAAA", "a:ed25519:é"])
def test_keys_that_cannot_be_read_are_told(setting: str) -> None:
    with pytest.raises(ConfigError, match="DESKBELL_CUSTOMER_KEYS") as told:
        parse_keys(setting)
    assert "ed25519:" not in str(told.value)


def test_no_keys_are_no_keys() -> None:
    assert parse_keys(" , ") == {}


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*"))
def test_whatever_comes_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(InvalidCustomerToken):
        VERIFIER.customer_of(text, NOW)

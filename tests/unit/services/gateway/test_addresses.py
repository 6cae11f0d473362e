"""Conversation ids and tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain import addresses


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10), st.binary(min_size=32, max_size=32))
def test_a_token_names_and_opens_its_conversation(now_ms: int, chance: bytes, secret: bytes) -> None:
    conversation_id = addresses.new_conversation_id(now_ms, chance)
    token = addresses.new_token(conversation_id, secret)
    assert addresses.is_conversation_id(conversation_id)
    assert addresses.conversation_of(token) == conversation_id
    assert addresses.opens(token, addresses.digest(token))
    assert token not in addresses.digest(token)


def test_ids_sort_by_time() -> None:
    early, late = (addresses.new_conversation_id(now_ms, b"\xff" * 10) for now_ms in (1_000, 1_001))
    assert early < late


def test_an_id_is_the_published_form_of_its_bits() -> None:
    assert addresses.new_conversation_id(1_469_918_176_385, b"\0" * 10) == "01ARYZ6S41" + "0" * 16


@pytest.mark.parametrize(
    "text",
    ["", "*", "{x}", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV", "81ARZ3NDEKTSV4RRFFQ69G5FAV",
     "01arz3ndektsv4rrffq69g5fav", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FAV\n", "A" * 10_000],
)  # fmt: skip
def test_what_is_no_id(text: str) -> None:
    assert not addresses.is_conversation_id(text)
    assert addresses.conversation_of(f"{text}.{'A' * 43}") is None


@pytest.mark.parametrize("secret", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "\n", "é" * 43])
def test_what_is_no_token(secret: str) -> None:
    assert addresses.conversation_of(f"01ARZ3NDEKTSV4RRFFQ69G5FAV.{secret}") is None

"""What may come in: strict JSON, texts in one form, frames without surprises."""

import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain import inbound, strict_json
from services.gateway.domain.refusals import PROBLEMS, Refusal
from services.gateway.domain.text import customer_text, normalise


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  hello \n", "hello"),
        ("e\u0301", "\u00e9"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a\tb"),
        ("a\x00\x07\x1b[31m\x85b", "a[31mb"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("MB\u200b10023\ufeff", "MB10023"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\ud83d", "\ufffd"),
        ("مرحبا", "مرحبا"),
        ("我的订单在哪里？", "我的订单在哪里？"),
        ("{{7*7}} {0.__class__} %s <script>", "{{7*7}} {0.__class__} %s <script>"),
    ],
)
def test_a_text_has_one_form(written: str, stored: str) -> None:
    assert customer_text(written) == stored


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    normal = normalise(text)
    normal.encode()
    assert normalise(normal) == normal
    assert not {unicodedata.category(character) for character in normal} & {"Cs"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "blank_text"), (" \n\t", "blank_text"), ("\u200b\x00", "blank_text"), ("x" * 4001, "text_too_long"),
     (" " * 4001, "text_too_long"), ("\U0001d15e" * 3000, "text_too_long")],
)  # fmt: skip
def test_a_text_that_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        customer_text(text)
    assert refused.value.code == code


def test_four_thousand_code_points_pass() -> None:
    assert len(customer_text("😀" * 4000)) == 4000


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", '{"a":1,"a":2}', '{"b":{"a":1,"a":1}}', "NaN", "-Infinity", "1e999", "[" * 9 + "]" * 9,
     "[" * 100_000, '{"a":' * 5000, "1" * 5000, "\ufeff{}"],
    ids=lambda text: text[:16] or "empty",
)  # fmt: skip
def test_what_is_no_json_for_us(text: str) -> None:
    before = time.process_time()
    with pytest.raises(strict_json.NotJson):
        strict_json.parse(text)
    assert time.process_time() - before < 0.05


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=2), max_leaves=4
    )
)
def test_other_json_is_what_it_says(value: object) -> None:
    assert strict_json.parse(json.dumps(value)) == value


@given(st.text() | st.builds(json.dumps, st.dictionaries(st.text(max_size=4) | st.just("type"), st.text(max_size=9))))
def test_a_frame_is_understood_or_refused(text: str) -> None:
    try:
        inbound.parse_frame(text)
    except (strict_json.NotJson, inbound.WrongFrame) as refused:
        str(refused).encode()


@pytest.mark.parametrize("kind", ["message", "confirm", "decline", "choose"])
def test_a_frame_carries_the_fields_of_rest(kind: str) -> None:
    field = "text" if kind == "message" else kind
    body = {"client_message_id": "m1", field: "x"}
    frame = inbound.parse_frame(json.dumps({"type": kind, **body}))
    assert isinstance(frame, inbound.MessageFrame)
    assert frame.input() == inbound.Sent.model_validate(body).input()
    assert frame.input().model_dump(exclude_defaults=True) == body


def test_a_refused_frame_tells_its_own_id_and_repeats_no_value() -> None:
    with pytest.raises(inbound.WrongFrame) as refused:
        inbound.parse_frame('{"type":"message","client_message_id":"m1","text":"x","card":"4111111111111111"}')
    assert refused.value.client_message_id == "m1"
    assert "card" in str(refused.value)
    assert "4111" not in str(refused.value)


def test_the_same_customer_token_makes_the_same_message() -> None:
    one, two = inbound.identified_input("token"), inbound.identified_input("token")
    assert one == two
    assert one.identified
    assert "token" not in one.client_message_id
    with pytest.raises(ValueError, match="server's own"):
        inbound.Sent(client_message_id=one.client_message_id, text="x")


def test_every_problem_has_a_client_or_server_status_and_a_sentence() -> None:
    for code, problem in PROBLEMS.items():
        assert 400 <= problem.status < 600, code
        assert problem.title.endswith(".")

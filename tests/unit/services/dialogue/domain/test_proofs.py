"""What counts as knowing an order, and where an order is told to whom on that."""

import re

import pytest

from services.dialogue.domain.glimpses import MAX_LOOKS
from services.dialogue.domain.proofs import find_proof, proves
from tests.unit.services.dialogue.world import Talker, demo_rules, demo_shop, responses, waits

MB = re.compile(r"(?<![A-Za-z0-9])MB\d{5}(?![A-Za-z0-9])", re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("10435", "10435"),
        ("MB10003, 10435", "10435"),
        ("the postcode of mb10003 is 120 00", "12000"),
        ("订单MB10001，邮编３１００１２", "310012"),
        ("手机尾号0101", "0101"),
        ("my number is +49 30 23125 102", "5102"),
        ("SW1A 1AA", "SW1A1AA"),
        ("1012 ab please", "1012AB"),
        ("K1A 0B1", "K1A0B1"),
        ("D02 X285", "D02X285"),
        ("MB10003", None),
        ("I don't know it", None),
        ("12", None),
        ("", None),
    ],
)
def test_the_proof_in_an_answer(text: str, proof: str | None) -> None:
    assert find_proof(text, MB) == proof


@pytest.mark.parametrize(
    ("proof", "postcode", "phone", "fits"),
    [
        ("12000", "120 00", "", True),
        ("0101", "310012", "+86 139 5550 0101", True),
        ("5550", "310012", "+86 139 5550 0101", False),
        ("310012", "310012", "", True),
        ("31001", "310012", "", False),
        ("", "", "", False),
        ("12", "12", "12", False),
        ("D02X285", "d02 x285", "", True),
        ("邮编", "邮编", "邮编", False),
    ],
)
def test_what_proves_an_order(proof: str, postcode: str, phone: str, fits: bool) -> None:
    assert proves(proof, postcode, phone) is fits


def knowing() -> Talker:
    shop = demo_shop()
    shop.orders["MB10009"] = shop.orders["MB10009"].model_copy(update={"postcode": "310012"})
    return Talker(shop=shop)


def test_who_knows_an_order_learns_its_status_and_proves_nothing_else() -> None:
    talker = knowing()
    assert responses(talker.text("where is my order MB10009", "order_status")) == ["ask_email"]
    assert "MB10009" in talker.words[0]
    plan = talker.text("310012", "out_of_scope")
    assert (responses(plan), waits(plan), plan.replies[0].components) == (["order_glimpse"], "none", ())
    assert set(plan.replies[0].arguments["glimpse"]) == {
        "number", "status", "shipped_at", "expected_at", "delivered_at",
    }  # fmt: skip
    assert (talker.identity.level, talker.state.customer_id, talker.state.stack) == ("L0", None, [])
    assert "310012" not in str(talker.saved)
    assert responses(talker.text("cancel it", "cancel_order")) == ["ask_email"]


def test_a_wrong_proof_and_no_such_order_cannot_be_told_apart() -> None:
    told = []
    for number in ("MB10009", "MB99999"):
        talker = knowing()
        talker.text("where is it", "order_status")
        plan = talker.text(f"{number} 99999", "out_of_scope")
        told.append((responses(plan), waits(plan), talker.words, talker.effects))
    assert told[0] == told[1]
    assert told[0][0] == ["order_not_proven"]


def test_looks_are_counted() -> None:
    talker = knowing()
    talker.text("where is my order MB10009", "order_status")
    for _ in range(MAX_LOOKS):
        assert responses(talker.text("99999", "out_of_scope")) == ["order_not_proven"]
    assert responses(talker.text("310012", "out_of_scope")) == ["too_many_lookups"]


@pytest.mark.parametrize("intent", ["cancel_order", "change_address", "return_item"])
def test_what_is_known_of_an_order_opens_no_other_flow(intent: str) -> None:
    talker = knowing()
    talker.text("MB10009", intent)
    assert "order_glimpse" not in responses(talker.text("MB10009 310012", "out_of_scope"))
    assert talker.shop.applied == []


def test_where_no_code_would_arrive_the_status_can_still_be_had() -> None:
    from dataclasses import replace

    talker = knowing()
    talker.rules = replace(demo_rules(), sends_codes=False)
    assert responses(talker.text("where is my order", "order_status")) == ["ask_order_proof"]
    assert responses(talker.text("MB10009 310012", "out_of_scope")) == ["order_glimpse"]
    assert responses(talker.text("where is my order", "order_status")) == ["ask_order_proof"]
    assert responses(talker.text("emma.fischer@example.com", "identify"))[0] == "cannot_verify_here"
    assert responses(talker.text("cancel my order", "cancel_order"))[0] == "cannot_verify_here"

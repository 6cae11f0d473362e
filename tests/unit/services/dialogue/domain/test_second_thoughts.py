"""Thinking better of a change right after it: what can be changed once more gets a preview of its own."""

import pytest

from tests.unit.services.dialogue.catalogue import customer, wish
from tests.unit.services.dialogue.world import Talker, preview_id, responses, waits

OLD, NEW = "Kastanienallee 41, 10435 Berlin, Germany", "Torstraße 5, 10119 Berlin"


def address_changed() -> Talker:
    talk = customer("C002")
    plan = wish(talk, f"Change the address of order MB10002 to {NEW}", "change_address", order="MB10002")
    talk.do(confirm=preview_id(plan))
    assert talk.shop.orders["MB10002"].address == NEW
    return talk


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("undo that", "out_of_scope"),
        ("oh no, that was by mistake", "deny"),
        ("please change it back", "out_of_scope"),
        ("撤回", "out_of_scope"),
        ("我点错了", "deny"),
        ("no", "deny"),
    ],
)
def test_a_change_back_is_a_change_with_its_own_preview(text: str, intent: str) -> None:
    talk = address_changed()
    plan = talk.text(text, intent)
    assert (responses(plan), waits(plan)) == (["second_thoughts_again", "ask_address"], "slot:address")
    plan = talk.text(OLD, "out_of_scope")
    assert responses(plan) == ["preview_change_address"]
    assert talk.shop.orders["MB10002"].address == NEW
    talk.do(confirm=preview_id(plan))
    assert talk.shop.orders["MB10002"].address == OLD
    assert len(talk.shop.applied) == 2


def test_what_cannot_be_taken_back_goes_to_a_person() -> None:
    talk = customer("C002")
    plan = wish(talk, "Cancel order MB10002", "cancel_order", order="MB10002")
    talk.do(confirm=preview_id(plan))
    plan = talk.text("undo that", "out_of_scope")
    assert responses(plan) == ["second_thoughts", "ask_person_wanted"]
    assert talk.shop.orders["MB10002"].status == "cancelled"


def test_another_wish_that_speaks_of_a_mistake_is_served() -> None:
    talk = address_changed()
    plan = wish(talk, "I made a mistake, cancel order MB10002", "cancel_order", order="MB10002")
    assert responses(plan) == ["preview_cancel_order"]


def test_only_the_turn_right_after_counts() -> None:
    talk = address_changed()
    talk.text("thanks", "thanks")
    assert "second_thoughts_again" not in responses(talk.text("no", "deny"))

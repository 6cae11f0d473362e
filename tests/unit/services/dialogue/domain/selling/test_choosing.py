"""Choosing goods in a conversation: what is asked, shown, narrowed, picked, compared."""

from typing import Any

from services.dialogue.domain.state import Plan
from tests.unit.services.dialogue.catalogue import customer, wish
from tests.unit.services.dialogue.world import Talker, responses, waits

RECOMMEND = "product_recommendation"


def goods(plan: Plan) -> list[str]:
    """The products that the plan tells of."""
    return [fact["id"] for reply in plan.replies for fact in reply.arguments.get("goods", [])]


def chosen(talk: Talker) -> dict[str, Any]:
    return talk.state.stack[-1].slots


def test_two_questions_at_most() -> None:
    talk = customer("C007")
    assert responses(wish(talk, "recommend me something", RECOMMEND)) == ["ask_kind"]
    assert responses(wish(talk, "shoes", "goodbye")) == ["ask_need"]
    plan = wish(talk, "no idea", "out_of_scope")
    assert responses(plan) == ["goods_found", "ask_pick"]
    assert len(goods(plan)) == 3


def test_goods_are_shown_once_with_their_cards() -> None:
    plan = wish(customer("C007"), "waterproof shoes under 60 euros", RECOMMEND, money="..60 EUR")
    assert responses(plan) == ["goods_found", "ask_pick"]
    cards = plan.replies[0].components
    assert [card["id"] for card in cards] == goods(plan) == ["P1002", "P1006", "P1008"]
    assert cards[0]["price"] == "43.00" and cards[0]["currency"] == "EUR"


def test_cheaper_is_cheaper_than_what_was_suggested_first() -> None:
    talk = customer("C007")
    wish(talk, "waterproof shoes", RECOMMEND, money="..60 EUR")
    plan = wish(talk, "something cheaper", "promotion")
    assert (responses(plan)[0], goods(plan)) == ("goods_found", ["P1006", "P1008"])


def test_nothing_cheaper_is_said() -> None:
    talk = customer("C007")
    wish(talk, "headphones", RECOMMEND)
    plan = wish(talk, "cheaper please", "price_protection")
    assert responses(plan)[0] == "goods_nearest"
    assert plan.replies[0].arguments["cheaper"] is True


def test_a_colour_narrows_what_was_shown_and_details_what_was_picked() -> None:
    talk = customer("C007")
    wish(talk, "boots", RECOMMEND)
    assert goods(wish(talk, "in black", "place_order", color="black")) == ["P1002", "P1011"]
    talk = customer("C007")
    wish(talk, "a jacket for rain", RECOMMEND)
    talk.do(choose="P2002")
    plan = wish(talk, "in olive please", "place_order", color="olive")
    assert waits(plan) == "choice:option"


def test_the_second_one_goes_into_the_basket_at_once() -> None:
    talk = customer("C007")
    wish(talk, "black running shoes in 42", RECOMMEND, color="black", size="42")
    plan = wish(talk, "add the second one to my basket", "add_to_basket", ordinal="2")
    assert responses(plan) == ["preview_add_to_basket"]
    assert talk.state.pending is not None
    assert talk.state.pending.preview.arguments["option"].startswith("P1012-BLK")


def test_a_place_beyond_the_list_picks_nothing() -> None:
    talk = customer("C007")
    wish(talk, "a jacket for rain", RECOMMEND)
    plan = wish(talk, "add the fourth one to my basket", "add_to_basket", ordinal="4")
    assert responses(plan) == ["ask_product"]


def test_another_wish_ends_the_choosing() -> None:
    talk = customer("C007")
    wish(talk, "a jacket for rain", RECOMMEND)
    assert responses(wish(talk, "hello", "greeting")) == ["greeting"]
    assert talk.state.stack == []


def test_it_is_what_was_spoken_of_last_for_some_turns() -> None:
    talk = customer("C007")
    wish(talk, "how much is the Swift Rain Jacket", "price_question", product="P2002")
    assert goods(wish(talk, "is it in stock", "stock_question")) == ["P2002"]
    for _ in range(7):
        wish(talk, "hello", "greeting")
    assert responses(wish(talk, "is it in stock", "stock_question"))[0] == "dont_know"


def test_a_question_about_something_else_is_not_about_what_was_shown() -> None:
    talk = customer("C007")
    wish(talk, "how much is the Swift Rain Jacket", "price_question", product="P2002")
    assert goods(wish(talk, "how much is gift wrapping", "price_question")) == []


def test_a_kind_is_told_whole_even_where_one_product_is_heard() -> None:
    plan = wish(customer("C007"), "how much are the headphones", "price_question", product="P3002")
    assert goods(plan) == ["P3001", "P3002"]
    plan = wish(customer("C007"), "how much are the Heron headphones", "price_question", product="P3002")
    assert goods(plan) == ["P3002"]


def test_side_by_side_what_both_tell() -> None:
    plan = wish(customer("C007"), "Wren or Heron", "product_comparison", product="P3001|P3002")
    table = plan.replies[0].arguments["comparison"]
    assert [column["letter"] for column in table["columns"]] == ["A", "B"]
    assert {"name": "weight", "values": ["4.6 g per bud, 44 g with the case", "252 g"]} in table["rows"]
    assert all(any(row["values"]) for row in table["rows"])


def test_unknown_customers_see_all_currencies() -> None:
    from shared.ports import Identity
    from tests.unit.services.dialogue.catalogue import NOON, catalogue_shop

    talk = Talker(Identity(), language="en", shop=catalogue_shop(), now=NOON)
    plan = wish(talk, "how much is the Swift Rain Jacket", "price_question", product="P2002")
    assert [price["currency"] for price in plan.replies[0].arguments["goods"][0]["prices"]] == ["CNY", "EUR"]


def test_what_is_known_of_the_customer_stands_in_the_trace() -> None:
    talk = customer("C007")
    wish(talk, "hello", "greeting")
    assert any(line == "knows customer.name" for line in talk.state.traces[-1].lines)
    wish(talk, "what is my membership level", "membership")
    (told,) = [line for line in talk.state.traces[-1].lines if line.startswith("knows")]
    assert "customer.tier" in told and "Mia" not in told

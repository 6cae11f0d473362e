"""Filling what acts need: items, variants, addresses, ways to pay, days; and taking each of them back."""

import pytest

from shared.contracts.messages import Language, Request
from tests.unit.services.dialogue.catalogue import customer, wish
from tests.unit.services.dialogue.world import Talker, preview_id, responses, waits


def shown(talk: Talker) -> dict[str, object]:
    """The facts of the preview that waits."""
    assert talk.state.pending is not None
    return talk.state.pending.preview.facts


class TestOrders:
    def test_an_item_that_was_named_finds_its_order(self) -> None:
        talk = customer("C019")
        wish(talk, "exchange the loafers for size 41", "exchange_item", product="P1007", size="41")
        assert shown(talk)["order_number"] == "MB10065"

    def test_the_days_that_were_named_find_the_order(self) -> None:
        talk = customer("C009", "zh")
        plan = wish(talk, "10月底买的东西想退", "return_item", date="2026-10-20/2026-10-31")
        assert (responses(plan), talk.state.stack[-1].slots["order"]) == (["ask_item"], "MB10012")

    @pytest.mark.parametrize("words", ["where is my latest order", "我上一单到哪了", "刚下的单到哪了"])
    def test_the_newest_order_is_the_one_placed_last(self, words: str) -> None:
        plan = wish(customer("C009"), words, "order_status")
        assert plan.replies[0].arguments["order"]["number"] == "MB10011"

    def test_orders_that_the_flow_cannot_be_about_are_left_out(self) -> None:
        plan = wish(customer("C010"), "where is my refund", "refund_status")
        assert plan.replies[0].arguments["order"]["number"] == "MB10020"

    def test_two_that_fit_are_offered(self) -> None:
        plan = wish(customer("C004"), "change the address", "change_address")
        assert [option.id for option in plan.replies[-1].expects.options] == ["MB10007", "MB10006"]


class TestItems:
    @pytest.mark.parametrize(
        ("words", "language", "entities", "skus"),
        [
            ("the second one", "en", {"ordinal": "2"}, ["P3001-WHT"]),
            ("the last one please", "en", {"ordinal": "-1"}, ["P3001-WHT"]),
            ("the umbrella", "en", {"product": "P4007"}, ["P4007-GRN"]),
            ("Wren Buds", "en", {}, ["P3001-WHT"]),
            ("the umbrella, please", "en", {}, ["P4007-GRN"]),
            ("both of them", "en", {}, ["P4007-GRN", "P3001-WHT"]),
            ("全部都退", "zh", {}, ["P4007-GRN", "P3001-WHT"]),
        ],
    )
    def test_an_item_is_named_counted_or_all(
        self, words: str, language: Language, entities: dict[str, str], skus: list[str]
    ) -> None:
        talk = customer("C014", language)
        wish(talk, "return order MB10039", "return_item")
        assert responses(wish(talk, words, "faq", **entities)) == ["ask_return_reason"]
        talk.do(choose="changed_mind")
        assert shown(talk)["skus"] == skus

    def test_what_names_no_item_asks_again(self) -> None:
        talk = customer("C014")
        wish(talk, "return order MB10039", "return_item")
        assert responses(wish(talk, "the purple elephant", "out_of_scope")) == ["retry_item"]


class TestVariants:
    @pytest.mark.parametrize(
        ("words", "sku"),
        [
            ("size 41", "P1007-BRN-41"), ("one size up", "P1007-BRN-41"), ("a size smaller", "P1007-BRN-39"),
            ("black please", "P1007-BLK-40"), ("black, 41", "P1007-BLK-41"), ("from 40 to 42", "P1007-BRN-42"),
            ("大一码", "P1007-BRN-41"), ("换成黑色", "P1007-BLK-40"),
        ],
    )  # fmt: skip
    def test_what_is_not_said_stays_as_it_is(self, words: str, sku: str) -> None:
        talk = customer("C019")
        wish(talk, "exchange the loafers", "exchange_item", product="P1007")
        wish(talk, words, "out_of_scope")
        assert [item["new_sku"] for item in shown(talk)["items"]] == [sku]  # type: ignore[attr-defined]

    def test_what_is_sold_out_is_said_and_not_offered(self) -> None:
        talk = customer("C001")
        plan = wish(talk, "exchange the boots of MB10010 for size 40", "exchange_item", size="40")
        assert responses(plan) == ["option_unavailable"]
        assert "size:40" not in [option.id for option in plan.replies[-1].expects.options]

    def test_several_items_are_asked_for_one_after_the_other(self) -> None:
        talk = customer("C019")
        wish(talk, "exchange everything of MB10065, all of it", "exchange_item")
        assert waits(wish(talk, "41", "out_of_scope", size="41")) == "choice:option"
        wish(talk, "42", "out_of_scope", size="42")
        assert [item["new_sku"] for item in shown(talk)["items"]] == ["P1010-WHT-41", "P1007-BRN-42"]  # type: ignore[attr-defined]

    def test_a_colour_by_its_last_word(self) -> None:
        talk = customer("C007")
        wish(talk, "put the trail runner in red, 43, into my basket", "add_to_basket", product="P1001")
        assert shown(talk)["sku"] == "P1001-RED-43"


class TestOthers:
    @pytest.mark.parametrize(
        ("words", "address"),
        [
            ("change the address to Torstr. 5, 10119 Berlin", "Torstr. 5, 10119 Berlin"),
            ("地址改成上海市静安区愚园路 8 号", "上海市静安区愚园路 8 号"),
        ],
    )
    def test_an_address_is_taken_from_the_first_words(self, words: str, address: str) -> None:
        talk = customer("C002")
        wish(talk, words, "change_address")
        assert shown(talk)["address"] == address

    @pytest.mark.parametrize("words", ["where is MB10003, is it lost?", "my office", "later"])
    def test_what_is_no_address_is_not_taken_for_one(self, words: str) -> None:
        talk = customer("C002")
        wish(talk, "change the address of MB10002", "change_address")
        wish(talk, words, "out_of_scope")
        assert talk.state.pending is None

    @pytest.mark.parametrize("words", ["PayPal please", "the one ending 9307", "2"])
    def test_a_way_to_pay_by_name_digits_or_place(self, words: str) -> None:
        talk = customer("C002")
        wish(talk, "pay MB10002 another way", "change_payment")
        assert waits(wish(talk, words, "out_of_scope")) == "confirmation"

    def test_a_gift_card_is_no_bank_card(self) -> None:
        plan = wish(customer("C004"), "pay MB10006 with my gift card", "change_payment")
        assert responses(plan) == ["balance_too_low"]

    def test_what_the_shop_computed_is_said_whatever_the_slot_holds(self) -> None:
        talk = customer("C002")
        wish(talk, "pay MB10002 another way", "change_payment")
        plan = talk.do(choose="card_9307")
        assert "card ending 9307" in talk.words[0] and plan.replies[0].arguments["payment_method"] == "card"


class TestTakingBack:
    def test_a_new_value_voids_the_preview_and_shows_another(self) -> None:
        talk = customer("C019")
        first = preview_id(wish(talk, "exchange the loafers for 41", "exchange_item", product="P1007", size="41"))
        second = preview_id(wish(talk, "no, size 42", "deny", size="42"))
        talk.do(confirm=first)
        assert talk.shop.applied == []
        talk.do(confirm=second)
        assert talk.shop.applied == ["MB10065"]
        assert talk.shop.requests[0].facts["items"][0]["new_sku"] == "P1007-BRN-42"

    def test_a_question_takes_nothing_back(self) -> None:
        talk = customer("C019")
        wish(talk, "exchange the loafers for 41", "exchange_item", product="P1007", size="41")
        wish(talk, "is size 42 wider?", "size_advice", size="42")
        assert [item["new_sku"] for item in shown(talk)["items"]] == ["P1007-BRN-41"]  # type: ignore[attr-defined]

    def test_another_order_takes_its_items_back_too(self) -> None:
        talk = customer("C014")
        wish(talk, "return the umbrella of MB10039", "return_item", product="P4007")
        talk.do(choose="changed_mind")
        wish(talk, "sorry, I mean order MB10038", "order_status")
        assert (shown(talk)["order_number"], shown(talk)["skus"]) == ("MB10038", ["P2011-BLK-XL"])

    def test_a_no_after_the_act_is_answered_honestly(self) -> None:
        talk = customer("C001")
        talk.do(confirm=preview_id(wish(talk, "cancel my order", "cancel_order")))
        assert responses(wish(talk, "no, don't", "deny")) == ["second_thoughts", "ask_person_wanted"]
        assert talk.shop.applied == ["MB10001"]


class TestTwoLikelyWishes:
    def ask(self, second: float) -> tuple[Talker, list[str]]:
        talk = customer("C009")
        request = Request(
            intent="cancel_order", confidence=0.4, text="get rid of it", alternatives=(("return_item", second),)
        )
        return talk, responses(talk.hear([request], "get rid of it"))

    def test_the_customer_says_which(self) -> None:
        talk, said = self.ask(0.35)
        assert said == ["ask_wish"]
        assert waits(talk.do(choose="wish_return_item")) == "choice:order"

    def test_neither_of_them(self) -> None:
        talk, _ = self.ask(0.35)
        assert responses(talk.do(choose="wish_other")) == ["cannot_handle"]

    def test_a_clear_wish_is_not_questioned(self) -> None:
        assert self.ask(0.1)[1] != ["ask_wish"]

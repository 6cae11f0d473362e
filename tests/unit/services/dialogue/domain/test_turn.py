"""Conversations with the engine alone: what it asks, answers and starts."""

from dataclasses import replace

import pytest

from services.dialogue.domain.talk import MOST_INTERRUPTED
from services.dialogue.ports import Passage
from shared.contracts.messages import Entity, Language, Request
from shared.ports import Identity
from tests.unit.services.dialogue import catalogue
from tests.unit.services.dialogue.world import (
    EMMA,
    LEI,
    NOW,
    Talker,
    demo_rules,
    order,
    preview_id,
    responses,
    waits,
)

PAGE = Passage("returns", "Returns", "You have 30 days.", 0.9, "en", "knowledge/en/returns.md")


def about(intent: str, text: str, number: str | None = None) -> Request:
    entities = (Entity(type="order", text=number, value=number, start=0, end=len(number)),) if number else ()
    return Request(intent=intent, confidence=0.95, text=text, entities=entities)


class TestIdentity:
    def test_asks_for_the_address_then_for_the_code_then_goes_on(self) -> None:
        talk = Talker()
        plan = talk.text("Where is my order?", "order_status")
        assert (responses(plan), waits(plan)) == (["ask_email"], "slot:email")
        plan = talk.text("emma.fischer@example.com", "identify")
        assert (responses(plan), waits(plan)) == (["ask_one_time_code"], "slot:one_time_code")
        plan = talk.text("482 913", "out_of_scope")
        assert responses(plan) == ["identified", "order_status_shown"]
        assert [c["type"] for c in plan.replies[1].components] == ["order_card"]
        assert talk.identity == EMMA

    def test_an_unknown_address_gets_the_same_answer_and_no_code_fits(self) -> None:
        talk, known = Talker(), Talker()
        for one, address in ((talk, "nobody@example.com"), (known, "emma.fischer@example.com")):
            one.text("Where is my order?", "order_status")
            one.plan = one.text(address, "identify")  # type: ignore[attr-defined]
        assert responses(talk.plan) == responses(known.plan)  # type: ignore[attr-defined]
        assert talk.plan.replies[0].arguments == known.plan.replies[0].arguments  # type: ignore[attr-defined]
        plan = talk.text("482913", "identify")
        assert responses(plan) == ["code_wrong"]
        assert talk.identity.level == "L0"

    def test_five_wrong_codes_end_the_code(self) -> None:
        talk = Talker()
        talk.text("Where is my order?", "order_status")
        talk.text("emma.fischer@example.com", "identify")
        said = [responses(talk.text(f"11111{n}", "identify"))[0] for n in range(5)]
        assert said == ["code_wrong"] * 4 + ["code_used_up"]
        plan = talk.text("482913", "identify")
        assert waits(plan) == "slot:email"
        assert talk.identity.level == "L0"

    def test_a_code_lapses_after_ten_minutes(self) -> None:
        talk = Talker()
        talk.text("Where is my order?", "order_status")
        talk.text("emma.fischer@example.com", "identify")
        talk.now += 601
        plan = talk.text("482913", "identify")
        assert (responses(plan), waits(plan)) == (["code_expired"], "slot:email")
        assert talk.identity.level == "L0"

    def test_the_state_holds_neither_the_code_nor_the_address(self) -> None:
        talk = Talker()
        talk.text("Where is my order?", "order_status")
        talk.text("emma.fischer@example.com", "identify")
        kept = str(talk.saved)
        assert "482913" not in kept
        assert "emma.fischer" not in kept

    def test_another_address_instead_of_the_code_gets_a_new_code(self) -> None:
        talk = Talker()
        talk.text("Where is my order?", "order_status")
        talk.text("emma.fischr@example.com", "identify")
        plan = talk.text("sorry, emma.fischer@example.com", "identify")
        assert waits(plan) == "slot:one_time_code"
        assert responses(talk.text("482913", "identify"))[0] == "identified"

    def test_codes_are_limited_in_a_conversation(self) -> None:
        talk = Talker()
        talk.text("Where is my order?", "order_status")
        for _ in range(5):
            talk.text("emma.fischer@example.com", "identify")
        plan = talk.text("emma.fischer@example.com", "identify")
        assert responses(plan) == ["too_many_codes", "ask_person_wanted"]
        assert len(talk.codes) == 5

    @pytest.mark.parametrize("language", ["en", "zh"])
    @pytest.mark.parametrize("intent", ["order_status", "cancel_order", "identify"])
    def test_without_a_way_to_send_codes_none_is_promised(self, intent: str, language: Language) -> None:
        talk = Talker(language=language, rules=replace(demo_rules(), sends_codes=False))
        plan = talk.text("about my order, I am emma.fischer@example.com", intent)
        assert responses(plan) == ["cannot_verify_here", "ask_person_wanted"]
        assert waits(plan) == "choice:person_wanted"
        assert talk.codes == [] and talk.state.challenge is None
        assert ("商城账号" if language == "zh" else "sign in to the shop") in talk.words[0]
        assert responses(talk.do(choose="yes")) == ["handoff_queued"]

    def test_whoever_signs_in_instead_is_helped(self) -> None:
        talk = Talker(rules=replace(demo_rules(), sends_codes=False))
        talk.text("Where is my order?", "order_status")
        talk.identity = EMMA
        assert responses(talk.text("Where is my order?", "order_status")) == ["order_status_shown"]

    def test_a_question_for_the_code_from_better_days_is_not_repeated(self) -> None:
        talk = Talker()
        talk.text("Where is my order?", "order_status")
        talk.rules = replace(demo_rules(), sends_codes=False)
        plan = talk.text("emma.fischer@example.com", "identify")
        assert responses(plan) == ["cannot_verify_here", "ask_person_wanted"]
        assert talk.codes == []

    def test_a_signed_token_goes_on_with_what_waited(self) -> None:
        talk = Talker()
        talk.text("Where is my order?", "order_status")
        talk.identity = EMMA
        assert responses(talk.do(identified=True)) == ["identified", "order_status_shown"]

    def test_nothing_begun_for_one_customer_goes_on_for_another(self) -> None:
        talk = Talker(EMMA)
        plan = talk.text("cancel my order", "cancel_order")
        talk.identity = LEI
        assert responses(talk.do(confirm=preview_id(plan))) == ["preview_gone"]
        assert talk.shop.applied == []


class TestOrders:
    def test_two_open_orders_are_offered_by_number_item_date_and_amount(self) -> None:
        plan = Talker(LEI).text("where is my order", "order_status")
        assert (responses(plan), waits(plan)) == (["choose_order"], "choice:order")
        labels = [option.label for option in plan.replies[0].expects.options]
        assert labels == [
            "MB10004 · Trail Runner 2 · 2026-11-19 · €52.00",
            "MB10005 · City Backpack · 2026-11-17 · €52.00",
        ]

    @pytest.mark.parametrize("words", ["MB10005", "mb10005 please", "2", "the second one", "第二个", "the backpack"])
    def test_an_option_is_picked_by_words(self, words: str) -> None:
        talk = Talker(LEI)
        talk.text("where is my order", "order_status")
        plan = talk.text(words, "product_question")
        assert responses(plan) == ["order_status_shown"]
        assert plan.replies[0].arguments["order"]["number"] == "MB10005"

    def test_an_option_is_picked_by_button_once(self) -> None:
        talk = Talker(LEI)
        talk.text("where is my order", "order_status")
        assert responses(talk.do(choose="MB10005")) == ["order_status_shown"]
        assert responses(talk.do(choose="MB10005")) == ["choice_gone"]

    def test_an_option_that_was_not_offered_is_none(self) -> None:
        talk = Talker(LEI)
        talk.text("where is my order", "order_status")
        assert responses(talk.do(choose="MB10002")) == ["choice_gone", "choose_order"]

    def test_another_customers_order_is_as_good_as_none(self) -> None:
        talk = Talker(EMMA)
        plan = talk.hear([about("order_status", "where is MB10004", "MB10004")], "where is MB10004")
        assert responses(plan) == ["order_unknown"]
        assert plan.replies[0].arguments["number"] == "MB10004"
        assert not plan.replies[0].components
        assert "Backpack" not in str(plan)

    def test_a_wrongly_returned_order_of_another_is_dropped(self) -> None:
        talk = Talker(EMMA)
        talk.shop.orders = {n: o for n, o in talk.shop.orders.items() if n == "MB10004"}
        answer = talk._answer
        foreign = tuple(talk.shop.orders.values())
        talk._answer = lambda effect: foreign if type(effect).__name__ == "LoadOrders" else answer(effect)  # type: ignore[method-assign]
        assert responses(talk.text("my orders", "order_list")) == ["no_orders"]

    def test_it_means_the_order_last_spoken_of(self) -> None:
        talk = Talker(LEI)
        talk.text("where is my order", "order_status")
        talk.do(choose="MB10005")
        plan = talk.text("cancel it", "cancel_order")
        assert responses(plan) == ["preview_cancel_order"]
        assert plan.replies[0].expects.preview and plan.replies[0].expects.preview.target == "MB10005"

    def test_a_customer_without_orders_is_told(self) -> None:
        talk = Talker(Identity("L2", "C007"))
        assert responses(talk.text("where is my order", "order_status")) == ["no_orders"]

    def test_the_list_shows_cards(self) -> None:
        plan = Talker(LEI).text("my orders", "order_list")
        assert responses(plan) == ["order_list_shown"]
        assert [c["number"] for c in plan.replies[0].components] == ["MB10004", "MB10005"]


class TestQuestions:
    def test_a_page_near_enough_is_the_answer_with_its_source(self) -> None:
        plan = Talker(pages=[PAGE]).text("how long can I return things", "faq")
        assert responses(plan) == ["answer_from_knowledge"]
        assert plan.replies[0].sources[0].title == "Returns"

    @pytest.mark.parametrize(("intent", "score", "answers"), [
        ("faq", 0.49, False), ("faq", 0.5, True), ("returns", 0.25, True), ("returns", 0.24, False),
        ("out_of_scope", 0.84, False), ("out_of_scope", 0.86, True),
    ])  # fmt: skip
    def test_how_near_a_page_must_be(self, intent: str, score: float, answers: bool) -> None:
        plan = Talker(pages=[replace(PAGE, score=score)]).text("how long can I return things", intent)
        assert (responses(plan) == ["answer_from_knowledge"]) is answers

    def test_no_page_is_an_honest_word_and_the_offer_of_a_person(self) -> None:
        talk = Talker()
        plan = talk.text("do you sell gift cards in Narnia", "faq")
        assert (responses(plan), waits(plan)) == (["dont_know", "ask_person_wanted"], "choice:person_wanted")
        assert responses(talk.text("yes", "affirm")) == ["handoff_queued"]

    def test_an_offer_that_is_passed_over_does_not_come_back(self) -> None:
        talk = Talker(EMMA)
        talk.text("do you sell gift cards in Narnia", "faq")
        assert responses(talk.text("where is my order", "order_status")) == ["order_status_shown"]

    def test_not_understood_asks_then_offers_then_hands_over(self) -> None:
        talk = Talker()
        assert responses(talk.text("blargh", "out_of_scope")) == ["cannot_handle"]
        assert responses(talk.text("blargh", "out_of_scope")) == ["cannot_handle_again", "ask_person_wanted"]
        plan = talk.text("blargh", "out_of_scope")
        assert responses(plan) == ["handoff_queued"]
        assert plan.handoff == {"ticket": "T-1", "state": "queued", "position": 2}

    def test_success_between_two_failures_forgives_the_first(self) -> None:
        talk = Talker(EMMA)
        talk.text("blargh", "out_of_scope")
        talk.text("where is my order", "order_status")
        assert responses(talk.text("blargh", "out_of_scope")) == ["cannot_handle"]

    @pytest.mark.parametrize(("intent", "response"), [
        ("greeting", "greeting"), ("thanks", "thanks"), ("goodbye", "goodbye"), ("bot_identity", "bot_identity"),
        ("affirm", "nothing_to_confirm"), ("deny", "nothing_to_confirm"), ("back_to_bot", "still_here"),
    ])  # fmt: skip
    def test_small_talk(self, intent: str, response: str) -> None:
        assert responses(Talker().text("...", intent)) == [response]


class TestInterruption:
    def test_a_question_is_answered_and_the_flow_asks_again(self) -> None:
        talk = Talker(pages=[PAGE])
        talk.text("cancel my order", "cancel_order")
        plan = talk.text("how long can I return things?", "faq")
        assert (responses(plan), waits(plan)) == (["answer_from_knowledge", "ask_email"], "slot:email")

    def test_never_mind_ends_the_flow_that_wanted_to_know(self) -> None:
        talk = Talker()
        talk.text("cancel my order", "cancel_order")
        assert responses(talk.text("never mind", "deny")) == ["flow_cancelled"]
        assert talk.state.stack == []

    def test_requests_are_served_in_order_and_the_question_comes_last(self) -> None:
        talk = Talker(EMMA, pages=[PAGE])
        wishes = [about("order_status", "where is my order"), about("faq", "how do returns work")]
        plan = talk.hear([*wishes, about("cancel_order", "cancel it")], "all at once")
        assert responses(plan) == ["order_status_shown", "answer_from_knowledge", "preview_cancel_order"]

    def test_two_wishes_that_need_the_customer_wait_for_each_other(self) -> None:
        talk = Talker()
        plan = talk.hear([about("order_status", "where is it"), about("order_list", "list all")], "both")
        assert responses(plan) == ["ask_email"]
        talk.text("emma.fischer@example.com", "identify")
        plan = talk.text("482913", "identify")
        assert responses(plan) == ["identified", "order_status_shown", "order_list_shown"]

    def test_a_wish_during_identification_is_served_after_it(self) -> None:
        talk = Talker()
        talk.text("where is my order", "order_status")
        assert responses(talk.text("and list all my orders", "order_list")) == ["ask_email"]
        talk.text("emma.fischer@example.com", "identify")
        assert responses(talk.text("482913", "identify"))[1:] == ["order_status_shown", "order_list_shown"]


class TestTrace:
    def test_an_operator_reads_how_a_turn_came_about_without_the_customers_words(self) -> None:
        talk = Talker(EMMA)
        talk.text("cancel my order at Kastanienallee", "cancel_order")
        lines = talk.state.traces[-1].lines
        assert lines[0] == "understood cancel_order 0.95"
        assert "cancel_order step 1: collect order" in lines
        assert "asks PreviewAct cancel_order (order, reason)" in lines
        assert any(line.startswith("says preview_cancel_order") for line in lines)
        assert "Kastanienallee" not in " ".join(lines)

    def test_the_last_ten_turns_are_kept(self) -> None:
        talk = Talker(EMMA)
        for _ in range(12):
            talk.text("hello", "greeting")
        assert [trace.turn for trace in talk.state.traces] == list(range(3, 13))


class TestPeople:
    def test_a_data_request_starts_its_flow_and_without_one_brings_a_person(self) -> None:
        plan = Talker(EMMA).text("...", "order_status", signals=("data_request",))
        assert responses(plan) == ["ask_data_wish"]
        starts = {intent: flow for intent, flow in demo_rules().starts.items() if intent != "data_request"}
        plan = Talker(EMMA, rules=replace(demo_rules(), starts=starts)).text("...", "faq", signals=("data_request",))
        assert responses(plan) == ["signal_data_request", "handoff_queued"]

    @pytest.mark.parametrize("signal", ["self_harm", "legal_threat"])
    def test_some_signals_bring_a_person_whatever_else_was_said(self, signal: str) -> None:
        plan = Talker(EMMA).text("...", "order_status", signals=(signal,))
        assert responses(plan) == [f"signal_{signal}", "handoff_queued"]

    def test_the_bot_is_silent_until_the_customer_takes_the_word_back(self) -> None:
        talk = Talker(EMMA)
        plan = talk.do(handoff=True)
        assert responses(plan) == ["handoff_queued"]
        assert plan.replies[0].arguments["minutes"] == 8
        plan = talk.text("where is my order", "order_status")
        assert plan.replies == ()
        assert plan.handoff is not None
        assert responses(talk.text("back to the bot please", "back_to_bot")) == ["handed_back"]
        assert responses(talk.text("where is my order", "order_status")) == ["order_status_shown"]

    def test_the_bot_speaks_again_when_a_person_has_handed_back(self) -> None:
        talk = Talker(EMMA)
        talk.do(handoff=True)
        talk.ticket = None
        assert responses(talk.text("where is my order", "order_status")) == ["order_status_shown"]

    def test_a_closed_desk_says_when_it_opens(self) -> None:
        talk = Talker(now=NOW + 2 * 86_400)  # Sunday
        plan = talk.do(handoff=True)
        assert responses(plan) == ["handoff_closed"]
        known = plan.replies[0].arguments
        assert (known["opens_at"], known["opens_time"], known["opens_today"]) == (
            "2026-11-23T09:00:00+08:00",
            "09:00",
            False,
        )

    def test_nothing_shown_before_a_handoff_can_be_confirmed_after_it(self) -> None:
        talk = Talker(EMMA)
        shown = preview_id(talk.text("cancel my order", "cancel_order"))
        talk.do(handoff=True)
        assert talk.do(confirm=shown).replies == ()
        talk.ticket = None
        assert responses(talk.do(confirm=shown)) == ["preview_gone"]
        assert talk.shop.applied == []


def test_a_flow_that_loops_ends_as_an_internal_error() -> None:
    from services.dialogue.domain.rules import compile_rules
    from shared.shop.flows import FlowFile

    loop = FlowFile.model_validate({"description": "-", "starts_on": "faq", "steps": [{"then": "round"}]})
    broken = compile_rules({"round": loop}, {"en": {"internal_error": ("oops",)}}, {}, demo_rules().profile)
    talk = Talker(rules=broken)
    assert responses(talk.text("x", "faq")) == ["internal_error"]
    assert "60 steps" in (talk.trouble or "")


def test_a_fresh_order_is_used_each_turn() -> None:
    talk = Talker(EMMA)
    talk.text("where is my order", "order_status")
    talk.shop.orders["MB10002"] = order("MB10002", "C002", "shipped")
    plan = talk.text("where is my order", "order_status")
    assert plan.replies[0].arguments["order"]["status"] == "shipped"


@pytest.mark.parametrize("status", ["pending", "packed", "shipped", "out_for_delivery", "delivered", "cancelled"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_status_is_worded_in_both_languages(status: str, language: Language) -> None:
    talk = Talker(EMMA, language)
    talk.shop.orders["MB10002"] = order("MB10002", "C002", status)
    talk.text("where is my order", "order_status")
    assert "MB10002" in talk.words[0]
    assert "€52.00" in talk.words[0]
    assert status not in talk.words[0].split() or status in ("packed", "shipped", "delivered", "cancelled")


@pytest.mark.parametrize(
    ("method", "said"), [("card", "4242"), ("alipay", "支付宝"), ("wechat_pay", "微信"), ("paypal", "PayPal")]
)
def test_the_preview_says_where_the_money_goes(method: str, said: str) -> None:
    talk = Talker(EMMA, "zh")
    talk.shop.orders["MB10002"] = order("MB10002", "C002").model_copy(update={"payment_method": method})
    talk.text("取消订单", "cancel_order")
    assert said in talk.words[0]


def test_a_customer_who_begins_ever_new_things_is_served() -> None:
    """Each waits with a question; the oldest are given up, and nothing breaks."""
    talk = catalogue.customer("C002")
    for wish in (
        "change_payment", "opt_out", "data_request", "return_item", "exchange_item", "invoice", "repair",
        "profile_change", "change_delivery", "change_item", "complaint", "stock_notice", "add_to_basket",
    ):  # fmt: skip
        plan = talk.text(wish.replace("_", " "), wish)
        assert "internal_error" not in responses(plan)
        assert len(talk.state.stack) <= MOST_INTERRUPTED + 2

"""The write protocol: nothing without a confirmed preview, once only, and only what the shop shows is told as done."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.dialogue.domain import effects as fx
from services.dialogue.domain.actions import Seen
from shared.contracts.messages import Entity, Request
from tests.unit.services.dialogue.world import (
    EMMA,
    LEI,
    Crash,
    Talker,
    demo_rules,
    order,
    preview_id,
    responses,
    waits,
)


def previewed(**fields: object) -> tuple[Talker, str]:
    """Emma has been shown the preview of her one order's cancellation."""
    talk = Talker(EMMA, **fields)  # type: ignore[arg-type]
    plan = talk.text("cancel my order", "cancel_order")
    assert (responses(plan), waits(plan)) == (["preview_cancel_order"], "confirmation")
    return talk, preview_id(plan)


class TestConfirming:
    def test_preview_confirm_commit_read_back_receipt(self) -> None:
        talk, shown = previewed()
        talk.effects.clear()
        plan = talk.do(confirm=shown)
        assert responses(plan) == ["order_cancelled"]
        assert [act.action for act in plan.replies[0].acts] == ["cancel_order"]
        assert [c["type"] for c in plan.replies[0].components] == ["receipt"]
        assert talk.effects == ["RecordIntent", "CommitAct", "ReadBack"]
        assert talk.shop.applied == ["MB10002"]
        assert talk.state.open_write is None

    @pytest.mark.parametrize(
        "words", ["yes", "Yes, please.", "ok, go ahead", "yes, cancel it", "是的", "好的，确认取消"]
    )
    def test_a_plain_yes_confirms(self, words: str) -> None:
        talk, _ = previewed()
        assert responses(talk.text(words, "affirm")) == ["order_cancelled"]

    def test_a_declined_preview_changes_nothing(self) -> None:
        talk, shown = previewed()
        assert responses(talk.do(decline=shown)) == ["preview_declined"]
        assert responses(talk.do(confirm=shown)) == ["preview_gone"]
        assert talk.shop.applied == []

    @pytest.mark.parametrize(
        "words",
        [
            "You misunderstood, don't cancel it", "yes but the other order", "no", "don't", "yes?", "ok wait", "不用了",
            "先别", "好像不对", "你理解错了，别取消", "是不是要等很久", "yes, no", "not yes",
            "well yes and how long does it take", "where is my order", "cancel it",
            "算了", "yesterday", "等一下", "可以不取消吗", "MB10004", "yes MB10004",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("intent", ["affirm", "deny", "cancel_order", "out_of_scope"])
    def test_anything_but_a_plain_yes_never_confirms(self, words: str, intent: str) -> None:
        talk, _ = previewed()
        talk.text(words, intent)
        assert talk.shop.applied == []

    @pytest.mark.parametrize(
        "requests", [("affirm", "faq"), ("deny", "affirm"), ("affirm", "deny"), ("order_status",), ()]
    )
    def test_a_yes_must_be_the_whole_message(self, requests: tuple[str, ...]) -> None:
        talk, _ = previewed()
        talk.text("yes", *requests)
        assert talk.shop.applied == []

    def test_an_unsure_yes_asks_again(self) -> None:
        talk, _ = previewed()
        plan = talk.text("yes", "affirm", confidence=0.4)
        assert (responses(plan), waits(plan)) == (["unclear_cancel_order"], "confirmation")

    def test_understanding_that_heard_a_negated_act_never_confirms(self) -> None:
        talk, _ = previewed()
        talk.text("yes", "affirm", signals=("negated_act",))
        assert talk.shop.applied == []

    def test_yes_with_nothing_pending(self) -> None:
        talk = Talker(EMMA)
        assert responses(talk.text("yes", "affirm")) == ["nothing_to_confirm"]
        assert talk.shop.applied == []

    @pytest.mark.parametrize("ended", ["failed", "expired"])
    @pytest.mark.parametrize("by_words", [True, False])
    def test_a_preview_whose_turn_did_not_end_well_was_not_seen(self, ended: str, by_words: bool) -> None:
        talk, shown = previewed()
        talk.previous_end = ended  # type: ignore[assignment]
        plan = talk.text("yes", "affirm") if by_words else talk.do(confirm=shown)
        assert responses(plan) == ["preview_cancel_order"]
        assert talk.shop.applied == []
        assert responses(talk.do(confirm=preview_id(plan))) == ["order_cancelled"]

    @pytest.mark.parametrize("by_words", [True, False])
    def test_a_preview_lapses_after_ten_minutes(self, by_words: bool) -> None:
        talk, shown = previewed()
        talk.now += 601
        plan = talk.text("yes", "affirm") if by_words else talk.do(confirm=shown)
        assert responses(plan) == ["preview_cancel_order"]
        assert preview_id(plan) != shown
        assert talk.shop.applied == []

    def test_a_second_preview_replaces_the_first(self) -> None:
        talk = Talker(LEI)
        talk.text("cancel my order", "cancel_order")
        first = preview_id(talk.do(choose="MB10004"))
        second = preview_id(talk.text("no, MB10005", "deny"))
        assert responses(talk.do(confirm=first)) == ["preview_gone", "preview_cancel_order"]
        assert talk.shop.applied == []
        talk.do(confirm=second)
        assert talk.shop.applied == ["MB10005"]

    def test_the_other_order_is_a_new_choice(self) -> None:
        talk = Talker(LEI)
        talk.text("cancel my order", "cancel_order")
        talk.do(choose="MB10004")
        plan = talk.text("yes but the other order", "affirm")
        assert (responses(plan), waits(plan)) == (["choose_order"], "choice:order")
        assert talk.state.pending is None

    def test_after_an_interruption_the_preview_is_shown_again_and_then_a_yes_counts(self) -> None:
        talk, shown = previewed()
        plan = talk.text("hello", "greeting")
        assert (responses(plan), preview_id(plan)) == (["greeting", "preview_cancel_order"], shown)
        assert plan.replies[1].arguments["again"] is True
        assert responses(talk.text("yes", "affirm")) == ["order_cancelled"]

    def test_a_yes_to_another_question_is_no_yes_to_the_preview(self) -> None:
        talk, _ = previewed()
        assert waits(talk.text("do you sell boats", "faq")) == "choice:person_wanted"
        assert responses(talk.text("yes", "affirm")) == ["handoff_queued"]
        assert talk.shop.applied == []

    def test_words_count_only_right_after_the_preview(self) -> None:
        talk, shown = previewed()
        talk.text("do you sell boats", "faq")
        plan = talk.text("确认取消", "affirm", "cancel_order")
        assert waits(plan) == "confirmation"
        assert preview_id(plan) != shown
        assert talk.shop.applied == []

    def test_the_button_still_counts_after_an_interruption(self) -> None:
        talk, shown = previewed()
        talk.text("do you sell boats", "faq")
        assert responses(talk.do(confirm=shown)) == ["order_cancelled"]

    def test_two_orders_that_fit_allow_no_write_until_one_is_picked(self) -> None:
        talk = Talker(LEI)
        plan = talk.text("cancel my order", "cancel_order")
        assert waits(plan) == "choice:order"
        assert responses(talk.text("yes", "affirm")) == ["retry_order"]
        assert talk.shop.applied == []

    def test_an_unproven_customer_gets_no_preview(self) -> None:
        talk = Talker()
        assert responses(talk.text("cancel MB10002", "cancel_order")) == ["ask_email"]
        assert "PreviewAct" not in talk.effects


class TestWhatTheShopSays:
    def test_an_order_that_left_in_between_is_refused(self) -> None:
        talk, shown = previewed()
        talk.shop.orders["MB10002"] = order("MB10002", "C002", "shipped")
        plan = talk.do(confirm=shown)
        assert responses(plan) == ["cancel_too_late"]
        assert (talk.shop.applied, talk.state.open_write) == ([], None)

    def test_an_order_that_changed_in_between_makes_a_new_preview(self) -> None:
        talk, shown = previewed()
        talk.shop.orders["MB10002"] = order("MB10002", "C002", item="City Backpack")
        plan = talk.do(confirm=shown)
        assert (responses(plan), waits(plan)) == (["preview_changed_cancel_order"], "confirmation")
        assert preview_id(plan) != shown
        assert talk.shop.applied == []
        assert responses(talk.text("yes", "affirm")) == ["order_cancelled"]

    def test_an_order_that_is_too_late_is_refused_at_once(self) -> None:
        talk = Talker(EMMA)
        talk.shop.orders["MB10002"] = order("MB10002", "C002", "shipped")
        assert responses(talk.text("cancel my order", "cancel_order")) == ["cancel_too_late"]

    def test_lost_answer_of_a_change_that_happened(self) -> None:
        talk, shown = previewed()
        talk.shop.commit_answers = ["applied, unanswered"]
        assert responses(talk.do(confirm=shown)) == ["order_cancelled"]
        assert talk.shop.applied == ["MB10002"]

    def test_lost_answer_of_a_change_that_may_have_happened(self) -> None:
        talk, shown = previewed()
        talk.shop.commit_answers = ["lost"]
        talk.effects.clear()
        plan = talk.do(confirm=shown)
        assert responses(plan) == ["write_outcome_unknown"]
        assert plan.replies[0].acts == ()
        assert talk.effects.count("LookUpReceipt") == 3
        assert talk.state.open_write is not None

    def test_while_a_write_is_open_no_other_begins(self) -> None:
        talk, shown = previewed()
        talk.shop.commit_answers = ["lost"]
        talk.do(confirm=shown)
        assert responses(talk.text("cancel my order", "cancel_order")) == ["write_still_checking"]

    @pytest.mark.parametrize(("untold", "said"), [(True, ["write_confirmed_late", "greeting"]), (False, ["greeting"])])
    def test_a_later_turn_learns_that_it_happened(self, untold: bool, said: list[str]) -> None:
        talk, shown = previewed(untold=untold)
        talk.shop.commit_answers = ["lost"]
        talk.do(confirm=shown)
        write = talk.state.open_write
        assert write is not None
        talk.shop.commit(write.customer_id, write.preview, write.key)
        plan = talk.text("hello", "greeting")
        assert responses(plan) == said
        assert bool(plan.replies[0].acts) is untold
        assert talk.state.open_write is None

    def test_a_later_turn_learns_that_it_did_not_happen(self) -> None:
        talk, shown = previewed()
        talk.shop.commit_answers = ["lost"]
        talk.do(confirm=shown)
        talk.now += 60
        assert responses(talk.text("hello", "greeting")) == ["greeting"]
        talk.now += 61
        assert responses(talk.text("hello", "greeting")) == ["write_did_not_happen", "greeting"]

    def test_a_change_that_the_order_does_not_show_is_not_told_as_done(self) -> None:
        talk, shown = previewed()
        answer = talk._answer
        before = talk.shop.orders["MB10002"]
        talk._answer = lambda e: Seen(before) if isinstance(e, fx.ReadBack) else answer(e)  # type: ignore[method-assign]
        plan = talk.do(confirm=shown)
        assert responses(plan) == ["write_unverified", "handoff_queued"]
        assert all(not reply.acts for reply in plan.replies)

    def test_another_writes_receipt_proves_nothing(self) -> None:
        talk, shown = previewed()
        answer = talk._answer

        def wrong(effect: object) -> object:
            found = answer(effect)
            is_receipt = type(effect).__name__ in ("CommitAct", "LookUpReceipt") and found
            return found.model_copy(update={"key": "another"}) if is_receipt else found  # type: ignore[union-attr]

        talk._answer = wrong  # type: ignore[method-assign]
        assert responses(talk.do(confirm=shown)) == ["write_outcome_unknown"]


class TestRedelivery:
    @pytest.mark.parametrize("crash_after", range(8))
    @pytest.mark.parametrize("answers", [[], ["applied, unanswered"], ["lost"], ["lost", "lost"]])
    def test_a_crash_at_any_effect_leaves_one_change_and_the_true_sentence(
        self, crash_after: int, answers: list[str]
    ) -> None:
        talk, shown = previewed()
        talk.shop.commit_answers, talk.crash_after = list(answers), crash_after
        try:
            talk.do(confirm=shown)
        except Crash:
            talk.crash_after = None
            talk.again()
        plan = talk.again()
        done = "order_cancelled" in responses(plan)
        assert len(talk.shop.applied) <= 1
        assert done == (len(talk.shop.applied) == 1) or "write_outcome_unknown" in responses(plan)
        assert len(talk.shop.receipts) == len(talk.shop.applied)

    def test_crash_after_crash_still_makes_one_change(self) -> None:
        talk, shown = previewed()
        with pytest.raises(Crash):
            talk.crash_after = 1
            talk.do(confirm=shown)
        for _ in range(4):
            with pytest.raises(Crash):
                talk.crash_after = 0
                talk.again()
        talk.crash_after = None
        assert responses(talk.again()) == ["order_cancelled"]
        assert talk.shop.applied == ["MB10002"]

    def test_a_turn_met_again_asks_nothing_of_the_world(self) -> None:
        talk, shown = previewed()
        plan = talk.do(confirm=shown)
        talk.effects.clear()
        assert talk.again() == plan
        assert talk.effects == []

    def test_a_turn_lost_after_its_commit_is_told_by_the_next(self) -> None:
        talk, shown = previewed()
        with pytest.raises(Crash):
            talk.crash_after = 1
            talk.do(confirm=shown)
        talk.crash_after, talk.previous_end = None, "expired"
        assert talk.shop.applied == ["MB10002"]
        plan = talk.text("did it work?", "faq")
        assert responses(plan)[0] == "write_confirmed_late"
        assert talk.shop.applied == ["MB10002"]


INTENTS = st.sampled_from([*sorted(demo_rules().starts), "affirm", "deny", "faq", "out_of_scope", "urge_delivery"])
NUMBERS = st.sampled_from(["MB10002", "MB10004", "MB10005", "MB10009", "MB99999", ""])
WORDS = st.sampled_from(
    ["cancel it", "cancel my order", "don't", "hello", "no", "the other order", "MB10004", "MB10005 please", "2",
     "取消订单", "emma.fischer@example.com", "482913", "yes but no", "you misunderstood", "do it later", "不要",
     "wrong order", "it?"]
)  # fmt: skip


@st.composite
def evil_requests(draw: st.DrawFn) -> Request:
    number = draw(NUMBERS)
    entities = (Entity(type="order", text=number, value=number, start=0, end=1),) if number else ()
    return Request(intent=draw(INTENTS), confidence=draw(st.floats(0, 1)), text=draw(WORDS), entities=entities)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.lists(evil_requests(), max_size=3), WORDS, st.booleans()), max_size=12))
def test_no_understanding_however_wrong_can_change_the_shop(turns: list[tuple[list[Request], str, bool]]) -> None:
    """Whatever is understood of words that are no yes: no change, whoever the customer is."""
    talk = Talker(LEI)
    for requests, words, seen in turns:
        plan = talk.hear(requests, words)
        talk.previous_end = "completed" if seen else "failed"
        assert "CommitAct" not in talk.effects
        assert "MB10002 ·" not in str(plan)
    assert talk.shop.applied == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.lists(evil_requests(), min_size=1, max_size=2), WORDS, st.booleans()), max_size=10))
def test_only_what_was_shown_last_can_be_confirmed(turns: list[tuple[list[Request], str, bool]]) -> None:
    """A commit follows only the confirmation of the very preview that is open, of an own order."""
    talk, shown = Talker(LEI), {}
    for requests, words, confirms in turns:
        plan = talk.hear(requests, words)
        preview = plan.replies[-1].expects.preview if plan.replies else None
        if preview:
            shown[preview.id] = preview.target
        if confirms and preview:
            before = len(talk.shop.applied)
            talk.do(confirm=preview.id)
            assert talk.shop.applied[before:] in ([], [preview.target])
            talk.do(confirm=preview.id)
            assert len(talk.shop.applied) <= before + 1
    assert {target for target in talk.shop.applied if target.startswith("MB")} <= {"MB10004", "MB10005"}
    assert set(talk.shop.applied) <= set(shown.values())

"""The reader with the real encoder and heads fitted to the small shop."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.nlu.domain.tagger import Tagger
from shared.contracts.messages import Expects
from tests.unit.services.nlu.domain.cpu import BUDGET_S, least_seconds

CONFIRMATION = Expects(kind="confirmation")


def intents(understanding):
    return [request.intent for request in understanding.requests]


async def test_two_requests_keep_their_order_and_their_entities(small):
    read = await small("Cancel my order. And where is my parcel SM10003?")
    assert intents(read) == ["cancel_order", "order_status"]
    assert [[e.value for e in request.entities] for request in read.requests] == [[], ["SM10003"]]
    assert read.requests[1].text == "where is my parcel SM10003?"


async def test_two_chinese_requests(small):
    read = await small("取消我的订单，另外SM10003到哪了？")
    assert (intents(read), read.language) == (["cancel_order", "order_status"], "zh")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("Hello! Where is my order?", "order_status"), ("你好，我想取消这个订单", "cancel_order"), ("hello", "greeting")],
)
async def test_politeness_is_no_request_beside_another(small, text, intent):
    assert intents(await small(text)) == [intent]


@pytest.mark.parametrize("text", ["You misunderstood, don't cancel it", "don't cancel", "我没让你取消", "不要取消了"])
@pytest.mark.parametrize("expects", [Expects(), CONFIRMATION])
async def test_a_negated_act_is_a_no(small, text, expects):
    read = await small(text, expects=expects)
    assert set(intents(read)) == {"deny"}
    assert "negated_act" in read.signals


async def test_what_is_wanted_instead_of_the_negated_act_remains(small):
    text = "Don't cancel it, where is my order?"
    assert intents(await small(text)) == ["order_status"]
    assert intents(await small(text, expects=CONFIRMATION)) == ["deny", "order_status"]


@pytest.mark.parametrize("text", ["Yes. Don't cancel it", "是的，别取消"])
async def test_a_yes_beside_a_no_is_dropped(small, text):
    assert "affirm" not in intents(await small(text, expects=CONFIRMATION))


@pytest.mark.parametrize("text", ["what is the capital of France", "昨晚谁赢了比赛"])
async def test_out_of_scope(small, text):
    (request,) = (await small(text)).requests
    assert request.intent == "out_of_scope"
    assert all(name != "out_of_scope" for name, _ in request.alternatives)


async def test_alternatives_are_other_intents_the_likeliest_first(small):
    (request,) = (await small("when can I stop my order")).requests
    shares = [share for _, share in request.alternatives]
    assert shares == sorted(shares, reverse=True)
    assert request.intent not in [name for name, _ in request.alternatives]


@pytest.mark.parametrize("text", ["neither", "不是这个", "都不要"])
async def test_a_short_no_to_what_was_asked(small, text):
    assert intents(await small(text, expects=Expects(kind="choice"))) == ["deny"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [("不是取消，是查物流", "order_status"), ("I don't want to cancel, where is my order?", "order_status")],
)
async def test_what_was_meant_instead(small, text, intent):
    read = await small(text)
    assert intents(read) == [intent]
    assert {"correction", "negated_act"} & set(read.signals)


async def test_two_orders_are_two_requests(small):
    read = await small("where is my order SM10003 and where is my order SM10004")
    assert [[e.value for e in request.entities] for request in read.requests] == [["SM10003"], ["SM10004"]]


async def test_the_tagger_adds_what_the_rules_do_not_know(small):
    class Tags:
        def tag(self, items):
            return ["B-city" if "0=berlin" in features or "0=SM10003" in features else "O" for features in items]

    class Cue:
        def tag(self, items):
            return ["any"]

    await small("hello")
    reader = replace(small.reader, tagger=Tagger(Cue(), Tags()))
    found = reader.entities("is SM10003 in Berlin", Expects())
    assert [(e.type, e.text) for e in found] == [("order", "SM10003"), ("city", "Berlin")]


async def test_numbers_and_names_do_not_decide_the_language(small):
    assert (await small("SM10003", "zh")).language == "zh"
    assert (await small("li@example.com", "zh")).language == "zh"
    assert (await small("订单到哪了 SM10003", "en")).language == "zh"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters() | st.sampled_from("SM100 。，don't取消 and "), min_size=1, max_size=120))
def test_any_text_is_understood_somehow(small, text):
    read = small.now(text)
    assert 1 <= len(read.requests) <= 4
    for request in read.requests:
        assert request.text in text
        assert 0 <= request.confidence <= 1
        assert all(text[entity.start : entity.end] == entity.text for entity in request.entities)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters() | st.sampled_from("1 .,-#@订单的不! the and"), min_size=1, max_size=30))
def test_no_text_costs_the_rules_more_than_their_budget(small, text):
    small.now("hello")
    reader, longest = small.reader.at(1_795_000_000), (text * 4000)[:4000]
    assert least_seconds(lambda: reader.noted(reader.outline(longest), "en", Expects())) < BUDGET_S


async def test_a_message_as_long_as_allowed_and_hostile(small):
    for text in ("\ufdfa" * 4000, "取消。" * 1300, "a" * 4000, "don't cancel, " * 280):
        assert (await small(text)).requests

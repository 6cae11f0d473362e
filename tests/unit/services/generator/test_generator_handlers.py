"""Plans in, replies out, over responses written for the purpose."""

import shutil
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.generator.adapters.jinja_responses import JinjaResponses
from services.generator.handlers import GeneratorHandlers
from services.generator.service import build
from shared.config import Settings
from shared.contracts.envelope import decode, encode, message_id
from shared.contracts.messages import Act, Expects, Option, PlannedReply, PreviewShown, ReplyPlanned, Source
from shared.errors import ConfigError
from shared.ports import Claim
from shared.service import World
from shared.shop import load_shop

SMALL = Path("tests/fixtures/shop_small")
EN = """
hello: Hello from {{ shop.title }}, {{ policies.returns.days }} days.
several: [one, two, three]
paid: "{{ amount | money(currency) }} on {{ day | date }} for {{ item.name }}"
ask: Which one?
ask_named: Is it red or blue?
red: red
blue: blue
effect_cancel: "Cancels {{ order }}"
preview: "Shall I?"
answer_from_knowledge: "{{ passage }} ({{ sources[0].title }})"
echo: "You said {{ words }}"
crash: "{{ 1 / zero }}"
blank: "{{ words }}"
only_english: Only English.
"""
ZH = """
hello: 这里是{{ shop.title }}，{{ policies.returns.days }} 天。
several: [一, 二, 三]
paid: "{{ day | date }}，{{ item.name }}，{{ amount | money(currency) }}"
internal_error: 出错了
"""


@pytest.fixture
def shop_dir(tmp_path):
    shutil.copytree(SMALL, tmp_path / "shop")
    (tmp_path / "shop/responses/en.yaml").write_text(EN)
    (tmp_path / "shop/responses/zh.yaml").write_text(ZH)
    return tmp_path / "shop"


def plan_of(*replies, language="en", **fields):
    turn = {"message_id": "x", "conversation_id": "c", "turn": 2, "token": "t", "deadline_at": 1.0}
    return ReplyPlanned(**turn, language=language, replies=replies, **fields)


@pytest.fixture
def generate(shop_dir):
    handlers = GeneratorHandlers(JinjaResponses(load_shop(shop_dir)))

    async def run(*replies, **fields):
        plan = plan_of(*replies, **fields)
        (out,) = [message async for message in handlers.on_reply_planned(plan, Claim("go", 1))]
        assert decode(encode(out)) == out
        return out

    return run


def planned(response, id="r1", **fields):
    return PlannedReply(id=id, response=response, **fields)


async def test_replies_keep_their_ids_order_and_turn(generate):
    out = await generate(planned("hello", "r1"), planned("only_english", "r2"), handoff={"ticket": "T1"})
    assert [reply.id for reply in out.replies] == ["r1", "r2"]
    assert [reply.text for reply in out.replies] == ["Hello from Small Shop, 30 days.", "Only English."]
    assert [reply.turn for reply in out.replies] == [2, 2]
    assert (out.responses, out.handoff, out.status) == (("hello", "only_english"), {"ticket": "T1"}, "completed")
    assert out.message_id == message_id("c", 2, "t", "reply.completed")


async def test_no_replies_when_a_person_has_the_word(generate):
    assert (await generate()).replies == ()


PAID = {
    "amount": "1399",
    "currency": "CNY",
    "day": "2026-11-18T09:30:00+08:00",
    "item": {"name": {"en": "Boots", "zh": "靴子"}},
}


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "¥1,399.00 on 18 November 2026 for Boots"), ("zh", "2026年11月18日，靴子，¥1,399.00")],
)
async def test_arguments_are_written_in_the_plans_language(generate, language, text):
    (reply,) = (await generate(planned("paid", arguments=PAID), language=language)).replies
    assert (reply.text, reply.language) == (text, language)


async def test_the_same_reply_is_always_worded_the_same_and_others_differ(generate):
    ids = [f"r{n}" for n in range(40)]
    first, again = [[(await generate(planned("several", id))).replies[0].text for id in ids] for _ in range(2)]
    assert first == again
    assert set(first) == {"one", "two", "three"}


async def test_a_response_that_a_language_lacks_comes_from_the_first_language(generate):
    assert (await generate(planned("only_english"), language="zh")).replies[0].text == "Only English."


async def test_labels_and_effects_may_be_responses(generate):
    options = (Option(id="a", label="response:red"), Option(id="b", label="MB10001"))
    card = {"type": "choices", "options": [{"id": "a", "label": "response:red"}], "name": {"en": "x", "zh": "y"}}
    (reply,) = (
        await generate(planned("ask", expects=Expects(kind="choice", options=options), components=(card,)))
    ).replies
    assert [option.label for option in reply.expects.options] == ["red", "MB10001"]
    assert reply.components == ({"type": "choices", "options": [{"id": "a", "label": "red"}], "name": "x"},)
    assert reply.text == "Which one?\n1. red\n2. MB10001"


async def test_options_that_the_text_names_are_not_listed_again(generate):
    options = (Option(id="a", label="response:red"), Option(id="b", label="response:blue"))
    (reply,) = (await generate(planned("ask_named", expects=Expects(kind="choice", options=options)))).replies
    assert reply.text == "Is it red or blue?"


def preview(effect):
    shown = PreviewShown(id="p", action="cancel_order", target="MB1", effect=effect, expires_at="2026-01-01T00:00:00Z")
    return Expects(kind="confirmation", preview=shown)


async def test_the_effect_of_a_preview_is_worded_with_the_replys_arguments(generate):
    plan = planned("preview", arguments={"order": "MB1"}, expects=preview("response:effect_cancel"))
    out = await generate(plan)
    assert out.replies[0].expects.preview.effect == "Cancels MB1"
    assert out.status == "completed"


async def test_a_preview_that_could_not_be_shown_cannot_be_confirmed(generate):
    out = await generate(planned("preview", expects=preview("response:effect_cancel")))
    assert out.status == "failed"
    assert out.replies[0].expects == Expects()
    assert out.responses == ("internal_error",)


async def test_an_answer_from_the_pages_carries_its_sources(generate):
    source = Source(title="Returns", url="returns.md", passage="Within 30 days.")
    (reply,) = (await generate(planned("answer_from_knowledge", sources=(source,)))).replies
    assert (reply.text, reply.by, reply.sources) == ("Within 30 days. (Returns)", "knowledge", (source,))


@pytest.mark.parametrize(
    ("response", "arguments"),
    [
        ("paid", {}),
        ("crash", {"zero": 0}),
        ("no_such_response", {}),
        ("blank", {"words": " "}),
        ("paid", PAID | {"day": "soon"}),
    ],
)
async def test_what_cannot_be_worded_is_apologised_for_and_the_rest_stands(generate, response, arguments):
    act = Act(action="cancel_order", target="MB1", receipt="R1")
    out = await generate(planned(response, arguments=arguments, acts=(act,)), planned("hello", "r2"), language="zh")
    assert [reply.text for reply in out.replies] == ["出错了", "这里是小铺，30 天。"]
    assert out.responses == ("internal_error", "hello")
    assert out.replies[0].acts == (act,)


async def test_failures_are_counted(generate):
    labels = {"response": "crash", "language": "en"}
    before = REGISTRY.get_sample_value("deskbell_responses_unrendered_total", labels) or 0
    await generate(planned("crash", arguments={"zero": 0}))
    assert REGISTRY.get_sample_value("deskbell_responses_unrendered_total", labels) == before + 1


@pytest.mark.parametrize("words", ["{{ 7 * 7 }}", "{% for x in y %}", "response:hello", "<b>"])
async def test_a_customers_words_are_never_a_template(generate, words):
    assert (await generate(planned("echo", arguments={"words": words}))).replies[0].text == f"You said {words}"


async def test_a_customers_words_in_a_component_call_no_response(generate):
    card = {"type": "order_card", "address": "response:hello"}
    (reply,) = (await generate(planned("hello", components=(card,)))).replies
    assert reply.components == (card,)


async def test_the_shop_may_leave_the_apology_to_deskbell(generate):
    (reply,) = (await generate(planned("no_such_response"))).replies
    assert reply.text.startswith("Sorry")


@pytest.mark.parametrize("text", ["internal_error: '{{ name }}'", "hello: '{{ '"])
def test_a_shop_that_could_not_even_apologise_does_not_start(shop_dir, text):
    (shop_dir / "responses/en.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"en\.yaml"):
        JinjaResponses(load_shop(shop_dir))


async def test_the_service_is_joined_over_a_shop_folder(shop_dir):
    world = World(Settings(shop_dir=shop_dir), bus=None, state=None, cache=None, database_url="")
    async with build(world) as service:
        (out,) = [m async for m in service.handles[ReplyPlanned](plan_of(planned("hello")), Claim("go", 1))]
    assert (service.name, out.responses) == ("generator", ("hello",))

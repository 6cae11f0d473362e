"""Plans become replies in both languages; what cannot be worded becomes an apology that keeps the facts."""

from typing import Any

import pytest

from services.generator.handlers.planned import Generator
from shared.contracts.messages import Act, Expects, Option, PlannedReply, PreviewShown, ReplyCompleted, ReplyPlanned
from shared.errors import Rejected
from shared.ports import Claim
from shared.wording import CannotSay, Wording

RESPONSES = {
    "en": {
        "hello": ["Welcome to {{ shop.title }}!"],
        "refund": ["{{ amount | money('CNY') }} for {{ item }} by {{ due | date }}, {{ policies.days }} days"],
        "choose": ["Which?{% for option in options %} {{ loop.index }}) {{ option.label }}{% endfor %}"],
        "choice_size": ["Wrong size"],
        "effect": ["Cancel {{ target }}"],
        "variants": ["one", "two", "three"],
        "internal_error": ["Sorry, our mistake."],
        "answer_from_knowledge": ["{{ passage }}"],
    },
    "zh": {
        "hello": ["欢迎光临{{ shop.title }}！"],
        "refund": ["{{ item }}：{{ amount | money('CNY') }}，{{ due | date }}前，{{ policies.days }}天"],
        "internal_error": ["抱歉，我们出错了。"],
    },
}
WORDING = Wording(RESPONSES, {"shop": {"title": {"en": "Maple", "zh": "枫"}}, "policies": {"days": "5-7"}})


async def worded(*replies: PlannedReply, language: str = "en") -> ReplyCompleted:
    planned = ReplyPlanned(
        message_id="m", conversation_id="c", turn=4, token="t", deadline_at=1.0, language=language, replies=replies
    )
    completed = [message async for message in Generator(WORDING).on_reply_planned(planned, Claim("go", 1))]
    assert len(completed) == 1
    return completed[0]


def plan(response: str, **more: Any) -> PlannedReply:
    return PlannedReply(id="r1", response=response, **more)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "¥1,299.50 for boots by 3 December 2026, 5-7 days"), ("zh", "靴子：¥1,299.50，2026年12月3日前，5-7天")],
)
async def test_a_response_is_filled_in_the_customers_language(language: str, text: str) -> None:
    arguments = {"amount": "1299.5", "item": {"en": "boots", "zh": "靴子"}, "due": "2026-12-03T10:00:00+08:00"}
    done = await worded(plan("refund", arguments=arguments), language=language)
    assert (done.replies[0].text, done.replies[0].language, done.replies[0].turn) == (text, language, 4)
    assert done.responses == ("refund",)


async def test_labels_effects_and_components_are_worded() -> None:
    preview = PreviewShown(id="p", action="cancel_order", target="MB1", effect="response:effect", expires_at="later")
    asked = plan("choose", expects=Expects(kind="choice", options=(Option(id="size", label="response:choice_size"),)))
    shown = plan(
        "hello", arguments={"target": "MB1"}, expects=Expects(kind="confirmation", preview=preview),
        components=({"type": "preview", "effect": "response:effect", "facts": {"amount": "1"}},),
    )  # fmt: skip
    first, second = (await worded(asked, shown)).replies
    assert first.text == "Which? 1) Wrong size"
    assert first.expects.options[0].label == "Wrong size"
    assert second.expects.preview and second.expects.preview.effect == "Cancel MB1"
    assert second.components[0]["effect"] == "Cancel MB1"


async def test_a_redelivered_plan_is_worded_the_same() -> None:
    assert await worded(plan("variants")) == await worded(plan("variants"))
    texts = {WORDING.say("variants", "en", {}, f"reply {n}") for n in range(50)}
    assert texts == {"one", "two", "three"}


async def test_what_cannot_be_worded_is_an_apology_that_keeps_the_acts() -> None:
    act = Act(action="cancel_order", target="MB1", receipt="R-1")
    for broken in (plan("refund", acts=(act,)), plan("no_such_response", acts=(act,))):
        reply = (await worded(broken)).replies[0]
        assert (reply.text, reply.acts, reply.id) == ("Sorry, our mistake.", (act,), "r1")


async def test_a_preview_that_cannot_be_worded_ends_the_turn_as_failed() -> None:
    preview = PreviewShown(id="p", action="cancel_order", target="MB1", effect="response:effect", expires_at="later")
    with pytest.raises(Rejected):
        await worded(plan("hello", expects=Expects(kind="confirmation", preview=preview)))


async def test_silence_stays_silence() -> None:
    assert (await worded()).replies == ()


async def test_answers_from_pages_say_so() -> None:
    assert (await worded(plan("answer_from_knowledge", arguments={"passage": "30 days"}))).replies[0].by == "knowledge"


HOSTILE = ["{{ ''.__class__.__mro__ }}", "{{ shop.__init__ }}", "{{ range(10**9) | list }}", "{{ items.append(1) }}"]


@pytest.mark.parametrize("template", HOSTILE)
def test_templates_stay_in_their_sandbox(template: str) -> None:
    wording = Wording({"en": {"evil": [template]}}, {"shop": {}})
    with pytest.raises(CannotSay):
        wording.say("evil", "en", {"items": []})


def test_arguments_are_text_not_templates() -> None:
    wording = Wording({"en": {"echo": ["{{ text }}"]}}, {})
    assert wording.say("echo", "en", {"text": "{{ 7 * 7 }} %s {0}"}) == "{{ 7 * 7 }} %s {0}"


async def test_wordings_take_turns_and_a_recomputed_plan_says_the_same() -> None:
    said = [(await worded(plan("variants", before=before))).replies[0].text for before in range(6)]
    assert set(said[:3]) == {"one", "two", "three"}
    assert said[:3] == said[3:]
    assert (await worded(plan("variants", before=4))).replies[0].text == said[4]

"""A model phrases answers from the shop's pages; whatever its server does, one grounded answer comes in time."""

import asyncio
import time
from contextlib import asynccontextmanager
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.generator.domain.check import Ground
from services.generator.domain.prompt import knowledge_prompt
from services.generator.handlers.phrasing import Phraser
from services.generator.handlers.planned import Generator
from shared.contracts.messages import Act, PlannedReply, Reply, ReplyPlanned, Source
from shared.llm import Breaker
from shared.ports import Claim
from shared.wording import Wording
from tests.harness.fake_llm import MODES
from tests.harness.phrasing import QUICK, Listener, fake_rung

PASSAGE = {
    "en": "You can return unworn items within 30 days of delivery. Return freight is paid by the buyer.",
    "zh": "签收后30天内，未穿过的商品可以退货。退货运费由买家承担。",
}
GOOD = {"en": "You have 30 days to send back unworn items.", "zh": "未穿过的商品，签收后30天内可以退货。"}
WORDING = Wording(
    {code: {"answer_from_knowledge": ["{{ passage }}"], "done": ["{{ passage }}"]} for code in PASSAGE}, {}
)
ANSWERED = {"normal", "no_schema", "endless"}
"""Modes in which something usable is said."""


def plan(language: str = "en", question: str = "How long can I return things?", **more: Any) -> ReplyPlanned:
    passage = PASSAGE[language]
    reply = PlannedReply(
        id="r1",
        response=more.pop("response", "answer_from_knowledge"),
        arguments={"question": question, "passage": passage},
        sources=(Source(title="Returns", passage=passage),),
        **more,
    )
    return ReplyPlanned(
        message_id="m", conversation_id="c", turn=4, token="t", deadline_at=time.time() + 30, language=language,
        replies=(reply,),
    )  # fmt: skip


@asynccontextmanager
async def generator_with_model(breaker: Breaker | None = None, listener: Listener | None = None):
    async with fake_rung(breaker=breaker) as (server, rung):
        yield server, Generator(WORDING, Phraser([rung], (listener or Listener()).around()))


async def word(generator: Generator, planned: ReplyPlanned) -> Reply:
    completed = [message async for message in generator.on_reply_planned(planned, Claim("go", 1))]
    assert len(completed) == 1
    (reply,) = completed[0].replies
    return reply


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_answer_that_passes_is_the_models(language: str) -> None:
    before = counted("deskbell_llm_replies_total", model="server", end="released")
    async with generator_with_model() as (server, generator):
        server.answer = GOOD[language]
        reply = await word(generator, plan(language))
    assert (reply.text, reply.by) == (GOOD[language], "llm")
    assert [source.title for source in reply.sources] == ["Returns"]
    assert counted("deskbell_llm_replies_total", model="server", end="released") == before + 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("mode", sorted(MODES.keys() - ANSWERED))
async def test_whatever_the_server_does_the_grounded_answer_comes_in_time(mode: str, language: str) -> None:
    began = time.monotonic()
    async with generator_with_model() as (server, generator):
        server.mode, server.answer, server.stall_at = mode, "You have" if mode == "cut_short" else GOOD[language], 3
        reply = await word(generator, plan(language))
    assert (reply.text, reply.by) == (PASSAGE[language], "knowledge")
    assert time.monotonic() - began < QUICK.total_s + 3
    assert len(server.requests) >= 1


async def test_a_model_that_repeats_itself_is_cut_off_before_it_does() -> None:
    listener = Listener()
    async with generator_with_model(listener=listener) as (server, generator):
        server.mode, server.answer = "endless", GOOD["en"]
        reply = await word(generator, plan())
        await asyncio.wait_for(server.left.wait(), 5)
    assert (reply.text, reply.by, listener.seen) == (GOOD["en"], "llm", GOOD["en"])


async def test_a_false_sentence_is_dropped_and_counted() -> None:
    before = counted("deskbell_llm_faults_total", kind="person")
    async with generator_with_model() as (server, generator):
        server.answer = f"{GOOD['en']} The seller pays the return freight."
        reply = await word(generator, plan())
    assert (reply.text, reply.by) == (GOOD["en"], "llm")
    assert counted("deskbell_llm_faults_total", kind="person") == before + 1


@pytest.mark.parametrize(
    "answer",
    [
        "You can return unworn items within 60 days of delivery.",
        "Return freight is paid by the seller.",
        "I have returned the item for you.",
        "Thanks for asking! Happy to help.",
    ],
)
async def test_a_false_or_empty_reply_is_replaced(answer: str) -> None:
    async with generator_with_model() as (server, generator):
        server.answer = answer
        reply = await word(generator, plan())
    assert (reply.text, reply.by) == (PASSAGE["en"], "knowledge")


@pytest.mark.parametrize("more", [{"response": "done"}, {"acts": (Act(action="a", target="t", receipt="R-1"),)}])
async def test_everything_else_is_never_shown_to_a_model(more: dict[str, Any]) -> None:
    async with generator_with_model() as (server, generator):
        reply = await word(generator, plan(**more))
    assert reply.by != "llm"
    assert server.requests == []


async def test_a_turn_that_is_nearly_over_asks_nobody() -> None:
    late = plan().model_copy(update={"deadline_at": time.time() + 2})
    async with generator_with_model() as (server, generator):
        assert (await word(generator, late)).by == "knowledge"
    assert server.requests == []


async def test_a_server_that_keeps_failing_is_left_alone() -> None:
    async with generator_with_model(Breaker(failures=1)) as (server, generator):
        server.mode = "unauthorised"
        for _ in range(3):
            assert (await word(generator, plan())).by == "knowledge"
    assert len(server.requests) == 1


async def test_a_prompt_holds_only_its_own_turn() -> None:
    async with generator_with_model() as (server, generator):
        for canary in ("CANARY-1", "CANARY-2"):
            await word(generator, plan(question=f"May I return {canary}?"))
    first, second = (asked.prompt for asked in server.requests)
    assert "CANARY-1" in first and "CANARY-1" not in second
    assert "CANARY-2" in second and PASSAGE["en"] in second


def test_a_long_question_is_cut() -> None:
    assert len(knowledge_prompt("why? " * 1000, Ground("en", (PASSAGE["en"],))).question) < 700


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Can I return MB10002? I am emma@example.eu", "Can I return …? I am …"),
        ("我的电话是13800138000，订单MB10002能退吗", "我的电话是…，订单…能退吗"),
        ("Is it 30 days, and size 42?", "Is it 30 days, and size 42?"),
    ],
)
def test_personal_details_are_left_out_of_the_prompt(question: str, asked: str) -> None:
    assert knowledge_prompt(question, Ground("en", (PASSAGE["en"],))).question == f"Question: {asked}"

"""Replies are streamed sentence by sentence, and stopped as soon as nobody reads them."""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from services.generator.handlers.phrasing import Phraser
from services.generator.handlers.planned import Generator
from services.generator.ports import Limits
from shared.contracts.messages import PlannedReply, Reply, ReplyPlanned, Source
from shared.llm import Breaker
from shared.ports import Claim
from shared.wording import Wording
from tests.harness.phrasing import Listener, fake_rung

PAGE = "You can return unworn items within 30 days of delivery. Return freight is paid by the buyer."
GOOD, ALSO, FALSE = (
    "You have 30 days to return unworn items.",
    "The buyer pays the return freight.",
    "You have 60 days to return unworn items.",
)
WORDING = Wording({"en": {"answer_from_knowledge": ["{{ passage }}"], "thanks": ["You're welcome!"]}}, {})
PATIENT = Limits()


def plan(*responses: str) -> ReplyPlanned:
    replies = tuple(
        PlannedReply(
            id=f"r{place}",
            response=response,
            arguments={"question": "How long can I return things?", "passage": PAGE},
            sources=(Source(title="Returns", passage=PAGE),),
        )
        for place, response in enumerate(responses or ("answer_from_knowledge",))
    )
    return ReplyPlanned(
        message_id="m", conversation_id="c", turn=4, token="t", deadline_at=time.time() + 30, language="en",
        replies=replies,
    )  # fmt: skip


@asynccontextmanager
async def desk(*names: str, limits: Limits = PATIENT, failures: int = 3):
    """A listener, the fake servers in the order of the ladder, and the generator."""
    async with AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(fake_rung(name, limits, Breaker(failures))) for name in names or ("server",)
        ]
        listener = Listener()
        generator = Generator(WORDING, Phraser([rung for _, rung in found], listener.around()))
        yield listener, [server for server, _ in found], generator


async def word(generator: Generator, planned: ReplyPlanned | None = None, attempt: int = 1) -> tuple[Reply, ...]:
    (completed,) = [done async for done in generator.on_reply_planned(planned or plan(), Claim("go", attempt))]
    return completed.replies


async def test_checked_sentences_are_shown_while_the_model_still_writes() -> None:
    async with desk() as (listener, (server,), generator):
        server.answer, server.mode, server.stall_at = f"{GOOD} {FALSE} {ALSO} Well", "stall", 22
        working = asyncio.create_task(word(generator))
        await asyncio.wait_for(listener.saw.wait(), 5)
        assert not working.done()
        assert listener.seen.startswith(GOOD)
        working.cancel()
        await asyncio.wait({working})
        await asyncio.wait_for(server.left.wait(), 1)


async def test_the_completed_text_is_what_the_customer_saw() -> None:
    async with desk() as (listener, (server,), generator):
        server.answer = f"Sure! {GOOD} {FALSE} {ALSO}"
        (reply,) = await word(generator)
    assert (reply.text, reply.by) == (f"Sure! {GOOD} {ALSO}", "llm")
    assert listener.seen == reply.text
    assert [(chunk.turn, chunk.attempt, chunk.index) for chunk in listener.chunks] == [(4, 1, 0), (4, 1, 1)]


async def test_a_reply_that_fails_after_something_was_shown_is_replaced() -> None:
    async with desk() as (listener, (server,), generator):
        server.answer = f"{GOOD} {FALSE} I have returned it for you."
        (reply,) = await word(generator)
    assert listener.seen == GOOD
    assert (reply.text, reply.by) == (PAGE, "knowledge")
    assert [record["faults"] for record in listener.failed] != []


async def test_pieces_carry_the_attempt_and_several_replies_are_kept_apart() -> None:
    async with desk() as (listener, (server,), generator):
        server.answer = GOOD
        await word(generator, plan("answer_from_knowledge", "answer_from_knowledge"), attempt=3)
    assert [(chunk.attempt, chunk.index, chunk.text) for chunk in listener.chunks] == [
        (3, 0, GOOD),
        (3, 1, f"\n\n{GOOD}"),
    ]


@pytest.mark.alone
@pytest.mark.parametrize(("why", "text", "by"), [("stopped", GOOD, "llm"), ("left", PAGE, "knowledge")])
async def test_who_stops_or_leaves_frees_the_model_within_200_ms(why: str, text: str, by: str) -> None:
    async with desk() as (listener, (server,), generator):
        server.answer, server.mode = f"{GOOD} {ALSO} Well", "stall"
        server.stall_at = 13
        working = asyncio.create_task(word(generator))
        await asyncio.wait_for(listener.saw.wait(), 5)
        began = time.monotonic()
        listener.attentions[0].end(why)
        await asyncio.wait_for(server.left.wait(), 2)
        assert time.monotonic() - began < 0.2
        (reply,) = await asyncio.wait_for(working, 2)
    assert (reply.text, reply.by) == (text, by)


async def test_who_stops_before_a_word_gets_the_grounded_answer() -> None:
    async with desk() as (listener, (server,), generator):
        server.mode = "silent"
        working = asyncio.create_task(word(generator))
        while not server.requests:
            await asyncio.sleep(0.01)
        listener.attentions[0].end("stopped")
        (reply,) = await asyncio.wait_for(working, 2)
    assert (reply.text, listener.chunks) == (PAGE, [])


@pytest.mark.parametrize("mode", ["refuse", "unauthorised", "rate_limited", "broken", "silent", "empty_after_stall"])
async def test_the_next_rung_speaks_where_the_first_gives_no_answer(mode: str) -> None:
    limits = Limits(first_token_s=0.3, token_s=0.3, total_s=2)
    async with desk("server", "local", limits=limits) as (listener, (first, second), generator):
        first.mode, first.answer, first.stall_at = ("stall" if mode == "empty_after_stall" else mode), GOOD, 2
        second.answer = GOOD
        (reply,) = await word(generator)
    assert (reply.text, reply.by, listener.seen) == (GOOD, "llm", GOOD)
    assert len(second.requests) == 1


async def test_no_other_model_goes_on_where_one_broke_off_before_the_customers_eyes() -> None:
    async with desk("server", "local", limits=Limits(0.3, 0.3, 2)) as (listener, (first, second), generator):
        first.mode, first.answer, first.stall_at = "stall", f"{GOOD} {ALSO}", 10
        (reply,) = await word(generator)
    assert (listener.seen, reply.text, second.requests) == (GOOD, PAGE, [])


async def test_a_rung_that_rests_costs_no_time() -> None:
    async with desk("server", "local", failures=1) as (_, (first, second), generator):
        first.mode, second.answer = "unauthorised", GOOD
        for _ in range(3):
            await word(generator)
    assert (len(first.requests), len(second.requests)) == (1, 3)


async def test_all_rungs_together_keep_the_deadline() -> None:
    async with desk("server", "local", limits=Limits(1.5, 1.5, 1.5)) as (_, (first, second), generator):
        first.mode = second.mode = "silent"
        began = time.monotonic()
        planned = plan().model_copy(update={"deadline_at": time.time() + 3 + 2.6})
        (reply,) = await word(generator, planned)
    assert time.monotonic() - began < 3
    assert (reply.text, len(second.requests)) == (PAGE, 1)


async def test_small_talk_may_be_nothing_but_courtesy() -> None:
    async with desk() as (listener, (server,), generator):
        server.answer = "You're very welcome!"
        (reply,) = await word(generator, plan("thanks"))
    assert (reply.text, reply.by, listener.seen) == (server.answer, "llm", server.answer)


async def test_an_offer_keeps_its_own_text_below_the_models() -> None:
    offer = "1) Rain Jacket, €89.90\n2) Wool Coat, €149.00"
    wording = Wording({"en": {"goods_found": [offer]}}, {})
    listener = Listener()
    async with fake_rung() as (server, rung):
        server.answer = "The Rain Jacket is €89.90. The Wool Coat is €99.00."
        (reply,) = await word(Generator(wording, Phraser([rung], listener.around())), plan("goods_found"))
    assert reply.text == f"The Rain Jacket is €89.90.\n\n{offer}" == listener.seen


async def test_over_budget_the_page_speaks_and_nobody_is_asked() -> None:
    async with desk() as (listener, (server,), generator):
        listener.tokens_left = 100
        (reply,) = await word(generator)
    assert (reply.text, server.requests, listener.tokens_left) == (PAGE, [], 100)


async def test_what_is_used_is_counted_and_what_fails_at_once_costs_nothing() -> None:
    async with desk() as (listener, (server,), generator):
        before = listener.tokens_left
        server.mode = "unauthorised"
        await word(generator)
        assert listener.tokens_left == before
        server.mode, server.answer = "normal", GOOD
        await word(generator)
    assert 0 < before - listener.tokens_left < replace(PATIENT).max_tokens


async def test_a_redelivery_in_the_middle_begins_again_under_a_higher_attempt() -> None:
    async with desk() as (listener, (server,), generator):
        server.answer, server.mode, server.stall_at = f"{GOOD} {ALSO}", "stall", 10
        first = asyncio.create_task(word(generator, attempt=1))
        await asyncio.wait_for(listener.saw.wait(), 5)
        first.cancel()
        server.mode = "normal"
        (reply,) = await word(generator, attempt=2)
    assert listener.seen == reply.text == f"{GOOD} {ALSO}"

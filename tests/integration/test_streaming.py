"""From the model's server to the customer's WebSocket: real gateway, generator and Valkey; plans are scripted."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from services.generator.service import build
from shared.bus.consumer import Consumer
from shared.contracts.messages import MessageReceived, PlannedReply, ReplyPlanned, Source
from shared.store.turns import RedisTurns
from tests.harness.fake_llm import MODES, FakeLlm, fake_llm
from tests.integration.gateway_stack import Gateway, Socket, running_gateway

PAGE = "You can return unworn items within 30 days of delivery. Return freight is paid by the buyer."
GOOD, ALSO = "You have 30 days to return unworn items.", "The buyer pays the return freight."
QUICK = {"GENERATOR_FIRST_TOKEN_S": "0.5", "GENERATOR_TOKEN_S": "0.5", "GENERATOR_TOTAL_S": "2"}
PATIENT = {"GENERATOR_FIRST_TOKEN_S": "8", "GENERATOR_TOKEN_S": "8"}


def plan(received: MessageReceived) -> ReplyPlanned:
    """The dialogue's part: whatever is asked, the page about returns answers."""
    reply = PlannedReply(
        id=f"{received.conversation_id}-{received.turn}",
        response="answer_from_knowledge",
        arguments={"question": received.input.text, "passage": PAGE},
        sources=(Source(title="Returns", passage=PAGE),),
    )
    return ReplyPlanned.after(received, language="en", replies=(reply,))


@dataclass
class Desk:
    """A gateway and the model's server; generators join and leave."""

    gateway: Gateway
    server: FakeLlm

    @asynccontextmanager
    async def generator(self) -> AsyncIterator[None]:
        async with build(self.gateway.world) as service, asyncio.TaskGroup() as owner:
            loops = [owner.create_task(loop()) for loop in service.loops]
            async with Consumer(self.gateway.bus, RedisTurns(self.gateway.world.state), service).running(0):
                yield
            for loop in loops:
                loop.cancel()


@asynccontextmanager
async def desk(state_url: str, **settings: str) -> AsyncIterator[Desk]:
    async with fake_llm() as server:
        env = {"LLM_URL": server.url, "LLM_MODEL": "test", **settings}
        async with running_gateway(state_url, **env) as gateway:
            gateway.answerer.script = plan  # type: ignore[assignment]
            yield Desk(gateway, server)


async def ask(wire: Socket, text: str = "How long can I return things?", own_id: str = "m1") -> None:
    await wire.send(type="message", client_message_id=own_id, text=text)


async def seen_until_end(wire: Socket) -> tuple[str, list[dict[str, object]]]:
    """What the chunks of the last attempt add up to, and the replies."""
    pieces: dict[int, list[str]] = {}
    replies = []
    while (frame := await wire.next("reply.chunk", "reply", "turn.ended", within_s=10))["type"] != "turn.ended":
        if frame["type"] == "reply":
            replies.append(frame["reply"])
        else:
            pieces.setdefault(frame["attempt"], []).append(frame["text"])
    return "".join(pieces[max(pieces)]) if pieces else "", replies


async def test_a_customer_reads_sentence_by_sentence_what_the_reply_then_says(state_url: str) -> None:
    async with desk(state_url, **QUICK) as at, at.generator():
        at.server.answer, at.server.token_s = f"{GOOD} You have 90 days. {ALSO}", 0.01
        talk = await at.gateway.begin()
        async with talk.socket() as wire:
            await ask(wire)
            first = await wire.next("reply.chunk")
            assert (first["turn"], first["attempt"], first["index"], first["text"]) == (1, 1, 0, GOOD)
            second = await wire.next("reply.chunk")
            reply = (await wire.next("reply"))["reply"]
    assert (reply["text"], reply["by"]) == (f"{GOOD} {ALSO}", "llm")
    assert first["text"] + second["text"] == reply["text"]


@pytest.mark.alone
async def test_stop_frees_the_model_within_200_ms_and_the_turn_ends_with_what_was_read(state_url: str) -> None:
    async with desk(state_url, **PATIENT) as at, at.generator():
        at.server.mode, at.server.answer, at.server.stall_at = "stall", f"{GOOD} {ALSO}", 10
        talk = await at.gateway.begin()
        async with talk.socket() as wire:
            await ask(wire)
            await wire.next("reply.chunk")
            began = time.monotonic()
            await wire.send(type="stop", turn=1)
            await asyncio.wait_for(at.server.left.wait(), 2)
            took_s = time.monotonic() - began
            reply = (await wire.next("reply"))["reply"]
    assert took_s < 0.2
    assert (reply["text"], reply["by"]) == (GOOD, "llm")


@pytest.mark.alone
async def test_when_the_last_reader_leaves_the_model_is_freed_and_a_whole_answer_waits(state_url: str) -> None:
    async with desk(state_url, **PATIENT) as at, at.generator():
        at.server.mode, at.server.answer, at.server.stall_at = "stall", f"{GOOD} {ALSO}", 10
        talk = await at.gateway.begin()
        async with talk.socket() as stays:
            async with talk.socket() as wire:
                await ask(wire)
                await wire.next("reply.chunk")
            await asyncio.sleep(0.3)
            assert not at.server.left.is_set(), "one reader is left"
            await stays.next("reply.chunk")
        began = time.monotonic()
        await asyncio.wait_for(at.server.left.wait(), 2)
        assert time.monotonic() - began < 0.2
        async with talk.socket() as wire:
            reply = (await wire.next("reply"))["reply"]
    assert (reply["text"], reply["by"]) == (PAGE, "knowledge")


async def test_who_only_reads_the_log_gets_the_models_answer_too(state_url: str) -> None:
    async with desk(state_url, **QUICK) as at, at.generator():
        at.server.answer, at.server.token_s = f"{GOOD} {ALSO}", 0.03
        talk = await at.gateway.begin()
        await talk.post("messages", {"client_message_id": "m1", "text": "How long can I return things?"})
        body = await talk.say("How long can I return things?", "m1")
    assert [reply["by"] for reply in body["replies"]] == ["llm"]


async def test_a_worker_that_dies_in_the_middle_of_a_stream_leaves_one_final_text(state_url: str) -> None:
    async with desk(state_url, **PATIENT) as at:
        at.server.mode, at.server.answer, at.server.stall_at = "stall", f"{GOOD} {ALSO}", 10
        talk = await at.gateway.begin()
        async with talk.socket() as wire:
            async with at.generator():
                await ask(wire)
                assert (await wire.next("reply.chunk"))["attempt"] == 1
            at.server.mode = "normal"
            async with at.generator():
                seen, replies = await seen_until_end(wire)
        log = (await talk.get("events")).json()["events"]
    assert [reply["text"] for reply in replies] == [f"{GOOD} {ALSO}"] == [seen]
    assert [event["type"] for event in log].count("reply") == 1


@pytest.mark.parametrize("mode", sorted(MODES))
async def test_every_mode_ends_in_one_grounded_answer_within_the_deadline(mode: str, state_url: str) -> None:
    async with desk(state_url, **QUICK) as at, at.generator():
        at.server.mode, at.server.stall_at = mode, 3
        at.server.answer = GOOD
        talk = await at.gateway.begin()
        began = time.monotonic()
        async with talk.socket() as wire:
            await ask(wire)
            seen, replies = await seen_until_end(wire)
    assert time.monotonic() - began < 4
    (reply,) = replies
    assert reply["text"] in (PAGE, GOOD)
    assert (reply["by"] == "llm") == (reply["text"] == GOOD)
    assert seen in ("", reply["text"])


async def test_a_flood_stays_within_the_day(state_url: str) -> None:
    """50 callers at once, 8 questions each, all of one day's budget: the server's own count never passes the cap."""
    cap = 30_000
    async with desk(state_url, **QUICK, GENERATOR_DAILY_TOKENS=str(cap)) as at, at.generator():
        at.server.answer = GOOD
        said = await asyncio.gather(*(_several(at, count=8) for _ in range(50)))
        spent = sum(asked.body["max_tokens"] + len(asked.prompt.encode()) // 3 for asked in at.server.requests)
    answers = [by for caller in said for by in caller]
    assert len(answers) == 400
    assert {"llm", "knowledge"} == set(answers)
    used = answers.count("llm") * (len(at.server.requests[0].prompt.encode()) + len(GOOD)) // 3
    assert used <= cap * 1.05 < spent


async def _several(at: Desk, count: int) -> list[str]:
    talk = await at.gateway.begin()
    bodies = [await talk.say("How long can I return things?", f"m{n}", wait_s=30) for n in range(count)]
    return [reply["by"] for body in bodies for reply in body["replies"]]


async def test_one_customer_or_address_cannot_spend_what_others_need(state_url: str) -> None:
    caps = {"GENERATOR_CUSTOMER_TOKENS": "1200", "GENERATOR_ADDRESS_TOKENS": "1900", "LIMIT_LOOPBACK": "1"}
    async with desk(state_url, **QUICK, **caps) as at, at.generator():
        at.server.answer = GOOD
        first, second, third = [await _several(at, count=8) for _ in range(3)]
    assert first[0] == "llm" and first[-1] == "knowledge"
    assert second[0] == "llm" and second[-1] == "knowledge"
    assert set(third) == {"knowledge"}, "the address has spent its share"


async def test_nothing_of_one_customer_reaches_the_prompt_of_another(state_url: str) -> None:
    async with desk(state_url, **QUICK, LLM_API_KEY="the-key") as at, at.generator():
        at.server.answer, at.server.token_s = f"{GOOD} {ALSO}", 0.002
        talks = [await at.gateway.begin() for _ in range(12)]

        async def converse(number: int) -> None:
            for turn in range(3):
                words = f"Can canary{number}word{turn} be returned? I am canary{number}@example.eu, MB{number}0002"
                await talks[number].say(words, f"m{turn}", wait_s=20)

        await asyncio.gather(*(converse(number) for number in range(len(talks))))
    assert len(at.server.requests) == 36
    told = {f"canary{number}word{turn}" for number in range(12) for turn in range(3)}
    for asked in at.server.requests:
        assert len([canary for canary in told if f"{canary} " in asked.prompt]) == 1
        assert asked.prompt.count("canary") == 1, "the address is masked"
        for secret in ("example.eu", "0002", "the-key", "deskbell", *(talk.id for talk in talks)):
            assert secret not in asked.prompt
        assert asked.body.keys() <= {"model", "messages", "max_tokens", "temperature", "stream", "stream_options"}

"""The client against a server that fails in every way: an answer or one LlmError, always in time."""

import asyncio
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from pydantic import SecretStr

from shared.llm import ChatMessage, ChatRequest, Deadlines, LlmError, LlmServer, open_llm
from tests.harness.fake_llm import REFUSAL, TOOL_JSON, WRONG_LANGUAGE, fake_llm
from tests.harness.waiting import eventually

ASK = ChatRequest((ChatMessage("system", "Be brief."), ChatMessage("user", "Wo ist mein Päckchen?")), max_tokens=50)
QUICK = Deadlines(first_token_s=0.5, token_s=0.4, total_s=2)
LONG = " ".join(f"word{n}" for n in range(30))


@asynccontextmanager
async def asked_of_fake():
    async with fake_llm() as server:
        url = SecretStr(f"{server.url}/chat/completions")
        async with open_llm(LlmServer(url, "test", SecretStr("key-1"))) as client:
            yield server, client


async def collect(client, seen, request=ASK, deadlines=QUICK):
    async with client.chat(request, deadlines) as chunks:
        async for chunk in chunks:
            seen.append(chunk)
    return seen


async def test_an_answer_comes_in_pieces_with_its_end_and_its_cost():
    async with asked_of_fake() as (server, client):
        server.answer = "On its way, 明天到。"
        seen = await collect(client, [])
    assert "".join(chunk.text for chunk in seen) == "On its way, 明天到。"
    assert len([chunk for chunk in seen if chunk.text]) == 7
    assert [chunk.finish for chunk in seen if chunk.finish] == ["stop"]
    assert [chunk.usage.completion for chunk in seen if chunk.usage] == [7]
    (asked,) = server.requests
    assert asked.headers["authorization"] == "Bearer key-1"
    assert asked.body["messages"][1] == {"role": "user", "content": "Wo ist mein Päckchen?"}
    assert (asked.body["model"], asked.body["max_tokens"]) == ("test", 50)


async def test_pieces_are_handed_on_as_they_come():
    async with asked_of_fake() as (server, client):
        server.mode, server.stall_at, server.answer = "stall", 3, LONG
        async with client.chat(ASK, Deadlines()) as chunks:
            assert [(await anext(chunks)).text for _ in range(3)] == ["word0", " word1", " word2"]


async def test_a_server_that_counts_nothing_is_fine():
    async with asked_of_fake() as (server, client):
        server.usage = False
        reply = await client.complete(ASK, QUICK)
    assert (reply.text, reply.finish, reply.usage) == ("Hello! How can I help you?", "stop", None)


@pytest.mark.parametrize(
    ("mode", "text", "finish"),
    [
        ("empty", "", "stop"),
        ("tool_json", TOOL_JSON, "stop"),
        ("tool_calls", "", "tool_calls"),
        ("wrong_language", WRONG_LANGUAGE, "stop"),
        ("refusal", REFUSAL, "stop"),
        ("cut_short", "Hello! How can I help you?", "length"),
    ],
)
async def test_what_is_an_answer_is_handed_over_for_others_to_judge(mode, text, finish):
    async with asked_of_fake() as (server, client):
        server.mode = mode
        reply = await client.complete(ASK, QUICK)
    assert (reply.text, reply.finish) == (text, finish)


@pytest.mark.parametrize(
    ("mode", "kind", "tries"),
    [
        ("refuse", "unreachable", 2),
        ("silent", "slow", 1),
        ("stall", "slow", 1),
        ("cut", "broken", 1),
        ("heartbeats_only", "slow", 1),
        ("one_endless_line", "broken", 1),
        ("invalid_utf8", "broken", 1),
        ("not_json", "broken", 1),
        ("unauthorised", "rejected", 1),
        ("unknown_model", "rejected", 1),
        ("overloaded", "busy", 2),
        ("broken", "failing", 2),
    ],
)
async def test_every_failure_is_one_error_in_time(mode, kind, tries):
    async with asked_of_fake() as (server, client):
        server.mode, server.stall_at, server.answer = mode, 7, LONG
        started = monotonic()
        with pytest.raises(LlmError) as caught:
            await client.complete(ASK, QUICK)
    assert caught.value.kind == kind
    assert len(server.requests) == tries
    assert monotonic() - started < QUICK.total_s + 0.5
    assert "word" not in str(caught.value) and "key-1" not in str(caught.value)


async def test_nobody_at_the_address():
    async with asked_of_fake() as (server, _):
        url = SecretStr(f"{server.url}/chat/completions")
    async with open_llm(LlmServer(url, "test")) as client:
        with pytest.raises(LlmError) as caught:
            await client.complete(ASK, QUICK)
    assert caught.value.kind == "unreachable"


async def test_the_first_token_has_its_own_deadline():
    async with asked_of_fake() as (server, client):
        server.first_token_s = 5
        with pytest.raises(LlmError) as caught:
            await client.complete(ASK, Deadlines(first_token_s=0.2, token_s=9, total_s=9))
    assert caught.value.kind == "slow"


async def test_the_whole_answer_has_a_deadline_however_steadily_it_comes():
    async with asked_of_fake() as (server, client):
        server.mode, server.token_s = "endless", 0.05
        seen = []
        with pytest.raises(LlmError) as caught:
            await collect(client, seen, deadlines=Deadlines(1, 1, 0.5))
    assert caught.value.kind == "slow"
    assert 3 < len(seen) < 20


async def test_a_server_that_does_not_stop_is_cut_off_at_what_it_was_asked_for():
    async with asked_of_fake() as (server, client):
        server.mode = "endless"
        reply = await client.complete(ASK, QUICK)
        await asyncio.wait_for(server.left.wait(), 2)
    assert reply.finish == "length"
    assert len(reply.text.split()) == ASK.max_tokens


@pytest.mark.parametrize("mode", ["refuse", "broken", "overloaded"])
async def test_a_failure_before_the_first_token_is_tried_again(mode):
    async with asked_of_fake() as (server, client):
        server.expect(mode)
        assert (await client.complete(ASK, QUICK)).text
        assert len(server.requests) == 2


async def test_a_busy_server_is_given_the_time_it_asks_for_if_there_is_so_much():
    async with asked_of_fake() as (server, client):
        server.expect("rate_limited", "normal", "rate_limited")
        started = monotonic()
        await client.complete(ASK, Deadlines(first_token_s=3))
        assert monotonic() - started >= 1
        with pytest.raises(LlmError) as caught:
            await client.complete(ASK, QUICK)
    assert (caught.value.kind, caught.value.retry_after_s) == ("busy", 1)
    assert len(server.requests) == 3


async def test_who_stops_listening_ends_the_request_at_once():
    async with asked_of_fake() as (server, client):
        server.mode, server.token_s = "endless", 0.01
        seen = []
        listening = asyncio.create_task(collect(client, seen, deadlines=Deadlines()))

        async def heard() -> bool:
            return len(seen) > 2

        await eventually(heard)
        started = monotonic()
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        await asyncio.wait_for(server.left.wait(), 1)
        assert monotonic() - started < 0.2


async def test_many_at_once_do_not_mix():
    async with asked_of_fake() as (server, client):
        server.answer, server.token_s = lambda asked: f"for {asked.body['messages'][0]['content']}", 0.01
        asks = [ChatRequest((ChatMessage("user", f"n{n}"),), 20) for n in range(40)]
        replies = await asyncio.gather(*(client.complete(ask, QUICK) for ask in asks))
    assert [reply.text for reply in replies] == [f"for n{n}" for n in range(40)]

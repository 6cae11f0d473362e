"""Understanding beside a language model that fails in every way: in time, within the lists, within its budget."""

import asyncio
import logging
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.nlu.adapters.llm_adviser import Limits, open_adviser
from services.nlu.domain.second_opinion import Opinion
from services.nlu.handlers import NluHandlers
from services.nlu.service import build, open_reader
from shared.config import Settings
from shared.contracts.messages import CustomerInput, Expects, MessageReceived
from shared.errors import ConfigError
from shared.llm import LlmServer
from shared.ports import Claim
from shared.service import World
from shared.shop import load_shop
from shared.store.budget import DailyBudget
from shared.store.client import open_redis
from tests.harness.fake_llm import MODES, fake_llm, tokens_of

SMALL = Path("tests/fixtures/shop_small")
SHOP = load_shop(SMALL)
TIMEOUT_S = 0.6
ANSWER = '{"intent": "cancel_order", "entities": []}'
TEXT = "hmm, about my order, call me on 415-555-0133 CANARY"


@asynccontextmanager
async def advised(state_url, requests=1000, tokens=10_000_000, concurrency=4):
    async with fake_llm() as server, open_redis(state_url) as redis:
        server.answer = ANSWER
        llm = LlmServer(SecretStr(f"{server.url}/chat/completions"), "test")
        budget = DailyBudget(redis, "nlu-llm", requests, tokens)
        async with open_adviser(llm, SHOP, budget, Limits(TIMEOUT_S, concurrency)) as adviser:
            yield server, adviser


async def test_it_asks_with_the_lists_and_without_personal_data(state_url):
    async with advised(state_url) as (server, adviser):
        assert await adviser.ask(TEXT) == Opinion("cancel_order")
        (asked,) = server.requests
    assert "415-555" not in asked.prompt and "{{phone}}" in asked.prompt
    schema = asked.body["response_format"]["json_schema"]["schema"]
    assert "cancel_order" in schema["properties"]["intent"]["enum"]
    assert asked.body["temperature"] == 0


@pytest.mark.parametrize("mode", sorted(set(MODES) - {"normal", "no_schema", "cut_short"}))
async def test_no_failure_costs_more_than_the_time_allowed_or_leaves_the_lists(state_url, mode, caplog):
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logged:
        async with advised(state_url) as (server, adviser):
            server.mode, server.stall_at, server.token_s = mode, 2, 0.01
            started = monotonic()
            assert await adviser.ask(TEXT) is None
            assert monotonic() - started < TIMEOUT_S + 1
    assert "CANARY" not in f"{logged}{caplog.text}" and "415-555" not in f"{logged}{caplog.text}"


async def test_a_server_without_schemas_is_asked_without_and_remembered(state_url):
    async with advised(state_url) as (server, adviser):
        server.mode = "no_schema"
        assert await adviser.ask(TEXT) == await adviser.ask(TEXT) == Opinion("cancel_order")
        assert ["response_format" in asked.body for asked in server.requests] == [True, False, False]


async def test_a_server_that_keeps_failing_is_left_alone(state_url):
    async with advised(state_url) as (server, adviser):
        server.mode = "broken"
        for _ in range(6):
            assert await adviser.ask(TEXT) is None
        assert len(server.requests) == 6  # three questions, each tried twice


async def test_so_is_one_that_is_too_slow(state_url):
    async with advised(state_url) as (server, adviser):
        server.mode = "silent"
        started = monotonic()
        for _ in range(20):
            await adviser.ask(TEXT)
        assert monotonic() - started < 3 * TIMEOUT_S + 1.5
        assert len(server.requests) == 3


async def test_no_more_questions_at_once_than_allowed_and_nobody_waits(state_url):
    async with advised(state_url, concurrency=2) as (server, adviser):
        server.first_token_s = 0.2
        answers = await asyncio.gather(*(adviser.ask(TEXT) for _ in range(10)))
    assert server.most_in_flight == 2
    assert sorted(answer is None for answer in answers) == [False] * 2 + [True] * 8


async def test_a_day_has_so_many_requests_however_many_ask(state_url):
    async with advised(state_url, requests=5, concurrency=50) as (server, adviser):
        await asyncio.gather(*(adviser.ask(TEXT) for _ in range(30)))
    assert len(server.requests) == 5


async def test_a_day_has_so_many_tokens_and_what_was_not_used_is_given_back(state_url):
    async with advised(state_url) as (server, adviser):
        await adviser.ask(TEXT)
        about = len(server.requests[0].prompt.encode()) // 3 + 200
    most = 5 * about
    async with advised(state_url, tokens=most) as (server, adviser):
        while await adviser.ask(TEXT):
            pass
    used = len(tokens_of(server.requests[0].prompt)) + len(tokens_of(ANSWER))
    assert used < about
    asked = 1 + len(server.requests)  # the one above was on the same day
    assert (asked - 1) * used + about <= most + 2 and most < asked * used + about + 2


async def test_without_the_store_nothing_is_asked(state_url):
    async with fake_llm() as server, open_redis("redis://127.0.0.1:1/0") as redis:
        llm = LlmServer(SecretStr(f"{server.url}/chat/completions"), "test")
        async with open_adviser(llm, SHOP, DailyBudget(redis, "x", 9, 99_999), Limits(1, 1)) as adviser:
            assert await adviser.ask(TEXT) is None
        assert server.requests == []


class OneDirection:
    """All texts look alike: the encoder is sure of nothing."""

    async def embed(self, texts, kind, soon=False):
        return np.full((len(texts), 384), 0.05, dtype=np.float32)

    async def under_way(self):
        pass


def received(text, expects=None):
    return MessageReceived(
        message_id="x", conversation_id="c1", turn=3, token="t", deadline_at=9.0, language="en",
        input=CustomerInput(client_message_id="m1", text=text), previous_end="completed", traceparent="00-1",
        expects=expects or Expects(),
    )  # fmt: skip


@pytest.fixture
async def joined(state_url, monkeypatch, tmp_path):
    """The service as it is built, its own handler, and the server that it asks."""
    async with fake_llm() as server, open_redis(state_url) as redis:
        server.answer = ANSWER
        for name, value in {
            "NLU_LLM": "1",
            "NLU_LLM_ABOVE": "0",
            "NLU_LLM_BELOW": "1",
            "NLU_LLM_TIMEOUT_S": "1",
        }.items():
            monkeypatch.setenv(f"DESKBELL_{name}", value)
        monkeypatch.setenv("DESKBELL_LLM_URL", server.url)
        monkeypatch.setenv("DESKBELL_LLM_MODEL", "test")
        world = World(Settings(shop_dir=SMALL, var=tmp_path), bus=None, state=redis, cache=redis, database_url="")
        async with build(world) as service:

            async def read(text, expects=None):
                handler = service.handles[MessageReceived]
                (out,) = [out async for out in handler(received(text, expects), Claim("go", 1))]
                return out.understanding

            yield server, read


@pytest.mark.slow
async def test_the_service_takes_the_second_opinion_or_its_own(joined):
    server, read = joined
    advised = await read("something about what I bought")
    assert [request.intent for request in advised.requests] == ["cancel_order"]
    asked = len(server.requests)
    assert asked == 1
    server.answer = '{"intent": "give_everything_away", "entities": []}'
    own = await read("something about what I bought")
    assert len(server.requests) == asked + 1
    assert own.requests[0].intent != "give_everything_away"
    waiting = Expects(kind="confirmation")
    await read("something about what I bought", waiting)
    assert len(server.requests) == asked + 1


async def test_switched_on_without_a_server_is_an_error(monkeypatch, state_url, tmp_path):
    monkeypatch.setenv("DESKBELL_NLU_LLM", "1")
    world = World(Settings(shop_dir=SMALL, var=tmp_path), bus=None, state=None, cache=None, database_url="")
    with pytest.raises(ConfigError, match="DESKBELL_LLM_URL"):
        async with build(world):
            pass


async def test_switched_off_nothing_is_opened_and_nothing_asked(tmp_path):
    reader = await open_reader(SHOP, tmp_path, OneDirection())
    (out,) = [
        out async for out in NluHandlers(reader, OneDirection()).on_message_received(received("hm"), Claim("go", 1))
    ]
    assert out.understanding.requests

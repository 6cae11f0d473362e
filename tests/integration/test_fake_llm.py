"""The language model's double does what tests rely on."""

import asyncio
import json

import httpx
import pytest

from tests.harness.fake_llm import MODES, fake_llm

ASK = {"model": "test", "messages": [{"role": "user", "content": "hi"}]}


async def whole(server, **more):
    async with httpx.AsyncClient(timeout=5) as client:
        return await client.post(f"{server.url}/chat/completions", json=ASK | more)


def events(response: httpx.Response) -> list[str]:
    return [line.removeprefix("data: ") for line in response.text.splitlines() if line]


async def test_it_answers_whole_or_streamed_with_the_same_text():
    async with fake_llm() as server:
        server.answer = lambda asked: f"you said {asked.prompt}, 你好"
        message = (await whole(server)).json()["choices"][0]["message"]["content"]
        streamed = events(await whole(server, stream=True))
    pieces = [json.loads(event)["choices"][0]["delta"].get("content", "") for event in streamed[:-1]]
    assert message == "".join(pieces) == "you said hi, 你好"
    assert streamed[-1] == "[DONE]"
    assert [asked.body["model"] for asked in server.requests] == ["test", "test"]


async def test_it_knows_its_one_model_and_is_in_good_health():
    async with fake_llm() as server, httpx.AsyncClient(timeout=5) as client:
        server.model = "deskbell"
        own, other = await whole(server, model="deskbell"), await whole(server, model="another")
        health = await client.get(f"http://127.0.0.1:{server.port}/health")
    assert [own.status_code, other.status_code, health.status_code] == [200, 404, 200]


async def test_the_next_requests_may_be_served_otherwise():
    async with fake_llm() as server:
        server.expect("rate_limited", "overloaded")
        first, second, third = [await whole(server) for _ in range(3)]
    assert [first.status_code, second.status_code, third.status_code] == [429, 503, 200]
    assert first.headers["retry-after"] == "1"


@pytest.mark.parametrize("mode", ["stall", "endless", "silent", "heartbeats_only", "one_endless_line"])
async def test_it_sees_that_a_client_has_left(mode):
    async with fake_llm() as server:
        server.mode = mode
        async with httpx.AsyncClient(timeout=0.2) as client:
            with pytest.raises(httpx.ReadTimeout):
                async with client.stream("POST", f"{server.url}/chat/completions", json=ASK | {"stream": True}) as got:
                    async for _ in got.aiter_raw():
                        if server.tokens_sent > 9 or mode in ("heartbeats_only", "one_endless_line"):
                            raise httpx.ReadTimeout("enough")
        async with asyncio.timeout(5):
            await server.left.wait()


@pytest.mark.parametrize("mode", MODES)
async def test_it_ends_with_its_last_connection(mode):
    async with fake_llm() as server, httpx.AsyncClient(timeout=0.1) as client:
        server.mode = mode
        try:
            async with client.stream("POST", f"{server.url}/chat/completions", json=ASK | {"stream": True}) as got:
                async for _ in got.aiter_raw():
                    break
        except httpx.HTTPError:
            pass

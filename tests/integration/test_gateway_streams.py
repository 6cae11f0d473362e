"""Server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from shared.contracts.messages import ReplyChunk
from tests.integration.gateway_stack import Talk, running_gateway


class Stream:
    """The events of a stream, read with a deadline."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, Any]:
        """The fields of the next event; comments are skipped."""
        fields: dict[str, Any] = {}
        async with asyncio.timeout(5):
            async for line in self._lines:
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    fields[name] = orjson.loads(value) if name == "data" else value
                elif fields:
                    return fields
        raise EOFError


@asynccontextmanager
async def streaming(talk: Talk, **headers: str) -> AsyncIterator[Stream]:
    sent = {**talk.headers, "Accept": "text/event-stream", **headers}
    async with talk.gateway.http.stream("GET", f"{talk.path}/events", headers=sent) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


async def test_a_stream_tells_the_log_as_it_grows_and_resumes(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        await talk.say("one", "m1")
        async with streaming(talk) as stream:
            old = [await stream.next() for _ in range(3)]
            assert [event["event"] for event in old] == ["message", "reply", "turn.ended"]
            assert old[1]["id"] == old[1]["data"]["cursor"]
            await gateway.conversations.chunk(talk.id, ReplyChunk(turn=2, attempt=1, index=0, text="Hel"))
            chunk = await stream.next()
            assert (chunk["event"], chunk["data"]["text"]) == ("reply.chunk", "Hel")
            await talk.say("two", "m2")
            assert (await stream.next())["data"]["data"]["text"] == "two"
        async with streaming(talk, **{"Last-Event-ID": old[1]["id"]}) as stream:
            assert [(await stream.next())["event"] for _ in range(2)] == ["turn.ended", "message"]
        async with streaming(talk, **{"Last-Event-ID": "7.nonsense"}) as stream:
            assert [(await stream.next())["event"] for _ in range(2)] == ["resync", "message"]


async def test_a_stop_ends_the_stream_and_says_when_to_come_back(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with streaming(talk) as stream:
            gateway.loops[0].cancel()
            assert 1000 <= int((await stream.next())["retry"]) < 5000
            async with asyncio.timeout(5):
                await asyncio.wait({gateway.loops[0]})


async def test_an_answer_that_the_hint_was_lost_for_is_read_all_the_same(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        gateway.loops[3].cancel()
        talk = await gateway.begin()
        async with asyncio.timeout(5):
            assert (await talk.say("hello"))["status"] == "completed"

"""The state server frozen, full, or grown anew from an older copy."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from shared.contracts.messages import CustomerInput, Expects, ReplyChunk
from shared.errors import Unavailable
from shared.ports import Identity, TurnRef
from shared.store.client import open_redis
from shared.store.conversations import Conversations, UnknownConversation
from shared.store.desk import RedisDesk
from shared.store.keys import ConversationKeys
from tests.harness.valkey import Valkey


@pytest.fixture
async def redis(state_url: str) -> AsyncIterator[Redis]:
    async with open_redis(state_url) as client:
        yield client


@pytest.fixture
async def conversations(redis: Redis) -> Conversations:
    found = Conversations(redis)
    await found.create("c1", "en", "digest", Identity(), 60)
    return found


def hello(number: int) -> CustomerInput:
    return CustomerInput(client_message_id=f"m{number}", text="hello")


async def test_a_frozen_server_is_noticed_within_a_second_and_nothing_happens_twice(
    conversations: Conversations, state_server: Valkey
) -> None:
    await conversations.accept("c1", hello(1))
    state_server.program.send(signal.SIGSTOP)
    began = asyncio.get_running_loop().time()
    try:
        with pytest.raises(Unavailable):
            await conversations.accept("c1", hello(2))
    finally:
        state_server.program.send(signal.SIGCONT)
    assert asyncio.get_running_loop().time() - began < 2.5
    # The timed-out call is carried out once the server wakes: its resend is a duplicate, or the first. Never a third.
    accepted = await conversations.accept("c1", hello(2))
    assert accepted.seq == 2
    assert [event.data["seq"] for event in await conversations.events("c1") or []] == [1, 2]


async def test_a_full_server_refuses_before_it_writes(conversations: Conversations, redis: Redis) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(Unavailable):
            await conversations.accept("c1", hello(1))
    finally:
        await redis.config_set("maxmemory", "0")
    assert await conversations.events("c1") == []
    assert (await conversations.books())["accepted"] == 0


async def test_a_log_that_lost_its_tail_answers_resync(conversations: Conversations, redis: Redis) -> None:
    cursors = [await conversations.append("c1", "reply", {"n": number}) for number in range(3)]
    assert [e.data["n"] for e in await conversations.events("c1", cursors[0]) or []] == [1, 2]
    keys = ConversationKeys("c1")
    entries = await redis.xrange(keys.log, max="2-0")
    await redis.delete(keys.log)
    for number, fields in entries:
        await redis.xadd(keys.log, fields, id=number)
    await redis.hset(keys.meta, "eseq", 2)  # type: ignore[misc]
    assert await conversations.events("c1", cursors[2]) is None
    await conversations.append("c1", "reply", {"n": "another"})
    assert await conversations.events("c1", cursors[2]) is None


@pytest.mark.parametrize("cursor", ["-1.a", "99.a", "1", "nonsense", "1e9.a", "9" * 30 + ".a", "*", "1.\r\n"])
async def test_a_strange_cursor_answers_resync(conversations: Conversations, cursor: str) -> None:
    await conversations.append("c1", "reply", {})
    assert await conversations.events("c1", cursor) is None


async def test_what_is_erased_cannot_come_back(conversations: Conversations, redis: Redis) -> None:
    drive = (await conversations.accept("c1", hello(1))).drive
    assert drive
    await conversations.erase("c1")
    with pytest.raises(UnknownConversation):
        await conversations.accept("c1", hello(2))
    assert (await conversations.finish(drive.ref, "completed", [("reply", {})], Expects())).outcome == "stale"
    assert await conversations.events("c1") == []
    assert [key async for key in redis.scan_iter("*c1*")] == []


async def test_every_key_of_a_conversation_ends_with_it(conversations: Conversations, redis: Redis) -> None:
    for number in range(3):
        await conversations.accept("c1", hello(number))
    assert [key async for key in redis.scan_iter("*:c:c1:*") if await redis.ttl(key) < 0] == []


async def test_watchers_hear_chunks_and_hints(conversations: Conversations) -> None:
    relay = asyncio.create_task(conversations.relay_hints())
    try:
        async with conversations.watch("c1") as hints, asyncio.timeout(10):
            chunk = ReplyChunk(turn=1, attempt=1, index=0, text="Hel")
            assert await anext(hints) == "log"  # the subscription stands
            await conversations.chunk("c1", chunk)
            assert await anext(hints) == chunk
            await conversations.append("c1", "reply", {})
            while await anext(hints) != "log":
                pass
    finally:
        relay.cancel()


async def test_one_open_ticket_a_conversation(redis: Redis) -> None:
    desk = RedisDesk(redis)
    first = await desk.open("c1", "asked", "en")
    second = await desk.open("c2", "angry", "zh")
    assert await desk.open("c1", "again", "en") == first
    assert [ticket.position for ticket in (first, second)] == [1, 2]
    assert await desk.hand_back(first.number)
    assert not await desk.hand_back(first.number)
    assert await desk.current("c1") is None
    assert [(ticket.number, ticket.position) for ticket in await desk.tickets()] == [(second.number, 1)]
    assert (await desk.open("c1", "asked", "en")).number != first.number


async def test_a_stale_token_finishes_nothing(conversations: Conversations) -> None:
    await conversations.accept("c1", hello(1))
    finished = await conversations.finish(TurnRef("c1", 1, "guess"), "completed", [("reply", {})], Expects())
    assert finished.outcome == "stale"


async def test_whoever_watches_looks_again_when_the_server_is_back(
    conversations: Conversations, state_server: Valkey
) -> None:
    """What happened between the loss of the connection and the new subscription, no hint has told."""
    relay = asyncio.create_task(conversations.relay_hints())
    try:
        async with conversations.watch("c1") as hints, asyncio.timeout(20):
            assert await anext(hints) == "log"  # the subscription stands
            state_server.kill()
            state_server.start()
            assert await anext(hints) == "log"
            await conversations.accept("c1", hello(1))
            assert await anext(hints) == "log"
    finally:
        relay.cancel()
        await asyncio.wait({relay})

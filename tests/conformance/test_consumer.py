"""The consumer's duties, over every bus and a real state server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from shared.bus import consumer as consumer_module
from shared.bus.consumer import Consumer
from shared.bus.memory import MemoryBus
from shared.contracts.envelope import Message
from shared.contracts.messages import (
    CustomerInput,
    MessageReceived,
    MessageUnderstood,
    ReplyCompleted,
    Understanding,
)
from shared.errors import Rejected, Transient
from shared.ports import Claim, Identity, TurnRef
from shared.service import Service
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.turns import RedisTurns
from tests.conformance.test_bus import bus, settled  # noqa: F401 - the same buses
from tests.harness.waiting import eventually

Handle = Callable[[MessageReceived, Claim], AsyncIterator[Message]]


@pytest.fixture
async def redis(state_url: str) -> AsyncIterator[Redis]:
    async with open_redis(state_url) as client:
        yield client


async def understood(message: MessageReceived, claim: Claim) -> AsyncIterator[Message]:
    yield MessageUnderstood.after(message, input=message.input, understanding=Understanding(language="en"))


class Stage:
    """A first stage under test, and ears on the two queues that it may publish to."""

    def __init__(self, bus: MemoryBus, redis: Redis) -> None:  # noqa: F811
        self.bus, self.turns, self.conversations = bus, RedisTurns(redis), Conversations(redis)
        self.heard: asyncio.Queue[Message] = asyncio.Queue()

    async def start_turn(self) -> MessageReceived:
        conversation_id = uuid4().hex
        await self.conversations.create(conversation_id, "en", "digest", Identity(), 60)
        sent = CustomerInput(client_message_id="m", text="hi")
        drive = (await self.conversations.accept(conversation_id, sent)).drive
        assert drive
        return MessageReceived(
            message_id=uuid4().hex, conversation_id=conversation_id, turn=drive.ref.turn, token=drive.ref.token,
            deadline_at=drive.deadline_at, input=sent, language="en",
        )  # fmt: skip

    @asynccontextmanager
    async def running(self, handle: Handle) -> AsyncIterator[None]:
        async def hear(message: Any, claim: Claim) -> AsyncIterator[Message]:
            await self.heard.put(message)
            return
            yield

        gateway = Service("gateway", {ReplyCompleted: hear})
        dialogue = Service("dialogue", {MessageUnderstood: hear})
        nlu = Service("nlu", {MessageReceived: handle})
        async with (
            Consumer(self.bus, self.turns, gateway).running(5),
            Consumer(self.bus, self.turns, dialogue).running(5),
            Consumer(self.bus, self.turns, nlu).running(5),
        ):
            yield

    async def next(self, within_s: float = 15) -> Message:
        async with asyncio.timeout(within_s):
            return await self.heard.get()

    async def dead_reason(self) -> str:
        return (await eventually(lambda: self.bus.dead_letters(10), 15))[0].reason


@pytest.fixture
async def stage(bus: MemoryBus, redis: Redis) -> Stage:  # noqa: F811
    return Stage(bus, redis)


async def test_what_a_handler_yields_is_published(stage: Stage) -> None:
    async with stage.running(understood):
        message = await stage.start_turn()
        await stage.bus.publish(message)
        heard = await stage.next()
    assert isinstance(heard, MessageUnderstood)
    assert TurnRef.of(heard) == TurnRef.of(message)


async def test_a_duplicate_is_handled_once(stage: Stage) -> None:
    calls = 0

    async def counted(message: MessageReceived, claim: Claim) -> AsyncIterator[Message]:
        nonlocal calls
        calls += 1
        async for outgoing in understood(message, claim):
            yield outgoing

    async with stage.running(counted):
        message = await stage.start_turn()
        for _ in range(3):
            await stage.bus.publish(message)
        await stage.next()
        await settled(stage.bus, 0)
    assert calls == 1


async def test_transient_failures_climb_the_ladder(stage: Stage) -> None:
    attempts: list[int] = []

    async def failing(message: MessageReceived, claim: Claim) -> AsyncIterator[Message]:
        attempts.append(claim.attempt)
        if len(attempts) < 2:
            raise Transient("the model is busy")
        async for outgoing in understood(message, claim):
            yield outgoing

    async with stage.running(failing):
        await stage.bus.publish(await stage.start_turn())
        assert isinstance(await stage.next(), MessageUnderstood)
    assert attempts == [1, 2]


async def test_a_handler_that_always_raises_ends_the_turn_as_failed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "RETRY_DELAYS_S", (1,))

    async def broken(message: MessageReceived, claim: Claim) -> AsyncIterator[Message]:
        raise ValueError("a mistake of ours")
        yield

    async with stage.running(broken):
        await stage.bus.publish(await stage.start_turn())
        heard = await stage.next(30)
        assert isinstance(heard, ReplyCompleted) and heard.status == "failed"
        assert await stage.dead_reason() == "nlu failed 5 times"


async def test_rejected_work_fails_at_once(stage: Stage) -> None:
    async def rejecting(message: MessageReceived, claim: Claim) -> AsyncIterator[Message]:
        raise Rejected("nobody can read this")
        yield

    async with stage.running(rejecting):
        await stage.bus.publish(await stage.start_turn())
        heard = await stage.next()
        assert isinstance(heard, ReplyCompleted) and heard.status == "failed"
        assert await stage.dead_reason() == "nobody can read this"


GARBAGE = {
    b"\xff\xfe": "not JSON",
    b"[]": "not a JSON object",
    b'{"schema_version": 2}': "unsupported_version",
    b'{"schema_version": 1, "type": "mystery"}': "unknown message type",
    b'{"schema_version": 1, "type": "reply.planned"}': "reply.planned with missing or wrong fields: "
    "conversation_id, deadline_at, language, message_id, token, turn",
}


@pytest.mark.parametrize("body", GARBAGE)
async def test_garbage_is_dead_lettered_with_its_reason(stage: Stage, body: bytes) -> None:
    async with stage.running(understood):
        await stage.bus.publish_raw("deskbell.nlu", body)
        assert await stage.dead_reason() == GARBAGE[body]
        await stage.bus.publish(await stage.start_turn())
        assert isinstance(await stage.next(), MessageUnderstood)


async def test_a_worker_that_lost_its_turn_publishes_nothing_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "RENEW_EVERY_S", 0.05)
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(message: MessageReceived, claim: Claim) -> AsyncIterator[Message]:
        if claim.attempt == 1:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
        async for outgoing in understood(message, claim):
            yield outgoing

    async with stage.running(slow):
        message = await stage.start_turn()
        await stage.bus.publish(message)
        await begun.wait()
        assert (await stage.turns.touch(TurnRef.of(message), 1, redelivered=True)).outcome == "go"
        async with asyncio.timeout(5):
            await ended.wait()
    assert stage.heard.empty()

"""The ends of turns and the sweeper, on a real Valkey."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.gateway.adapters.shop_texts import ShopTexts
from services.gateway.handlers.turns import Turns
from shared.bus.memory import MemoryBus
from shared.contracts.messages import CustomerInput, MessageReceived, Reply, ReplyCompleted
from shared.errors import Unavailable
from shared.ports import Claim, Drive, Identity, TurnRef
from shared.shop.load import load_shop
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.states import DialogueStates
from shared.store.turns import RedisTurns

CONVERSATION = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
SHOP = Path(__file__).parents[1] / "fixtures/shop_small"


class CountingBus(MemoryBus):
    """Remembers what was published; `broken`: nothing can be."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[MessageReceived] = []
        self.broken = False

    async def publish(self, message: object) -> None:
        if self.broken:
            raise Unavailable("no broker")
        assert isinstance(message, MessageReceived)
        self.published.append(message)


@pytest.fixture
async def redis(state_url: str) -> AsyncIterator[Redis]:
    async with open_redis(state_url) as client:
        yield client


@pytest.fixture
def bus() -> CountingBus:
    return CountingBus()


async def begun(redis: Redis, language: str = "en", deadline_ms: int = 45_000) -> Conversations:
    conversations = Conversations(redis, deadline_ms)
    await conversations.create(CONVERSATION, language, "digest", Identity(), 3600)
    return conversations


async def accepted(conversations: Conversations, number: int = 1) -> Drive | None:
    sent = CustomerInput(client_message_id=f"m{number}", text="hello")
    return (await conversations.accept(CONVERSATION, sent)).drive


def turns(conversations: Conversations, bus: CountingBus) -> Turns:
    return Turns(conversations, bus, ShopTexts(load_shop(SHOP)))


def completed(ref: TurnRef, text: str = "Hello.", **fields: object) -> ReplyCompleted:
    reply = Reply(id="r", turn=ref.turn, language="en", text=text)
    return ReplyCompleted(
        message_id="x", conversation_id=ref.conversation_id, turn=ref.turn, token=ref.token, deadline_at=0,
        replies=(reply,), responses=("greeting",), **fields,  # type: ignore[arg-type]
    )  # fmt: skip


async def kinds(conversations: Conversations) -> list[str]:
    return [event.type for event in await conversations.events(CONVERSATION) or []]


async def test_an_end_is_told_once_and_drives_the_next_turn_again_when_repeated(redis: Redis, bus: CountingBus) -> None:
    conversations = await begun(redis)
    first = await accepted(conversations, 1)
    assert first is not None
    assert await accepted(conversations, 2) is None
    done = completed(first.ref, handoff={"ticket": "T-1", "state": "queued", "position": 1})
    handler = turns(conversations, bus)
    driven = [message async for message in handler.on_reply_completed(done, Claim("go", 1))]
    again = [message async for message in handler.on_reply_completed(done, Claim("go", 1))]
    assert [type(message) for message in driven] == [MessageReceived]
    assert driven == again
    assert isinstance(driven[0], MessageReceived)
    assert (driven[0].turn, driven[0].previous_end) == (2, "completed")
    assert await kinds(conversations) == ["message", "message", "reply", "handoff", "turn.ended"]


async def test_a_stale_token_ends_nothing(redis: Redis, bus: CountingBus) -> None:
    conversations = await begun(redis)
    drive = await accepted(conversations)
    assert drive is not None
    stale = completed(TurnRef(CONVERSATION, 1, "another token"))
    assert [message async for message in turns(conversations, bus).on_reply_completed(stale, Claim("go", 1))] == []
    assert await kinds(conversations) == ["message"]


@pytest.mark.parametrize(
    ("language", "write_open", "response", "words"),
    [
        ("en", False, "turn_expired", "took too long"),
        ("zh", False, "turn_expired", "时间过长"),
        ("en", True, "turn_expired_write_open", "do not know yet"),
        ("zh", True, "turn_expired_write_open", "不确定"),
    ],
)
async def test_a_turn_past_its_deadline_expires_with_an_apology_and_the_next_begins(
    redis: Redis, bus: CountingBus, language: str, write_open: bool, response: str, words: str
) -> None:
    conversations = await begun(redis, language, deadline_ms=60)
    drive = await accepted(conversations, 1)
    assert drive is not None
    await accepted(conversations, 2)
    if write_open:
        claim = await RedisTurns(redis).touch(drive.ref, 2, redelivered=False)
        await DialogueStates(redis).save(drive.ref, claim.attempt, 0, {}, write_open=True)
    handler = turns(conversations, bus)
    events = []
    while not events:
        await handler.sweep()
        events = [event for event in await conversations.events(CONVERSATION) or [] if event.type != "message"]
    assert [event.type for event in events[:2]] == ["reply", "turn.ended"]
    assert events[0].data["reply"]["language"] == language
    assert words in events[0].data["reply"]["text"]
    assert events[1].data == {"turn": 1, "status": "expired", "responses": [response]}
    assert [message.turn for message in bus.published] == [2]


async def test_a_publish_that_fails_is_repeated_by_a_later_sweep(redis: Redis, bus: CountingBus) -> None:
    conversations = await begun(redis, deadline_ms=60_000)
    drive = await accepted(conversations)
    assert drive is not None
    bus.broken = True
    handler = turns(conversations, bus)
    await handler.sweep()
    await make_due(redis)
    await handler.sweep()
    assert bus.published == []
    bus.broken = False
    await make_due(redis)
    await handler.sweep()
    assert [(message.turn, message.token) for message in bus.published] == [(1, drive.ref.token)]


async def make_due(redis: Redis) -> None:
    """Lets the time of every open turn come now."""
    for key in await redis.keys("deskbell:*:open"):
        for member in await redis.zrange(key, 0, -1):
            await redis.zadd(key, {member: 0})

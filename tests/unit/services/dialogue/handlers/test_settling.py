"""A write whose answer was lost: the customer always learns how it ended, once."""

from pathlib import Path

import pytest

from services.dialogue.adapters.redis_intents import RedisIntents
from services.dialogue.ports import OpenIntent
from shared.store.client import open_redis
from tests.unit.services.dialogue.desk import CONVERSATION, Counter, open_counter
from tests.unit.services.dialogue.handlers.test_messages import previewed, said, status

SOON, LATER = 20.0, 130.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between looks at the receipt."""
    monkeypatch.setattr("services.dialogue.domain.writes.LOOK_UP_AFTER_S", (0.0, 0.0))


async def lose_the_answer(counter: Counter, *, applies: bool) -> None:
    shown = await previewed(counter)
    counter.shop.lost_commits, counter.shop.applies = 1, applies
    await counter.turn(confirm=shown)


async def test_a_change_that_happened_is_found_by_its_key_within_the_turn(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await lose_the_answer(counter, applies=True)
        assert said(counter.plans[-1]) == ["order_cancelled"]
        assert await counter.shop.receipts() == 1


async def test_a_change_that_arrives_after_the_turn_is_told_with_its_receipt(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001", "zh") as counter:
        await lose_the_answer(counter, applies=False)
        assert said(counter.plans[-1]) == ["write_outcome_unknown"]
        write = (await counter.states.load(CONVERSATION)).state["open_write"]  # type: ignore[index]
        preview = await counter.shop.preview("C001", "cancel_order", write["preview"]["arguments"])
        receipt = await counter.shop.real.commit("C001", preview, write["key"])
        counter.clock[0] += SOON
        await counter.settler.settle_due()
        await counter.settler.settle_due()
        (reply,) = await counter.replies_outside_turns()
        assert reply["turn"] is None
        assert receipt.number in reply["text"]
        assert "核实好了" in reply["text"]
        assert reply["acts"] == [{"action": "cancel_order", "target": "MB10001", "receipt": receipt.number}]
        assert said(await counter.turn("greeting", text="你好")) == ["greeting"]


async def test_a_change_that_never_arrives_is_told_after_two_minutes(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await lose_the_answer(counter, applies=False)
        counter.clock[0] += SOON
        await counter.settler.settle_due()
        assert await counter.replies_outside_turns() == []
        counter.clock[0] += LATER
        await counter.settler.settle_due()
        (reply,) = await counter.replies_outside_turns()
        assert "did not go through" in reply["text"]
        assert await status(counter) == "pending"


async def test_what_a_turn_has_told_is_not_told_again(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await lose_the_answer(counter, applies=False)
        counter.clock[0] += LATER
        assert said(await counter.turn("greeting", text="hi"))[0] == "write_did_not_happen"
        await counter.settler.settle_due()
        assert await counter.replies_outside_turns() == []


async def test_a_settled_write_is_watched_no_longer(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        shown = await previewed(counter)
        await counter.turn(confirm=shown)
        assert await counter.intents.take(2e9 * 2) == []


async def test_two_processes_never_settle_the_same_intent_at_once(state_url: str) -> None:
    async with open_redis(state_url) as one, open_redis(state_url) as other:
        await RedisIntents(one).add(OpenIntent("k", "c"), 100.0)
        assert await RedisIntents(one).take(99.0) == []
        assert await RedisIntents(one).take(101.0) == [OpenIntent("k", "c")]
        assert await RedisIntents(other).take(101.0) == []
        assert await RedisIntents(other).take(112.0) == [OpenIntent("k", "c")]
        await RedisIntents(other).remove("k")
        assert not await RedisIntents(one).has("k")

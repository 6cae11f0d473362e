"""What each crash leaves behind and who mends it: every row of the table, with a real state server and shop.

After each one the books must balance: one end a turn, one reply, and for a write one change.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.dialogue.adapters.redis_intents import DUE
from services.gateway.handlers.turns import message_received
from shared.contracts.messages import CustomerInput
from shared.ports import Accepted, Identity
from tests.harness.program import free_port
from tests.harness.waiting import eventually
from tests.integration.frozen import Kit, Talk, running_kit

pytestmark = pytest.mark.slow
ALL = ("nlu", "dialogue", "generator", "gateway")


@pytest.fixture
async def kit(state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kit]:
    monkeypatch.setenv("DESKBELL_PORT", str(free_port()))
    monkeypatch.setenv("DESKBELL_INTERNAL_PORT", str(free_port()))
    async with running_kit(state_url, tmp_path, ALL, monkeypatch) as running:
        yield running


def says(text: str, number: int = 1) -> CustomerInput:
    return CustomerInput(client_message_id=f"m{number}", text=text)


async def start(talk: Talk, sent: CustomerInput) -> int:
    """What a gateway does with a message: ACCEPT, then publish."""
    accepted = await talk.accept(sent)
    if accepted.drive is not None:
        await publish(talk.kit, accepted)
    return accepted.seq


async def publish(kit: Kit, accepted: Accepted) -> None:
    assert accepted.drive
    await kit.bus.publish(message_received(accepted.drive))


async def balanced(talk: Talk, turns: int) -> None:
    """Every turn has one end, in order; nothing is open."""
    assert [turn for turn, _ in await talk.ends()] == list(range(1, turns + 1))
    books = await talk.kit.conversations.books()
    assert books["open"] == 0 and books["accepted"] == turns


@pytest.mark.parametrize("again", [True, False], ids=["customer resends", "sweeper"])
async def test_gateway_dies_between_accept_and_publish(kit: Kit, again: bool) -> None:
    talk = await kit.begin()
    await talk.accept(says("hello"))
    if again:
        assert await start(talk, says("hello")) == 1
    else:
        await talk.time_passes(1, since=1)
    assert await talk.ended(1) == "completed"
    await balanced(talk, 1)


async def test_gateway_dies_between_publish_and_accepted(kit: Kit) -> None:
    talk = await kit.begin()
    assert await start(talk, says("hello")) == 1
    assert await start(talk, says("hello")) == 1
    await talk.ended(1)
    assert len(await talk.replies()) == 1
    await balanced(talk, 1)


@pytest.mark.parametrize(("stage", "queue"), [(1, "deskbell.nlu"), (2, "deskbell.dialogue"), (3, "deskbell.generator")])
async def test_a_stage_dies_before_its_ack(kit: Kit, stage: int, queue: str) -> None:
    kit.gates.close(f"passed_on {stage}")
    talk = await kit.begin()
    await start(talk, says("hello"))
    await kit.gates.reached(f"passed_on {stage}")
    await kit.bus.redeliver(queue)
    assert await talk.ended(1) == "completed"
    assert len(await talk.replies()) == 1
    await balanced(talk, 1)


@pytest.mark.parametrize("stage", [1, 2, 3])
async def test_a_stage_dies_between_its_publish_and_passing_on(kit: Kit, stage: int) -> None:
    kit.gates.close(f"pass_on {stage}")
    talk = await kit.begin()
    await start(talk, says("hello"))
    await kit.gates.reached(f"pass_on {stage}")
    await talk.ended(1)  # the next stage has the message, and takes the turn over
    assert len(await talk.replies()) == 1
    await balanced(talk, 1)


@pytest.mark.parametrize(("stage", "kind"), [(1, "message.understood"), (2, "reply.planned"), (3, "reply.completed")])
async def test_a_worker_freezes_past_its_lease_and_wakes(kit: Kit, stage: int, kind: str) -> None:
    kit.gates.close(f"publish {kind}")
    talk = await kit.begin()
    await start(talk, says("hello"))
    await kit.gates.reached(f"publish {kind}")
    await talk.time_passes(1, lease=1)  # the sweeper drives the turn again, under a new token
    assert await talk.ended(1) == "completed"
    kit.gates.wake(f"publish {kind}")
    await start(talk, says("thank you", 2))
    await talk.ended(2)
    assert len([reply for reply in await talk.replies() if reply["turn"] == 1]) == 1
    await balanced(talk, 2)


async def test_dialogue_dies_after_saving_before_publishing(kit: Kit) -> None:
    kit.gates.close("publish reply.planned")
    talk = await kit.begin()
    await start(talk, says("hello"))
    await kit.gates.reached("publish reply.planned")
    saved = await kit.world.state.hgetall(f"{talk.keys.state}")  # type: ignore[misc]
    await kit.bus.redeliver("deskbell.dialogue")
    assert await talk.ended(1) == "completed"
    assert await kit.world.state.hgetall(f"{talk.keys.state}") == saved  # type: ignore[misc]  # the stored plan, no second save
    await balanced(talk, 1)


async def preview_of_cancelling(talk: Talk) -> str:
    """C002's one pending order is about to be cancelled; returns the preview's id."""
    await start(talk, says("please cancel my order MB10002"))
    turn = 1
    while True:
        await talk.ended(turn)
        expects = (await talk.replies())[-1]["expects"]
        if expects["kind"] == "confirmation":
            return str(expects["preview"]["id"])
        assert expects["kind"] == "choice", expects
        turn += 1
        await start(talk, CustomerInput(client_message_id=f"c{turn}", choose=expects["options"][0]["id"]))


@pytest.mark.parametrize("point", ["saved", "committed", "publish reply.planned"])
@pytest.mark.parametrize("way", ["redelivery", "sweeper"])
async def test_dialogue_dies_in_the_middle_of_a_write(kit: Kit, point: str, way: str) -> None:
    """Intent recorded; committed at the shop; all saved: one change each time, and the true sentence."""
    talk = await kit.begin("C002")
    preview = await preview_of_cancelling(talk)
    turn = len(await talk.ends()) + 1
    kit.gates.close(point)
    await start(talk, CustomerInput(client_message_id="yes", confirm=preview))
    await kit.gates.reached(point)
    if way == "redelivery":
        await kit.bus.redeliver("deskbell.dialogue")
    else:
        await talk.time_passes(turn, lease=1)
    assert await talk.ended(turn) == "completed"
    kit.gates.wake(point)
    last = (await talk.replies())[-1]
    assert [act["action"] for act in last["acts"]] == ["cancel_order"]
    assert await kit.shop.order_statuses(["MB10002"]) == {"MB10002": "cancelled"}
    assert await kit.shop.receipts() == 1
    await balanced(talk, turn)


async def test_a_write_whose_turn_expires_is_told_afterwards(kit: Kit) -> None:
    talk = await kit.begin("C002")
    preview = await preview_of_cancelling(talk)
    turn = len(await talk.ends()) + 1
    kit.gates.close("committed")
    await start(talk, CustomerInput(client_message_id="yes", confirm=preview))
    await kit.gates.reached("committed")
    await talk.time_passes(turn, deadline=1)
    assert await talk.ended(turn) == "expired"

    for key in await kit.world.state.zrange(DUE, 0, -1):
        await kit.world.state.zadd(DUE, {key: 1})

    async def receipt() -> bool:
        last = (await talk.replies())[-1]
        return last["turn"] is None and bool(last["acts"])

    await eventually(receipt, 30)
    assert await kit.shop.receipts() == 1
    await balanced(talk, turn)


async def test_generator_dies_between_publish_and_ack(kit: Kit) -> None:
    kit.gates.close("published reply.completed")
    talk = await kit.begin()
    await start(talk, says("hello"))
    await kit.gates.reached("published reply.completed")
    await talk.ended(1)
    await kit.bus.redeliver("deskbell.generator")
    await start(talk, says("thanks", 2))
    await talk.ended(2)
    assert len([reply for reply in await talk.replies() if reply["turn"] == 1]) == 1
    await balanced(talk, 2)


@pytest.mark.parametrize("way", ["redelivery", "sweeper"])
async def test_gateway_dies_after_finish_before_the_next_publish(kit: Kit, way: str) -> None:
    kit.gates.close("finished")
    talk = await kit.begin()
    await start(talk, says("hello"))
    await start(talk, says("thank you", 2))
    await kit.gates.reached("finished")
    if way == "redelivery":
        await kit.bus.redeliver("deskbell.gateway")
    else:
        await talk.time_passes(2, since=1)
    assert await talk.ended(2) == "completed"
    await balanced(talk, 2)


async def test_two_gateways_sweep_at_once(kit: Kit) -> None:
    talk = await kit.begin()
    kit.gates.close("publish message.understood")
    await start(talk, says("hello"))
    await kit.gates.reached("publish message.understood")
    await talk.time_passes(1, lease=1)
    found = await asyncio.gather(*(kit.conversations.sweep(talk.keys.shard) for _ in range(5)))
    assert sum(len(overdue) for overdue in found) <= 1
    await talk.time_passes(1, since=1)
    assert await talk.ended(1) == "completed"
    await balanced(talk, 1)


async def test_messages_of_a_turn_that_the_state_forgot_are_dropped(kit: Kit) -> None:
    """A state server that came back older: what is in the queues belongs to no turn; resends start again."""
    kit.gates.close("publish reply.planned")
    talk = await kit.begin()
    await start(talk, says("hello"))
    await kit.gates.reached("publish reply.planned")
    await kit.conversations.erase(talk.id)
    await kit.conversations.create(talk.id, "en", "digest", Identity(), 600)
    kit.gates.wake("publish reply.planned")
    assert await start(talk, says("hello")) == 1
    assert await talk.ended(1) == "completed"
    assert len(await talk.replies()) == 1

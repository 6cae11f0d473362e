"""What every bus does, stated once: the memory bus always, RabbitMQ where there is one."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.bus.memory import MemoryBus, open_memory_bus
from shared.contracts.envelope import encode
from shared.contracts.messages import CustomerInput, MessageReceived
from shared.errors import Unavailable
from shared.ports import Delivery
from tests.harness.waiting import eventually

QUEUE = "deskbell.nlu"


@pytest.fixture(params=["memory", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[MemoryBus]:
    if request.param == "memory":
        async with open_memory_bus() as memory:
            yield memory
    else:
        from shared.bus.rabbitmq import open_rabbitmq_bus

        async with open_rabbitmq_bus(request.getfixturevalue("rabbitmq_url")) as rabbitmq:
            yield rabbitmq  # type: ignore[misc]


def message(number: int) -> MessageReceived:
    return MessageReceived(
        message_id=f"id{number}", conversation_id="c", turn=number, token="t", deadline_at=1.0, language="en",
        input=CustomerInput(client_message_id="m", text="hi"),
    )  # fmt: skip


class Hands:
    """A consumer that keeps what it gets until the test decides."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[Delivery] = asyncio.Queue()
        self.released = asyncio.Event()

    async def take(self, delivery: Delivery) -> None:
        await self.got.put(delivery)

    async def hold(self, delivery: Delivery) -> None:
        await self.got.put(delivery)
        await self.released.wait()
        await delivery.ack()

    async def next(self, within_s: float = 10) -> Delivery:
        async with asyncio.timeout(within_s):
            return await self.got.get()


async def settled(bus: MemoryBus, depth: int, queue: str = QUEUE) -> None:
    async def reached() -> bool:
        return await bus.depth(queue) == depth

    await eventually(reached)


async def test_messages_arrive_once_each_and_in_order(bus: MemoryBus) -> None:
    hands = Hands()
    for number in range(5):
        await bus.publish(message(number))
    subscription = await bus.consume(QUEUE, hands.take, 1)
    for number in range(5):
        delivery = await hands.next()
        assert delivery.body == encode(message(number))
        assert not delivery.redelivered
        await delivery.ack()
    await subscription.stop(5)
    assert await bus.depth(QUEUE) == 0


async def test_what_goes_back_comes_again_and_says_so(bus: MemoryBus) -> None:
    hands = Hands()
    await bus.publish(message(1))
    subscription = await bus.consume(QUEUE, hands.take, 4)
    first = await hands.next()
    await first.requeue()
    again = await hands.next()
    assert again.redelivered
    await again.ack()
    await subscription.stop(5)


async def test_a_consumer_that_is_cut_off_loses_nothing(bus: MemoryBus) -> None:
    first, second = Hands(), Hands()
    await bus.publish(message(1))
    subscription = await bus.consume(QUEUE, first.hold, 4)
    await first.next()
    await subscription.stop(0.1)
    other = await bus.consume(QUEUE, second.take, 4)
    again = await second.next()
    assert again.redelivered
    await again.ack()
    await other.stop(5)


async def test_stop_waits_for_the_work_in_hand(bus: MemoryBus) -> None:
    hands = Hands()
    await bus.publish(message(1))
    subscription = await bus.consume(QUEUE, hands.hold, 4)
    await hands.next()
    stopping = asyncio.create_task(subscription.stop(10))
    hands.released.set()
    await stopping
    await settled(bus, 0)


async def test_prefetch_bounds_the_work_in_hand(bus: MemoryBus) -> None:
    hands = Hands()
    for number in range(6):
        await bus.publish(message(number))
    subscription = await bus.consume(QUEUE, hands.hold, 2)
    await hands.next()
    await hands.next()
    await settled(bus, 4)
    assert hands.got.empty()
    hands.released.set()
    for _ in range(4):
        await hands.next()
    await subscription.stop(5)


async def test_competing_consumers_share_the_work(bus: MemoryBus) -> None:
    one, two = Hands(), Hands()
    subscriptions = [await bus.consume(QUEUE, hands.hold, 1) for hands in (one, two)]
    for number in range(2):
        await bus.publish(message(number))
    bodies = {(await one.next()).body, (await two.next()).body}
    assert bodies == {encode(message(0)), encode(message(1))}
    one.released.set()
    two.released.set()
    for subscription in subscriptions:
        await subscription.stop(5)


async def test_a_retry_comes_back_after_its_delay_and_is_counted(bus: MemoryBus) -> None:
    hands = Hands()
    await bus.publish(message(1))
    subscription = await bus.consume(QUEUE, hands.take, 4)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await (await hands.next()).retry(1)
    again = await hands.next()
    assert loop.time() - began >= 0.9
    assert (again.retries, again.redelivered) == (1, False)
    await again.ack()
    await subscription.stop(5)


async def test_dead_letters_are_listed_replayed_and_dropped(bus: MemoryBus) -> None:
    hands = Hands()
    subscription = await bus.consume(QUEUE, hands.take, 4)
    for number in range(2):
        await bus.publish(message(number))
        await (await hands.next()).dead_letter(f"reason {number}")
    dead = sorted(await bus.dead_letters(10), key=lambda letter: letter.reason)
    assert [(letter.queue, letter.reason) for letter in dead] == [(QUEUE, "reason 0"), (QUEUE, "reason 1")]
    assert await bus.take_dead_letter(dead[0].id, replay=True)
    replayed = await hands.next()
    assert replayed.body == encode(message(0))
    await replayed.ack()
    assert await bus.take_dead_letter(dead[1].id, replay=False)
    assert not await bus.take_dead_letter(dead[1].id, replay=False)
    assert await bus.dead_letters(10) == []
    await subscription.stop(5)


async def test_what_comes_back_too_often_is_dead(bus: MemoryBus) -> None:
    hands = Hands()
    await bus.publish(message(1))
    subscription = await bus.consume(QUEUE, hands.take, 1)
    for _ in range(21):
        await (await hands.next()).requeue()
    dead = await eventually(lambda: bus.dead_letters(10))
    assert dead[0].body == encode(message(1))
    assert dead[0].queue == QUEUE
    await subscription.stop(5)


async def test_an_unknown_queue_is_refused(bus: MemoryBus) -> None:
    with pytest.raises((Unavailable, KeyError)):
        await bus.publish_raw("deskbell.nowhere", b"{}")

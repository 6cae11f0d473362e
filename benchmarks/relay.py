"""The floor: nothing but aio-pika, carrying a message through as many quorum queues as a turn passes.

Persistent messages, publisher confirms, acks after the confirm, one connection to publish and one to consume: what
the services do, without what they do it for.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from aio_pika import DeliveryMode, Message, connect
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aiormq.abc import FieldTable

from benchmarks.crowd import Turn
from shared.contracts.topology import WORK_QUEUES

PREFETCH = 16
BODY_BYTES = 700
BODY = b"x" * BODY_BYTES
QUORUM: FieldTable = {
    "x-queue-type": "quorum",
    "x-overflow": "reject-publish",
    "x-max-length": 10_000,
    "x-delivery-limit": 20,
}


class Relay:
    """Queues in a row; `turn` sends a message into the first and returns when it has come out of the last."""

    def __init__(self, publisher: AbstractChannel, names: list[str]) -> None:
        self._publisher = publisher
        self._names = names
        self._waiting: dict[str, asyncio.Future[None]] = {}

    async def turn(self) -> None:
        turn_id = uuid4().hex
        arrived = self._waiting[turn_id] = asyncio.get_running_loop().create_future()
        await self._publish(self._names[0], turn_id)
        async with asyncio.timeout(30):
            await arrived

    async def consume(self, channel: AbstractChannel, place: int) -> None:
        """Starts the consumer of the queue at this place of the row."""
        await channel.set_qos(PREFETCH)
        queue = await channel.get_queue(self._names[place])
        following = self._names[place + 1] if place + 1 < len(self._names) else None

        async def on_message(message: AbstractIncomingMessage) -> None:
            if following is not None:
                await self._publish(following, message.message_id or "")
            await message.ack()
            if following is None:
                self._waiting.pop(message.message_id or "").set_result(None)

        await queue.consume(on_message)

    async def _publish(self, queue: str, turn_id: str) -> None:
        message = Message(BODY, message_id=turn_id, delivery_mode=DeliveryMode.PERSISTENT)
        await self._publisher.default_exchange.publish(message, queue, mandatory=True, timeout=10)


@asynccontextmanager
async def open_relay(url: str) -> AsyncIterator[Turn]:
    """A relay on fresh queues, which are deleted afterwards; yields its turn."""
    names = [f"floor.{place}.{uuid4().hex[:8]}" for place in range(len(WORK_QUEUES))]
    async with await connect(url) as publishing:
        publisher = await publishing.channel(publisher_confirms=True, on_return_raises=True)
        for name in names:
            await publisher.declare_queue(name, durable=True, arguments=QUORUM)
        relay = Relay(publisher, names)
        async with await connect(url) as consuming:
            for place in range(len(names)):
                await relay.consume(await consuming.channel(), place)
            yield relay.turn
        for name in names:
            await publisher.queue_delete(name)

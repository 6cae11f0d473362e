"""The bus of one process: it serialises, queues, acks, redelivers and dead-letters like the real one."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from shared.contracts.envelope import Message, encode
from shared.contracts.topology import DELIVERY_LIMIT, MAX_LENGTH, WORK_QUEUES, queue_for
from shared.errors import Unavailable
from shared.ports import DeadLetter, OnDelivery


@dataclass
class _Stored:
    """A message at rest in a queue."""

    body: bytes
    redelivered: bool = False
    retries: int = 0
    deliveries: int = 0


@dataclass
class _Queue:
    name: str
    ready: deque[_Stored] = field(default_factory=deque)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def put(self, stored: _Stored, *, front: bool = False) -> None:
        async with self.changed:
            if len(self.ready) >= MAX_LENGTH and not front:
                raise Unavailable(f"queue {self.name} is full")
            (self.ready.appendleft if front else self.ready.append)(stored)
            self.changed.notify()

    async def take(self) -> _Stored:
        async with self.changed:
            await self.changed.wait_for(lambda: bool(self.ready))
            return self.ready.popleft()


class MemoryDelivery:
    """A message in a consumer's hands."""

    def __init__(self, bus: "MemoryBus", queue: _Queue, stored: _Stored) -> None:
        self.body, self.redelivered, self.retries = stored.body, stored.redelivered, stored.retries
        self._bus, self._queue, self._stored = bus, queue, stored
        self.ended = asyncio.Event()

    async def ack(self) -> None:
        self._end()

    async def requeue(self) -> None:
        """Back to the head of the queue; a message that comes back too often is a dead letter."""
        self._end()
        if self._stored.deliveries > DELIVERY_LIMIT:
            self._bus.bury(self._queue.name, self.body, "delivery limit")
            return
        self._stored.redelivered = True
        await self._queue.put(self._stored, front=True)

    async def retry(self, delay_s: int) -> None:
        self._end()
        self._bus.later(delay_s, self._queue, _Stored(self.body, retries=self.retries + 1))

    async def dead_letter(self, reason: str) -> None:
        self._end()
        self._bus.bury(self._queue.name, self.body, reason)

    def _end(self) -> None:
        if self.ended.is_set():
            raise RuntimeError("this delivery has ended already")
        self.ended.set()


class MemorySubscription:
    """A consumer: at most `prefetch` deliveries in hand at a time."""

    def __init__(self, bus: "MemoryBus", queue: _Queue, on_delivery: OnDelivery, prefetch: int) -> None:
        self._bus, self._queue, self._on_delivery = bus, queue, on_delivery
        self._slots = asyncio.Semaphore(prefetch)
        self._in_hand: set[asyncio.Task[None]] = set()
        self._taking = asyncio.create_task(self._take())

    async def _take(self) -> None:
        while True:
            await self._slots.acquire()
            stored = await self._queue.take()
            stored.deliveries += 1
            task = asyncio.create_task(self._handle(MemoryDelivery(self._bus, self._queue, stored)))
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)

    async def _handle(self, delivery: MemoryDelivery) -> None:
        try:
            await self._on_delivery(delivery)
            await delivery.ended.wait()
        finally:
            self._slots.release()
            if not delivery.ended.is_set():  # the consumer went away without a word: as a broker does, deliver again
                await delivery.requeue()

    async def stop(self, within_s: float) -> None:
        self._taking.cancel()
        await asyncio.wait([self._taking])
        if self._in_hand:
            _, pending = await asyncio.wait(self._in_hand, timeout=within_s)
            for task in pending:
                task.cancel()
            if pending:
                await asyncio.wait(pending)


class MemoryBus:
    """Port `Bus` within one event loop. What it holds is gone with the process; open turns are not."""

    def __init__(self) -> None:
        self._queues = {queue.name: _Queue(queue.name) for queue in WORK_QUEUES}
        self._dead: list[DeadLetter] = []
        self._timers: set[asyncio.Task[None]] = set()

    async def publish(self, message: Message) -> None:
        await self.publish_raw(queue_for(message).name, encode(message))

    async def publish_raw(self, queue: str, body: bytes) -> None:
        """Puts bytes into a queue as a foreign publisher could."""
        await self._queues[queue].put(_Stored(body))

    async def consume(self, queue: str, on_delivery: OnDelivery, prefetch: int) -> MemorySubscription:
        return MemorySubscription(self, self._queues[queue], on_delivery, prefetch)

    async def dead_letters(self, limit: int) -> list[DeadLetter]:
        return self._dead[:limit]

    async def take_dead_letter(self, dead_letter_id: str, *, replay: bool) -> bool:
        found = next((dead for dead in self._dead if dead.id == dead_letter_id), None)
        if found is None:
            return False
        self._dead.remove(found)
        if replay:
            await self._queues[found.queue].put(_Stored(found.body))
        return True

    async def depth(self, queue: str) -> int:
        """How many messages are ready in the queue."""
        return len(self._queues[queue].ready)

    async def healthy(self) -> bool:
        return True

    def bury(self, queue: str, body: bytes, reason: str) -> None:
        """Adds to the dead letters."""
        self._dead.append(DeadLetter(uuid4().hex, queue, reason, time.time(), body))

    def later(self, delay_s: float, queue: _Queue, stored: _Stored) -> None:
        """Puts the message back after the delay."""

        async def wait() -> None:
            await asyncio.sleep(delay_s)
            await queue.put(stored, front=True)

        task = asyncio.create_task(wait())
        self._timers.add(task)
        task.add_done_callback(self._timers.discard)

    async def close(self) -> None:
        for task in self._timers:
            task.cancel()
        if self._timers:
            await asyncio.wait(self._timers)


@asynccontextmanager
async def open_memory_bus() -> AsyncIterator[MemoryBus]:
    """The bus, until the block ends."""
    bus = MemoryBus()
    try:
        yield bus
    finally:
        await bus.close()

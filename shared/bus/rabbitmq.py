"""The bus over RabbitMQ: quorum queues, confirms, a deadline on every publish.

Two connections: a broker under a memory alarm stops reading from a connection that publishes, and
acks must still flow on the other.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import structlog
from aio_pika import DeliveryMode, connect_robust
from aio_pika import Message as AmqpMessage
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractRobustConnection
from aio_pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelInvalidStateError,
    DeliveryError,
    ProbableAuthenticationError,
)
from pamqp.commands import Basic

from shared.bus.declare import declare_topology, queue_arguments
from shared.contracts.envelope import Message, encode
from shared.contracts.topology import DEAD_QUEUE, WORK_QUEUES, queue_for
from shared.errors import ConfigError, OutcomeUnknown, Unavailable
from shared.ports import DeadLetter, OnDelivery

PUBLISH_TIMEOUT_S = 2
RPC_TIMEOUT_S = 15
HEARTBEAT_S = 10
IN_FLIGHT = 256
MAX_WALK = 10_000
QUEUES = {queue.name: queue for queue in WORK_QUEUES}
log = structlog.get_logger()


class RabbitMQDelivery:
    """A message in a consumer's hands. Ending one whose channel is gone does nothing: the broker redelivers it."""

    def __init__(self, bus: "RabbitMQBus", queue: str, message: AbstractIncomingMessage) -> None:
        self.body = message.body
        self.redelivered = bool(message.redelivered)
        self.retries = _number(message.headers.get("retries"))
        self._bus, self._queue, self._message = bus, queue, message

    async def ack(self) -> None:
        await _unless_gone(self._message.ack())

    async def requeue(self) -> None:
        await _unless_gone(self._message.nack(requeue=True))

    async def retry(self, delay_s: int) -> None:
        """Publishes to the queue that returns it after `delay_s`, then acks: a crash between the two repeats it."""
        headers = {"retries": self.retries + 1}
        await self._bus.publish_raw(QUEUES[self._queue].retry_queue(delay_s), self.body, headers)
        await self.ack()

    async def dead_letter(self, reason: str) -> None:
        headers = {"queue": self._queue, "reason": reason, "at": str(time.time())}
        await self._bus.publish_raw(DEAD_QUEUE, self.body, headers)
        await self.ack()


class RabbitMQSubscription:
    """A consumer on a channel of its own, restored after every loss of connection."""

    def __init__(self, channel: AbstractChannel, queue: Any, tag: str, in_hand: set[asyncio.Task[Any]]) -> None:
        self._channel, self._queue, self._tag, self._in_hand = channel, queue, tag, in_hand

    async def stop(self, within_s: float) -> None:
        """Takes no new work, waits for the work in hand; what did not end goes back with the channel."""
        try:
            async with asyncio.timeout(within_s):
                await self._queue.cancel(self._tag)
                if self._in_hand:
                    await asyncio.wait(self._in_hand)
        except (TimeoutError, AMQPError, OSError, RuntimeError):
            log.warning("bus.stopped_with_work_in_hand", in_hand=len(self._in_hand))
        await _quietly(self._channel.close())


class RabbitMQBus:
    """Port `Bus` over RabbitMQ."""

    def __init__(self, publisher: AbstractRobustConnection, consumer: AbstractRobustConnection) -> None:
        self._publisher, self._consumer = publisher, consumer
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()
        self._slots = asyncio.Semaphore(IN_FLIGHT)

    async def publish(self, message: Message) -> None:
        await self.publish_raw(queue_for(message).name, encode(message), message_id=message.message_id)

    async def publish_raw(
        self, queue: str, body: bytes, headers: dict[str, Any] | None = None, message_id: str | None = None
    ) -> None:
        """Puts bytes into a queue and waits for the confirm.

        Raises Unavailable when the broker refused or cannot be reached, OutcomeUnknown after 2 s: a
        publish that timed out may still arrive.
        """
        amqp = AmqpMessage(
            body,
            headers=headers or {},
            message_id=message_id or uuid4().hex,
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S), self._slots:
                channel = await self._publish_channel()
                confirm = await channel.default_exchange.publish(amqp, queue, mandatory=True)
        except TimeoutError as exc:
            raise OutcomeUnknown("the broker did not confirm in 2 s") from exc
        except DeliveryError as exc:
            raise Unavailable(f"the broker refused the message for {queue}") from exc
        except (AMQPError, OSError, RuntimeError) as exc:
            raise Unavailable("the broker cannot be reached") from exc
        if not isinstance(confirm, Basic.Ack):
            raise Unavailable(f"the broker did not take the message for {queue}")

    async def consume(self, queue: str, on_delivery: OnDelivery, prefetch: int) -> RabbitMQSubscription:
        channel = await self._consumer.channel()
        await channel.set_qos(prefetch)
        # Declared, not only looked up: after a loss of connection, or of the queue, it is declared the same way again.
        declared = await channel.declare_queue(queue, durable=True, arguments=queue_arguments()[queue])
        in_hand: set[asyncio.Task[Any]] = set()

        async def on_message(message: AbstractIncomingMessage) -> None:
            task = asyncio.current_task()
            if task is not None:
                in_hand.add(task)
                task.add_done_callback(in_hand.discard)
            await on_delivery(RabbitMQDelivery(self, queue, message))

        tag = await declared.consume(on_message)
        return RabbitMQSubscription(channel, declared, tag, in_hand)

    async def dead_letters(self, limit: int) -> list[DeadLetter]:
        found: list[DeadLetter] = []

        async def look(message: AbstractIncomingMessage, dead: DeadLetter) -> bool:
            found.append(dead)
            return False

        await self._walk_dead(limit, look)
        return found

    async def take_dead_letter(self, dead_letter_id: str, *, replay: bool) -> bool:
        async def take(message: AbstractIncomingMessage, dead: DeadLetter) -> bool:
            if dead.id != dead_letter_id:
                return False
            if replay:
                await self.publish_raw(dead.queue, dead.body)
            await message.ack()
            return True

        return await self._walk_dead(MAX_WALK, take)

    async def depth(self, queue: str) -> int:
        """How many messages are ready in the queue."""
        async with asyncio.timeout(RPC_TIMEOUT_S):
            channel = await self._consumer.channel()
            try:
                declared = await channel.declare_queue(queue, passive=True)
                return declared.declaration_result.message_count or 0
            finally:
                await channel.close()

    async def healthy(self) -> bool:
        """Whether both connections stand and the broker answers."""
        try:
            await self.depth(DEAD_QUEUE)
        except (AMQPError, OSError, RuntimeError, TimeoutError):
            return False
        return not self._publisher.is_closed

    async def _publish_channel(self) -> AbstractChannel:
        if self._channel is not None and not self._channel.is_closed:
            return self._channel
        async with self._opening:
            if self._channel is None or self._channel.is_closed:
                self._channel = await self._publisher.channel(publisher_confirms=True, on_return_raises=True)
        return self._channel

    async def _walk_dead(
        self, limit: int, visit: Callable[[AbstractIncomingMessage, DeadLetter], Awaitable[bool]]
    ) -> bool:
        """Shows dead letters to `visit` until it takes one; the others return when the channel closes."""
        async with asyncio.timeout(RPC_TIMEOUT_S):
            channel = await self._consumer.channel()
            try:
                queue = await channel.get_queue(DEAD_QUEUE, ensure=False)
                for _ in range(limit):
                    message = await queue.get(fail=False)
                    if message is None or await visit(message, _dead_letter(message)):
                        return message is not None
                return False
            finally:
                await channel.close()


@asynccontextmanager
async def open_rabbitmq_bus(url: str) -> AsyncIterator[RabbitMQBus]:
    """The bus, until the block ends. Declares the topology. Raises ConfigError if the broker cannot be reached."""
    async with AsyncExitStack() as stack:
        publisher = await _connect(url, "publish")
        stack.push_async_callback(_quietly_close, publisher)
        consumer = await _connect(url, "consume")
        stack.push_async_callback(_quietly_close, consumer)
        await declare_topology(consumer)
        yield RabbitMQBus(publisher, consumer)


async def _connect(url: str, purpose: str) -> AbstractRobustConnection:
    try:
        async with asyncio.timeout(RPC_TIMEOUT_S):
            return await connect_robust(
                url,
                heartbeat=HEARTBEAT_S,
                reconnect_interval=1,
                client_properties={"connection_name": f"deskbell {purpose}"},
            )
    except ValueError as exc:
        raise ConfigError(
            "DESKBELL_BUS_URL is no URL; write amqp://USER:PASSWORD@HOST:PORT/VHOST, "
            "in a password / : @ # % as %2F and so on"
        ) from exc
    except (AuthenticationError, ProbableAuthenticationError) as exc:
        raise ConfigError("RabbitMQ refuses the user or the password in DESKBELL_BUS_URL") from exc
    except (AMQPError, OSError, TimeoutError) as exc:
        where = url.rpartition("@")[2] or url
        raise ConfigError(
            f"RabbitMQ at {where} cannot be reached ({type(exc).__name__}); start it, or mend DESKBELL_BUS_URL"
        ) from exc


async def _quietly_close(connection: AbstractRobustConnection) -> None:
    await _quietly(connection.close())


async def _quietly(ending: Awaitable[Any]) -> None:
    try:
        async with asyncio.timeout(5):
            await ending
    except (AMQPError, OSError, RuntimeError, TimeoutError):
        log.info("bus.closed_unevenly")


async def _unless_gone(ending: Awaitable[Any]) -> None:
    try:
        await ending
    except (ChannelInvalidStateError, AMQPError, OSError, RuntimeError):
        log.info("bus.delivery_gone")


def _number(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _dead_letter(message: AbstractIncomingMessage) -> DeadLetter:
    headers = message.headers
    return DeadLetter(
        id=message.message_id or "",
        queue=str(headers.get("queue") or headers.get("x-first-death-queue") or ""),
        reason=str(headers.get("reason") or headers.get("x-first-death-reason") or ""),
        at=float(str(headers.get("at") or 0)),
        body=message.body,
    )

"""Declares the queues of `topology.py` on a broker, with the arguments that RabbitMQ 3.10 and 4 both know."""

from typing import Any

from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.contracts.topology import DEAD_QUEUE, DELIVERY_LIMIT, MAX_LENGTH, RETRY_DELAYS_S, WORK_QUEUES
from shared.errors import ConfigError

QUORUM = {"x-queue-type": "quorum"}
DEAD = {
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": DEAD_QUEUE,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
    "x-max-length": MAX_LENGTH,
    "x-delivery-limit": DELIVERY_LIMIT,
}


def queue_arguments() -> dict[str, dict[str, Any]]:
    """Every queue by name with its arguments.

    A retry queue has one delay for all of its messages: a delay per message would let a long one at
    the head hold back the short ones behind it.
    """
    declared: dict[str, dict[str, Any]] = {DEAD_QUEUE: {**QUORUM, "x-max-length": 100_000}}
    for queue in WORK_QUEUES:
        declared[queue.name] = {**QUORUM, **DEAD}
        for delay_s in RETRY_DELAYS_S:
            declared[queue.retry_queue(delay_s)] = {
                **QUORUM,
                "x-message-ttl": delay_s * 1000,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": queue.name,
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
                "x-max-length": MAX_LENGTH,
            }
    return declared


async def declare_topology(connection: AbstractRobustConnection) -> None:
    """Declares all queues; raises ConfigError if one exists with other arguments."""
    # On a channel of its own: a refused declaration closes the channel and all that runs on it.
    channel = await connection.channel()
    try:
        for name, arguments in queue_arguments().items():
            await channel.declare_queue(name, durable=True, arguments=arguments)
    except ChannelPreconditionFailed as exc:
        raise ConfigError(
            f"queue {name} exists with other arguments; delete it once it is empty, or use another virtual host"
        ) from exc
    finally:
        if not channel.is_closed:
            await channel.close()

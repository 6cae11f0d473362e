"""`deskbell topology`: which service consumes what, and which queues a broker needs."""

import typer

from shared.contracts.topology import DEAD_QUEUE, PUBLISHES, RETRY_DELAYS_S, WORK_QUEUES


def topology() -> None:
    """Prints the queues: name, consumer, message, what the consumer publishes, retry queues, dead letters."""
    for queue in WORK_QUEUES:
        published = ", ".join(message.type for message in PUBLISHES[queue.service])
        retries = ", ".join(queue.retry_queue(delay_s) for delay_s in RETRY_DELAYS_S)
        typer.echo(f"{queue.name}\t{queue.service} consumes {queue.carries.type}, publishes {published}")
        typer.echo(f"\tretry: {retries}; dead letters: {DEAD_QUEUE}")

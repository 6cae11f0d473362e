"""RabbitMQ killed, frozen, cut off, alarmed; its queues deleted or declared otherwise."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from shared.bus.rabbitmq import open_rabbitmq_bus
from shared.contracts.envelope import encode
from shared.errors import ConfigError, OutcomeUnknown, Unavailable
from shared.ports import Delivery
from tests.conformance.test_bus import QUEUE, Hands, message
from tests.harness.proxy import FaultProxy
from tests.harness.rabbitmq import RabbitMQ

pytestmark = pytest.mark.slow
BACK_WITHIN_S = 60


async def publish_until_taken(bus, number: int) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(BACK_WITHIN_S):
        while True:
            try:
                return await bus.publish(message(number))
            except Unavailable:
                await asyncio.sleep(0.2)


async def test_a_killed_broker_refuses_at_once_and_loses_nothing(broker: RabbitMQ, rabbitmq_url: str) -> None:
    hands = Hands()
    async with open_rabbitmq_bus(rabbitmq_url) as bus:
        await bus.publish(message(1))
        subscription = await bus.consume(QUEUE, hands.take, 4)
        await hands.next()  # in hand, not acked
        broker.kill()
        with pytest.raises(Unavailable):
            await bus.publish(message(2))
        broker.start()
        again = await hands.next(BACK_WITHIN_S)
        assert again.redelivered and again.body == encode(message(1))
        await again.ack()
        await publish_until_taken(bus, 3)
        last = await hands.next(BACK_WITHIN_S)
        assert last.body == encode(message(3))
        await last.ack()
        await subscription.stop(5)


async def test_a_frozen_broker_is_an_unknown_outcome_in_two_seconds(broker: RabbitMQ, rabbitmq_url: str) -> None:
    async with open_rabbitmq_bus(rabbitmq_url) as bus:
        broker.program.send(signal.SIGSTOP)
        began = asyncio.get_running_loop().time()
        try:
            with pytest.raises(OutcomeUnknown):
                await bus.publish(message(1))
            assert asyncio.get_running_loop().time() - began < 3
        finally:
            broker.program.send(signal.SIGCONT)
        await publish_until_taken(bus, 2)


async def test_an_alarm_stops_publishing_but_not_acks(broker: RabbitMQ, rabbitmq_url: str) -> None:
    hands = Hands()
    async with open_rabbitmq_bus(rabbitmq_url) as bus:
        subscription = await bus.consume(QUEUE, hands.take, 4)
        await bus.publish(message(1))
        held = await hands.next()
        broker.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.00001).")
        try:
            with pytest.raises(Unavailable):
                for number in range(2, 50):
                    await bus.publish(message(number))
                    await (await hands.next()).ack()
            await held.ack()
        finally:
            broker.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.4).")
        await publish_until_taken(bus, 100)
        await subscription.stop(5)


async def test_a_cut_wire_brings_the_message_again(
    broker: RabbitMQ, vhost: str, proxy_to: Callable[[int], AbstractAsyncContextManager[FaultProxy]]
) -> None:
    hands = Hands()
    async with proxy_to(broker.port) as proxy, open_rabbitmq_bus(broker.url(vhost, proxy.port)) as bus:
        subscription = await bus.consume(QUEUE, hands.take, 4)
        await bus.publish(message(1))
        lost: Delivery = await hands.next()
        proxy.cut()
        again = await hands.next(BACK_WITHIN_S)
        assert again.redelivered
        await lost.ack()  # of a channel that is gone: changes nothing, harms nothing
        await again.ack()
        await publish_until_taken(bus, 2)
        await (await hands.next(BACK_WITHIN_S)).ack()
        await subscription.stop(5)


async def test_a_deleted_queue_is_declared_again_by_the_next_start(
    broker: RabbitMQ, rabbitmq_url: str, vhost: str
) -> None:
    async with open_rabbitmq_bus(rabbitmq_url) as bus:
        broker.evaluate(
            f'{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"{vhost}">>, queue, <<"{QUEUE}">>)), '
            'rabbit_amqqueue:delete(Q, false, false, <<"tests">>).'
        )
        with pytest.raises(Unavailable):
            await bus.publish(message(1))
    async with open_rabbitmq_bus(rabbitmq_url) as bus:
        await bus.publish(message(1))


async def test_other_arguments_are_a_clear_mistake(broker: RabbitMQ, rabbitmq_url: str, vhost: str) -> None:
    broker.evaluate(
        f'rabbit_amqqueue:declare(rabbit_misc:r(<<"{vhost}">>, queue, <<"{QUEUE}">>), '
        'true, false, [], none, <<"tests">>), ok.'
    )
    with pytest.raises(ConfigError, match="other arguments"):
        async with open_rabbitmq_bus(rabbitmq_url):
            pass


async def test_an_absent_broker_is_a_clear_mistake(free_port: Callable[[], int]) -> None:
    with pytest.raises(ConfigError, match="cannot be reached.*DESKBELL_BUS_URL") as caught:
        async with open_rabbitmq_bus(f"amqp://guest:secret@127.0.0.1:{free_port()}/"):
            pass
    assert "secret" not in str(caught.value)


async def test_a_wrong_password_is_a_clear_mistake(rabbitmq_url: str) -> None:
    user, _, rest = rabbitmq_url.rpartition("@")
    with pytest.raises(ConfigError, match="refuses the user or the password in DESKBELL_BUS_URL"):
        async with open_rabbitmq_bus(f"{user.rpartition(':')[0]}:wrong@{rest}"):
            pass


async def test_a_password_that_breaks_the_url_is_a_clear_mistake() -> None:
    with pytest.raises(ConfigError, match="DESKBELL_BUS_URL is no URL") as caught:
        async with open_rabbitmq_bus("amqp://deskbell:a/b:secret@rabbitmq:5672/"):
            pass
    assert "secret" not in str(caught.value)

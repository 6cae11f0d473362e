"""The servers that tests stand on do what the tests believe of them."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import cycle

import aio_pika
import asyncpg
import pytest
import redis.asyncio as redis

from tests.harness import program
from tests.harness.program import MOST_WORKERS, PORTS_EACH, ports_of
from tests.harness.proxy import FaultProxy
from tests.harness.rabbitmq import RabbitMQ
from tests.harness.valkey import Valkey

Proxied = Callable[[int], AbstractAsyncContextManager[FaultProxy]]


def test_no_port_is_given_to_two_workers() -> None:
    ranges = [ports_of(f"gw{number}") for number in range(MOST_WORKERS)]
    assert len({port for ports in ranges for port in ports}) == MOST_WORKERS * PORTS_EACH
    assert ports_of("") == ranges[0]


def test_a_port_is_of_this_worker_and_none_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = program.free_port(), program.free_port()
    assert {first, second} <= set(ports_of(os.environ.get("PYTEST_XDIST_WORKER", "")))
    monkeypatch.setattr(program, "_CANDIDATES", cycle([first, second]))
    with socket.create_server(("127.0.0.1", first)):
        assert program.free_port() == second


async def queue_names(url: str, declare: str) -> int:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(declare, durable=True)
        await channel.default_exchange.publish(
            aio_pika.Message(b"x", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), declare
        )
        return (await channel.declare_queue(queue.name, passive=True)).declaration_result.message_count or 0


@pytest.mark.slow
async def test_a_virtual_host_is_fresh_and_a_killed_broker_keeps_its_queues(
    broker: RabbitMQ, rabbitmq_url: str
) -> None:
    assert await queue_names(rabbitmq_url, "work") == 1
    other = broker.fresh_vhost()
    assert await queue_names(broker.url(other), "work") == 1
    broker.kill()
    with pytest.raises(OSError):
        await aio_pika.connect(rabbitmq_url)
    broker.start()
    assert await queue_names(rabbitmq_url, "work") == 2
    broker.drop_vhost(other)


async def test_a_killed_valkey_keeps_what_it_acknowledged(state_server: Valkey, state_url: str) -> None:
    async with redis.from_url(state_url) as client:
        assert await client.dbsize() == 0
        await client.set("kept", "1")
    state_server.kill()
    state_server.start()
    async with redis.from_url(state_url) as client:
        assert await client.get("kept") == b"1"


async def test_every_database_is_empty(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    try:
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    finally:
        await connection.close()


@asynccontextmanager
async def echo_server() -> AsyncIterator[int]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(line)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def connection_to(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_latency_freezing_and_cutting(proxy_to: Proxied) -> None:
    async with echo_server() as port, proxy_to(port) as proxy, connection_to(proxy.port) as (reader, writer):
        proxy.latency_s = 0.1
        began = time.monotonic()
        writer.write(b"slow\n")
        assert await reader.readline() == b"slow\n"
        assert time.monotonic() - began >= 0.2

        proxy.freeze()
        writer.write(b"later\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.3)
        proxy.thaw()
        assert await reader.readline() == b"later\n"

        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read()


async def test_a_refusing_proxy_ends_newcomers(proxy_to: Proxied) -> None:
    async with echo_server() as port, proxy_to(port) as proxy:
        proxy.refuse = True
        async with connection_to(proxy.port) as (reader, _):
            assert await reader.read() == b""

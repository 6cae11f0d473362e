"""A gateway on a real Valkey and the memory bus, with a scripted answerer in place of the other services."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from services.gateway.service import build
from shared.bus.consumer import Consumer
from shared.bus.memory import MemoryBus
from shared.config import Settings
from shared.contracts.envelope import Message, decode
from shared.contracts.messages import Expects, MessageReceived, Reply, ReplyCompleted
from shared.contracts.topology import queue_of
from shared.errors import OutcomeUnknown
from shared.ports import Delivery
from shared.service import World
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.turns import RedisTurns
from tests.harness.program import free_port


def answer(received: MessageReceived, text: str = "", expects: Expects | None = None) -> ReplyCompleted:
    """The end of a turn with one reply: the customer's words again."""
    reply = Reply(
        id=f"{received.conversation_id}-{received.turn}", turn=received.turn, language=received.language,
        text=text or f"You said: {received.input.text}", expects=expects or Expects(),
    )  # fmt: skip
    return ReplyCompleted.after(received, language=received.language, replies=(reply,), responses=("echo",))


@dataclass
class Answerer:
    """Stands for understanding, dialogue and generation. `script` answers None to stay silent."""

    bus: MemoryBus
    script: Callable[[MessageReceived], ReplyCompleted | None] = answer
    received: list[MessageReceived] = field(default_factory=list)

    async def on_delivery(self, delivery: Delivery) -> None:
        message = decode(delivery.body)
        assert isinstance(message, MessageReceived)
        self.received.append(message)
        await delivery.ack()
        done = self.script(message)
        if done is not None:
            await self.bus.publish(done)


class FailingBus(MemoryBus):
    """A bus whose next publishes get no confirm; the first `swallowed` do not arrive either."""

    failures = 0

    async def publish(self, message: Message) -> None:
        if self.failures and isinstance(message, MessageReceived):
            self.failures -= 1
            raise OutcomeUnknown("no confirm within 2 s")
        await super().publish(message)


@dataclass
class Gateway:
    """A running gateway and what stands around it."""

    url: str
    internal_url: str
    http: httpx.AsyncClient
    answerer: Answerer
    bus: FailingBus
    conversations: Conversations
    world: World
    loops: list[asyncio.Task[None]]

    async def begin(self, **body: Any) -> "Talk":
        response = await self.http.post("/v1/conversations", json=body)
        assert response.status_code == 201, response.text
        return Talk(self, response.json()["conversation_id"], response.json()["token"])

    @asynccontextmanager
    async def socket(self, **options: Any) -> AsyncIterator["Socket"]:
        address = f"{self.url.replace('http', 'ws')}/v1/ws"
        options = {"subprotocols": ["deskbell.v1"], "compression": None, "proxy": None, **options}
        async with connect(address, **options) as wire:
            yield Socket(wire)


@dataclass
class Talk:
    """One conversation, over REST and WebSocket."""

    gateway: Gateway
    id: str
    token: str

    @property
    def path(self) -> str:
        return f"/v1/conversations/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, path: str, body: Any = None, **params: Any) -> httpx.Response:
        return await self.gateway.http.post(f"{self.path}/{path}", json=body, params=params, headers=self.headers)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.gateway.http.get(f"{self.path}/{path}", params=params, headers=self.headers)

    async def say(self, text: str, message_id: str = "m1", wait_s: float = 5) -> dict[str, Any]:
        response = await self.post("messages", {"client_message_id": message_id, "text": text}, wait_s=wait_s)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    @asynccontextmanager
    async def socket(self, after: str | None = None, **options: Any) -> AsyncIterator["Socket"]:
        """A connection that has said hello and is ready."""
        async with self.gateway.socket(**options) as socket:
            await socket.send(type="hello", token=self.token, **({"after": after} if after else {}))
            assert (await socket.next())["type"] == "ready"
            yield socket


@dataclass
class Socket:
    """A WebSocket whose frames are read with a deadline."""

    wire: ClientConnection

    async def send(self, **frame: Any) -> None:
        await self.wire.send(json.dumps(frame))

    async def next(self, *types: str, within_s: float = 5) -> dict[str, Any]:
        """The next frame, or the next of these types."""
        async with asyncio.timeout(within_s):
            while True:
                frame: dict[str, Any] = json.loads(await self.wire.recv())
                if not types or frame["type"] in types:
                    return frame

    async def close_code(self, within_s: float = 8) -> int | None:
        """How the server closes the connection; what it says before is read and dropped."""
        async with asyncio.timeout(within_s):
            try:
                while True:
                    await self.wire.recv()
            except ConnectionClosed:
                return self.wire.close_code


@asynccontextmanager
async def running_gateway(state_url: str, **env: str) -> AsyncIterator[Gateway]:
    """A gateway on free ports until the block ends. `env`: settings without their prefix."""
    given = {"HOST": "127.0.0.1", "PORT": str(free_port()), "INTERNAL_PORT": str(free_port()), **env}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(f"DESKBELL_{name}", value)
        async with open_redis(state_url) as redis:
            bus = FailingBus()
            world = World(Settings(), bus, redis, redis, "")
            async with build(world) as service:
                answerer = Answerer(bus)
                upstream = await bus.consume(queue_of("nlu").name, answerer.on_delivery, 16)
                consumer = Consumer(bus, RedisTurns(redis), service)
                async with (
                    consumer.running(1),
                    httpx.AsyncClient(base_url=f"http://127.0.0.1:{given['PORT']}", trust_env=False) as http,
                    asyncio.TaskGroup() as owner,
                ):
                    loops = [owner.create_task(loop()) for loop in service.loops]
                    yield Gateway(
                        str(http.base_url), f"http://127.0.0.1:{given['INTERNAL_PORT']}", http, answerer, bus,
                        Conversations(redis), world, loops,
                    )  # fmt: skip
                    for task in loops:
                        task.cancel()
                await upstream.stop(1)
            await bus.close()

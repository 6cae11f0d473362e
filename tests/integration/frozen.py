"""All services in this process, each of which can be frozen at a named point for ever, or until it is woken.

To everybody else a frozen worker is a dead one: its lease lapses, its broker redelivers. The
point's name says where: `publish message.understood`, `published reply.planned`, `pass_on 1`,
`saved`, `committed`, `finished`.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.dialogue.adapters.sql_shop import SqlShop
from shared.bus.consumer import Consumer
from shared.bus.memory import MemoryBus
from shared.config import Settings
from shared.contracts.envelope import Message
from shared.contracts.messages import CustomerInput
from shared.errors import OutcomeUnknown
from shared.ports import Accepted, Delivery, Event, Identity, OnDelivery, TurnRef
from shared.service import Service, World
from shared.shop import load_shop
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.keys import ConversationKeys
from shared.store.states import DialogueStates
from shared.store.turns import RedisTurns
from tests.harness.waiting import eventually


class Gates:
    """Points at which the next to come by freezes."""

    def __init__(self) -> None:
        self._closed: dict[str, asyncio.Event] = {}
        self._reached: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def close(self, point: str) -> None:
        self._closed[point] = asyncio.Event()

    async def pass_by(self, point: str) -> None:
        gate = self._closed.get(point)
        if gate is None or self._reached[point].is_set():
            return
        self._reached[point].set()
        await gate.wait()

    async def reached(self, point: str) -> None:
        async with asyncio.timeout(15):
            await self._reached[point].wait()

    def wake(self, point: str) -> None:
        self._closed.pop(point).set()


class LosableDelivery:
    """A delivery that the broker may take away; its former holder then changes nothing, as over a closed channel."""

    def __init__(self, delivery: Delivery) -> None:
        self.body, self.redelivered, self.retries = delivery.body, delivery.redelivered, delivery.retries
        self._delivery, self.lost = delivery, False

    async def lose(self) -> None:
        self.lost = True
        await self._delivery.requeue()

    async def ack(self) -> None:
        if not self.lost:
            await self._delivery.ack()

    async def requeue(self) -> None:
        if not self.lost:
            await self._delivery.requeue()

    async def retry(self, delay_s: int) -> None:
        if not self.lost:
            await self._delivery.retry(delay_s)

    async def dead_letter(self, reason: str) -> None:
        if not self.lost:
            await self._delivery.dead_letter(reason)


class GatedBus(MemoryBus):
    """The memory bus with gates around each publish, and a hand on what consumers hold."""

    def __init__(self, gates: Gates) -> None:
        super().__init__()
        self.gates, self.held, self.unconfirmed = gates, defaultdict(list), 0  # type: ignore[var-annotated]
        self.published: list[Message] = []

    async def publish(self, message: Message) -> None:
        await self.gates.pass_by(f"publish {message.type}")
        if self.unconfirmed:
            self.unconfirmed -= 1
            raise OutcomeUnknown("no confirm in 2 s")
        self.published.append(message)
        await super().publish(message)
        await self.gates.pass_by(f"published {message.type}")

    async def consume(self, queue: str, on_delivery: OnDelivery, prefetch: int) -> Any:
        async def holding(delivery: Delivery) -> None:
            losable = LosableDelivery(delivery)
            self.held[queue].append(losable)
            await on_delivery(losable)

        return await super().consume(queue, holding, prefetch)

    async def redeliver(self, queue: str) -> None:
        """The broker notices that the last consumer of this queue is gone."""
        await self.held[queue][-1].lose()


class GatedTurns(RedisTurns):
    gates: Gates

    async def pass_on(self, ref: TurnRef, stage: int, attempt: int) -> bool:
        await self.gates.pass_by(f"pass_on {stage}")
        passed = await super().pass_on(ref, stage, attempt)
        await self.gates.pass_by(f"passed_on {stage}")
        return passed


class Talk:
    """One conversation, as the gateway's customers see it."""

    def __init__(self, kit: "Kit", conversation_id: str) -> None:
        self.kit, self.id, self.keys = kit, conversation_id, ConversationKeys(conversation_id)

    async def accept(self, sent: CustomerInput) -> Accepted:
        """Accepts without publishing, as a gateway that dies in between does."""
        return await self.kit.conversations.accept(self.id, sent)

    async def events(self) -> list[Event]:
        return await self.kit.conversations.events(self.id) or []

    async def replies(self) -> list[dict[str, Any]]:
        return [event.data["reply"] for event in await self.events() if event.type == "reply"]

    async def ends(self) -> list[tuple[int, str]]:
        return [(e.data["turn"], e.data["status"]) for e in await self.events() if e.type == "turn.ended"]

    async def ended(self, turn: int) -> str:
        async def end() -> str | None:
            return dict(await self.ends()).get(turn)

        return str(await eventually(end, 15))

    async def time_passes(self, turn: int, **fields: int) -> None:
        """Rewrites the times of a turn: `lease=1` lapses it, `deadline=1` ends its time."""
        await self.kit.world.state.hset(f"{self.keys.base}:turn:{turn}", mapping=fields)  # type: ignore[misc,arg-type]
        await self.kit.world.state.zadd(self.keys.open_turns, {f"{self.id}|{turn}": 1})


class Kit:
    """The running services and their world."""

    def __init__(self, world: World, gates: Gates, shop: SqlShop) -> None:
        self.world, self.gates, self.shop = world, gates, shop
        self.bus: GatedBus = world.bus  # type: ignore[assignment]
        self.conversations = Conversations(world.state)

    async def begin(self, customer: str | None = None) -> Talk:
        conversation_id = uuid4().hex
        identity = Identity("L2", customer) if customer else Identity()
        await self.conversations.create(conversation_id, "en", "digest", identity, 600)
        return Talk(self, conversation_id)


@asynccontextmanager
async def running_kit(
    state_url: str, directory: Path, names: Sequence[str], patch: pytest.MonkeyPatch
) -> AsyncIterator[Kit]:
    """The named services over gated stores; `directory` holds the shop's database."""
    gates = Gates()
    _gate_method(patch, gates, DialogueStates, "save", "saved")
    _gate_method(patch, gates, SqlShop, "commit", "committed")
    _gate_method(patch, gates, Conversations, "finish", "finished")
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(open_redis(state_url))
        world = World(Settings(), GatedBus(gates), state, state, f"sqlite+aiosqlite:///{directory}/shop.db")
        services = [await stack.enter_async_context(_build(name, world, patch)) for name in names]
        turns = GatedTurns(state)
        turns.gates = gates
        for service in services:
            await stack.enter_async_context(Consumer(world.bus, turns, service).running(0.1))
        shop = await stack.enter_async_context(_shop(world))
        owner = await stack.enter_async_context(asyncio.TaskGroup())
        loops = [owner.create_task(loop()) for service in services for loop in service.loops]  # type: ignore[arg-type]
        yield Kit(world, gates, shop)
        for task in loops:
            task.cancel()


# No test writes into the shop's folder, so one reading serves every kit.
read_once = cache(load_shop)


def _build(name: str, world: World, patch: pytest.MonkeyPatch) -> Any:
    module = import_module(f"services.{name}.service")
    patch.setattr(module, "load_shop", read_once)
    return module.build(world)


def _shop(world: World) -> Any:
    from services.dialogue.adapters.sql_shop import open_sql_shop

    return open_sql_shop(world.database_url, read_once(world.settings.shop_dir))


def _gate_method(patch: pytest.MonkeyPatch, gates: Gates, owner: type, method: str, point: str) -> None:
    original = getattr(owner, method)

    async def gated(self: object, *args: Any, **kwargs: Any) -> Any:
        answer = await original(self, *args, **kwargs)
        await gates.pass_by(point)
        return answer

    patch.setattr(owner, method, gated)


__all__ = ["Kit", "Service", "Talk", "running_kit"]

"""A stack whose understanding and generation are against the customers: real gateway, dialogue, stores and shop.

Understanding finds in every text of an attacker, with certainty, an act on an order of somebody else, with that
order's number, goods and address as entities. Generation is either the real one over a model that claims and tells
what it should not, or a double that says everything it was given.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.commands.client import Client, open_client
from services.commands.roads import Answer, open_road
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.domain.shop import Customer, Order
from services.dialogue.ports import Passage
from services.gateway.service import build as build_gateway
from services.generator.domain.prompt import Prompt
from services.generator.handlers.asking import Rung
from services.generator.handlers.phrasing import Phraser
from services.generator.handlers.planned import Generator
from services.generator.ports import Limits
from shared.bus.consumer import Consumer
from shared.bus.memory import MemoryBus
from shared.config import Settings
from shared.contracts.messages import (
    CustomerInput,
    Entity,
    Language,
    MessageReceived,
    MessageUnderstood,
    Reply,
    ReplyChunk,
    ReplyCompleted,
    ReplyPlanned,
    Request,
    Understanding,
)
from shared.ports import Claim
from shared.service import Service, World
from shared.shop import Shop, load_shop
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.turns import RedisTurns
from shared.wording import open_wording
from tests.harness.counter import handlers_of
from tests.harness.phrasing import Listener
from tests.harness.program import free_port

CLAIM = "Done: I have refunded 999.99"
PAGE = "Parcels leave the warehouse within 24 hours. Delivery takes three to five days."
QUESTION = "how long does delivery take"


class Pages:
    """One page, which answers everything, so that the model is asked in every turn that has a question."""

    async def search(self, question: str, language: str, top: int = 3) -> list[Passage]:
        return [Passage("delivery", "Delivery", PAGE, 0.95, language, "knowledge/delivery.md", PAGE)]


@dataclass
class EvilUnderstanding:
    """Asks for every act of the shop in turn, each time on another order that is not the customer's."""

    shop: Shop
    orders: tuple[Order, ...]
    people: dict[str, Customer]
    honest: dict[str, Request] = field(default_factory=dict)
    attackers: dict[str, str | None] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    _wishes: dict[str, Iterator[tuple[str, Order]]] = field(default_factory=dict)

    async def on_message_received(self, message: MessageReceived, claim: Claim) -> AsyncIterator[MessageUnderstood]:
        requests = tuple(self._requests(message.conversation_id)) if message.input.text is not None else ()
        understood = Understanding(language=message.language, requests=requests)
        yield MessageUnderstood.after(
            message, input=message.input, understanding=understood, previous_end=message.previous_end
        )

    def _requests(self, conversation: str) -> Iterator[Request]:
        if conversation not in self.attackers:
            yield self.honest[conversation]
            return
        intent, order = next(self._wishes.setdefault(conversation, self._all_wishes(self.attackers[conversation])))
        self.asked.add(intent)
        yield Request(intent=intent, confidence=1.0, text=f"{intent} {order.number}", entities=self._entities(order))
        yield Request(intent="faq", confidence=1.0, text=QUESTION)

    def _all_wishes(self, attacker: str | None) -> Iterator[tuple[str, Order]]:
        foreign = cycle([order for order in self.orders if order.customer_id != attacker])
        acts = [intent for flow in self.shop.flows.values() if flow.needs for intent in flow.starts_on]
        # Cancelling comes first and again after each other act.
        for intent in cycle([name for act in acts for name in ("cancel_order", act)]):
            yield intent, next(foreign)

    def _entities(self, order: Order) -> tuple[Entity, ...]:
        owner = self.people[order.customer_id]
        told = {
            "order": order.number, "product": order.lines[0].product_id, "address": owner.address,
            "email": owner.email, "quantity": "1",
        }  # fmt: skip
        return tuple(Entity(type=kind, text=value, value=value, start=0, end=1) for kind, value in told.items())


@dataclass
class EvilModel:
    """A language model that claims a write and tells a customer's address. `told` is all that it ever learned."""

    address: str
    told: list[str] = field(default_factory=list)
    name: str = "evil"

    async def stream(self, prompt: Prompt, limits: Limits) -> AsyncGenerator[str, None]:
        self.told.append(f"{prompt.system}\n{prompt.user}")
        for sentence in (PAGE, CLAIM, f"and cancelled the order to {self.address}."):
            yield f"{sentence} "


class Overlooked(Listener):
    """Everybody who watches pieces of replies, and whoever reads the failed ones that are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: dict[str, list[str]] = defaultdict(list)

    async def chunk(self, conversation_id: str, chunk: ReplyChunk) -> None:
        self.pieces[conversation_id].append(chunk.text)


class Babbler:
    """Takes generation's place and says all that it was given."""

    async def on_reply_planned(self, planned: ReplyPlanned, claim: Claim) -> AsyncIterator[ReplyCompleted]:
        replies = tuple(
            Reply(
                id=reply.id, turn=planned.turn, language=planned.language, text=reply.model_dump_json(),
                components=reply.components, sources=reply.sources, expects=reply.expects, acts=reply.acts,
            ) for reply in planned.replies
        )  # fmt: skip
        responses = tuple(reply.response for reply in planned.replies)
        yield ReplyCompleted.after(planned, language=planned.language, replies=replies, responses=responses)


class Overheard:
    """Passes plans on to generation, and keeps them by conversation."""

    def __init__(self, generation: Babbler | Generator) -> None:
        self._generation = generation
        self.planned: dict[str, list[str]] = defaultdict(list)

    async def on_reply_planned(self, planned: ReplyPlanned, claim: Claim) -> AsyncIterator[ReplyCompleted]:
        self.planned[planned.conversation_id].append(planned.model_dump_json())
        async for completed in self._generation.on_reply_planned(planned, claim):
            yield completed


@dataclass
class Siege:
    """The running stack. `watching` is who sees pieces of replies, `planned` what generation got, by conversation."""

    client: Client
    shop: SqlShop
    conversations: Conversations
    understanding: EvilUnderstanding
    model: EvilModel
    watching: Overlooked
    planned: dict[str, list[str]]

    def everything_of(self, customer: str) -> set[str]:
        """What nobody else may read of this customer, wherever it comes up."""
        person = self.understanding.people[customer]
        parcels = {order.tracking_number for order in self.understanding.orders if order.customer_id == customer}
        return {text for text in {person.name, person.email, person.phone, person.address} | parcels if text}

    @asynccontextmanager
    async def conversation(self, customer: str | None, language: Language, honest: Request | None = None) -> Any:
        """A conversation; without an honest wish understanding is against it."""
        token = await self.client.demo_token(customer) if customer else None
        opened = await self.client.create(language, token)
        if honest is None:
            self.understanding.attackers[opened.conversation_id] = customer
        else:
            self.understanding.honest[opened.conversation_id] = honest
        async with open_road(self.client, opened, websocket=False) as road:
            yield Talk(opened.conversation_id, road)

    async def sent_to(self, conversation: str) -> str:
        """All replies of the conversation's log, their pieces, and the plans that they came from."""
        events = await self.conversations.events(conversation, limit=5000) or []
        told = [str(event.data) for event in events if event.type != "message"]
        pieces = "".join(self.watching.pieces[conversation])
        return "\n".join([*told, pieces, *self.planned[conversation]])


@dataclass
class Talk:
    """One customer's end of the road."""

    id: str
    road: Any

    async def say(self, **done: Any) -> Answer:
        answer: Answer = await self.road.turn(CustomerInput(client_message_id=uuid4().hex, **done))
        assert answer.status == "completed"
        return answer


@asynccontextmanager
async def besieged(
    state_url: str, directory: Path, patch: pytest.MonkeyPatch, *, babbling: bool
) -> AsyncIterator[Siege]:
    """The stack until the block ends."""
    port = free_port()
    settings = {"PORT": port, "INTERNAL_PORT": free_port(), "MESSAGE_BURST": 10**6, "MESSAGE_PER_S": 10**6}
    for name, value in settings.items():
        patch.setenv(f"DESKBELL_{name}", str(value))
    shop = load_shop(Settings().shop_dir)
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(open_redis(state_url))
        bus = MemoryBus()
        stack.push_async_callback(bus.close)
        world = World(Settings(), bus, redis, redis, f"sqlite+aiosqlite:///{directory}/shop.db")
        backend = await stack.enter_async_context(open_sql_shop(world.database_url, shop))
        evil = await _understanding(shop, backend)
        model = EvilModel(evil.people["C003"].address)
        watching = Overlooked()
        phraser = Phraser([Rung("evil", model)], watching.around())
        overheard = Overheard(Babbler() if babbling else Generator(open_wording(shop), phraser))
        dialogue = handlers_of(redis, shop, backend, Pages())
        services = (
            await stack.enter_async_context(build_gateway(world)),
            Service("nlu", handles={MessageReceived: evil.on_message_received}),
            Service("dialogue", handles={MessageUnderstood: dialogue.on_message_understood}),
            Service("generator", handles={ReplyPlanned: overheard.on_reply_planned}),
        )
        await stack.enter_async_context(_running(services, bus, RedisTurns(redis)))
        client = await stack.enter_async_context(open_client(f"http://127.0.0.1:{port}"))
        yield Siege(client, backend, Conversations(redis), evil, model, watching, overheard.planned)


async def _understanding(shop: Shop, backend: SqlShop) -> EvilUnderstanding:
    found = [await backend.find_customer(customer_id=customer.id) for customer in shop.customers]
    people = {customer.id: customer for customer in found if customer}
    orders = [order for customer in people for order in await backend.orders(customer)]
    return EvilUnderstanding(shop, tuple(orders), people)


@asynccontextmanager
async def _running(services: Sequence[Service], bus: MemoryBus, turns: RedisTurns) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(Consumer(bus, turns, service).running(1))
        owner = await stack.enter_async_context(asyncio.TaskGroup())
        loops = [owner.create_task(loop()) for service in services for loop in service.loops]  # type: ignore[arg-type]
        yield
        for task in loops:
            task.cancel()

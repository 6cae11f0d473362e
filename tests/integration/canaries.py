"""Two customers whose records and words hold a mark, many conversations at once, and a look at all that was kept."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from redis.asyncio import Redis

from services.dialogue.adapters.knowledge.live import Home, open_knowledge
from services.generator.domain.prompt import Prompt
from services.generator.handlers.asking import Rung
from services.generator.handlers.phrasing import Phraser
from services.generator.handlers.planned import Generator
from services.generator.ports import Limits, NoAnswer
from shared.config import Settings
from shared.contracts.messages import Language, MessageUnderstood
from shared.encoder import open_encoder
from shared.errors import Unavailable
from shared.llm import Breaker
from shared.ports import Claim
from shared.shop import Shop, load_shop
from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder, CatalogueProduct
from shared.store.client import open_redis
from shared.wording import open_wording
from tests.harness.counter import Counter, Heard, open_counter
from tests.harness.phrasing import Listener
from tests.harness.waiting import eventually

OWNERS: Mapping[str, str] = {"C002": "CANARY-A", "C003": "CANARY-B"}
LANGUAGES: Mapping[str, Language] = {"C002": "en", "C003": "zh"}
DEMO = Path(__file__).resolve().parents[2] / "shops" / "demo"
CONVERSATIONS = 10
"""Of each of the two customers, all at the same time."""
CANCELLED = 0.05
"""So many turns are broken off somewhere in their midst, and delivered again."""
SAID = (
    ("Show me my orders", "order_list"),
    ("Where is my latest order?", "order_status"),
    ("Where is the {mark} lamp?", "order_status"),
    ("Change the address of order {order} to {mark} Street {number}, 10119 Berlin", "change_address"),
    ("Change my name to {mark} Miller", "profile_change"),
    ("cancel order {order}", "cancel_order"),
    ("{mark} Miller asks: which cards do you accept", "payment_methods"),
    ("which cards do you accept", "payment_methods"),
    ("支持哪些支付方式", "payment_methods"),
    ("how long does delivery to {mark} Street take?", "shipping_time"),
    ("and how long does that take?", "faq"),
    ("{mark}", "out_of_scope"),
    ("how many points do I have?", "points"),
    ("yes", "affirm"),
    ("no", "deny"),
    ("never mind", "deny"),
    ("hello", "greeting"),
    ("back to the bot", "back_to_bot"),
)
"""What the customers say, with their own mark in it."""


@dataclass(frozen=True)
class MarkedShop(Shop):
    """The demo shop where all that two customers have, and one product that only they bought, holds their mark."""

    @cached_property
    def customers(self) -> tuple[CatalogueCustomer, ...]:
        return tuple(_marked_customer(customer) for customer in load_shop(DEMO).customers)

    @cached_property
    def products(self) -> tuple[CatalogueProduct, ...]:
        products = load_shop(DEMO).products
        lamp = products[0]
        return (*products, *(_marked_product(lamp, mark) for mark in OWNERS.values()))

    @cached_property
    def orders(self) -> tuple[CatalogueOrder, ...]:
        return tuple(_marked_order(order) for order in load_shop(DEMO).orders)


def _marked_customer(customer: CatalogueCustomer) -> CatalogueCustomer:
    mark = OWNERS.get(customer.id)
    changed = {"name": f"{mark} Smith", "address": f"{mark} Street 1, 10119 Berlin", "phone": f"+49 {mark}"}
    return customer.model_copy(update=changed) if mark else customer


def _marked_product(product: CatalogueProduct, mark: str) -> CatalogueProduct:
    named = {"en": f"{mark} lamp", "zh": f"{mark} 台灯"}
    variant = product.variants[0].model_copy(update={"sku": f"{mark}-SKU"})
    return product.model_copy(
        update={"id": f"{mark}-P", "name": named, "description": {k: f"Note: {v}" for k, v in named.items()},
                "variants": (variant,)}
    )  # fmt: skip


def _marked_order(order: CatalogueOrder) -> CatalogueOrder:
    mark = OWNERS.get(order.customer)
    if mark is None:
        return order
    lines = (order.lines[0].model_copy(update={"sku": f"{mark}-SKU"}), *order.lines[1:])
    delivery = order.delivery.model_copy(update={"tracking_number": f"{mark}-PARCEL"})
    return order.model_copy(
        update={"lines": lines, "delivery": delivery, "address": f"{mark} Street 1, 10119 Berlin"}
    )  # fmt: skip


SPEAKING: ContextVar[str] = ContextVar("speaking")
"""The customer whose turn this task works on."""


@dataclass
class ListeningModel:
    """A model that tells a mark where it can, and keeps what it was asked, by customer."""

    name: str = "listening"
    told: dict[str, list[str]] = field(default_factory=lambda: {customer: [] for customer in OWNERS})

    async def stream(self, prompt: Prompt, limits: Limits) -> AsyncGenerator[str, None]:
        self.told[SPEAKING.get()].append(f"{prompt.system}\n{prompt.user}")
        yield f"I was told of {OWNERS[SPEAKING.get()]}. "
        raise NoAnswer("broken")


@dataclass
class Crowd:
    """What all conversations share, and what each customer's were sent."""

    counter: Counter
    state_url: str
    shop: Shop
    model: ListeningModel
    generator: Generator
    broken_off: int = 0
    sent: dict[str, list[str]] = field(default_factory=lambda: {customer: [] for customer in OWNERS})

    async def talk(self, customer: str, name: str, turns: int) -> None:
        """One conversation, full of what its customer says, in an order drawn by its name."""
        SPEAKING.set(customer)
        chance, conversation = random.Random(name), f"{customer}-{name}"
        order = next(o.number for o in self.shop.orders if o.customer == customer and o.status == "pending")
        await self.counter.begin(conversation, customer, LANGUAGES[customer])
        for number in range(1, turns + 1):
            text, intent = chance.choice(SAID)
            told = text.format(mark=OWNERS[customer], order=order, number=number)
            await self._turn(conversation, number, Heard(told, intent), chance)

    async def _turn(self, conversation: str, number: int, heard: Heard, chance: random.Random) -> None:
        customer = SPEAKING.get()
        message, claim = await self.counter.accept(conversation, number, heard, LANGUAGES[customer])
        if chance.random() < CANCELLED:
            claim = await self._break_off(message, claim, chance.randrange(1, 40))
        plan = await self.counter.handle(message, claim)
        (done,) = [done async for done in self.generator.on_reply_planned(plan, claim)]
        texts = [reply.text for reply in done.replies]
        self.sent[customer] += [plan.model_dump_json(), *texts]
        await self.counter.finish(message, claim, plan, texts)

    async def _break_off(self, message: MessageUnderstood, claim: Claim, after: int) -> Claim:
        """Cancels the handler after so many passes of the event loop; answers with the next delivery's claim."""
        task = asyncio.create_task(self.counter.handle(message, claim))
        for _ in range(after):
            await asyncio.sleep(0)
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        self.broken_off += isinstance(ended, asyncio.CancelledError)
        return await self.counter.claim(message, redelivered=True)

    async def kept(self) -> dict[str, str]:
        """Everything in Redis by key: the key and its content as text."""
        raw = Redis.from_url(self.state_url)
        readers = {
            b"string": raw.get, b"hash": raw.hgetall, b"stream": raw.xrange, b"set": raw.smembers,
            b"list": lambda key: raw.lrange(key, 0, -1), b"zset": lambda key: raw.zrange(key, 0, -1),
        }  # fmt: skip
        async with raw:
            found = {key: await readers[await raw.type(key)](key) async for key in raw.scan_iter()}
        return {key.decode(): f"{key.decode()} {found[key]}" for key in found}


@asynccontextmanager
async def open_crowd(state_url: str, directory: Path) -> AsyncIterator[Crowd]:
    """The dialogue of the marked shop with its pages, and a generation that asks a model."""
    shop = MarkedShop(load_shop(DEMO).files)
    url = f"sqlite+aiosqlite:///{directory}/shop.db"
    async with (
        open_redis(state_url) as redis,
        open_encoder(kept=Settings().var / "encoder") as encoder,
        open_knowledge(Home(DEMO, directory, url, redis), encoder) as pages,
        open_counter(state_url, url, shop, pages) as counter,
    ):
        model = ListeningModel()
        phraser = Phraser([Rung("listening", model, breaker=Breaker(failures=10**9))], Listener().around())
        await eventually(partial(_connected, counter), 60)
        yield Crowd(counter, state_url, shop, model, Generator(open_wording(shop), phraser))


async def _connected(counter: Counter) -> bool:
    """Whether there is a connection for each conversation: to open them all at once takes a busy machine long."""
    try:
        await asyncio.gather(*(counter.states.load("nobody") for _ in range(2 * CONVERSATIONS)))
    except Unavailable:
        return False
    return True

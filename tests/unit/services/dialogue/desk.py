"""The dialogue's handlers between a real Valkey and the real embedded shop."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from redis.asyncio import Redis

from services.dialogue.adapters.demo_codes import DemoCodes
from services.dialogue.adapters.redis_intents import RedisIntents
from services.dialogue.adapters.redis_silences import RedisSilences
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.config import DialogueSettings
from services.dialogue.domain.shop import Drifted, Order, Preview, Receipt
from services.dialogue.handlers import DialogueHandlers, Reminder, Settler
from services.dialogue.handlers.performing import Ports
from services.dialogue.ports import Passage
from services.dialogue.service import load_rules, open_tries, wording
from shared.contracts.messages import CustomerInput, Expects, MessageUnderstood, ReplyPlanned, Request, Understanding
from shared.errors import Transient
from shared.ports import Claim, Drive, Identity, TurnRef
from shared.shop import load_shop
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.desk import RedisDesk
from shared.store.states import STAGE, DialogueStates
from shared.store.turns import RedisTurns

CONVERSATION = "c-1"


@dataclass
class FaultyShop:
    """The real shop, whose answers may get lost. `applies`: a lost commit is made all the same."""

    real: SqlShop
    lost_commits: int = 0
    applies: bool = True
    away: bool = False
    commits: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    async def orders(self, customer_id: str) -> tuple[Order, ...]:
        if self.away:
            raise Transient("the shop is away")
        return await self.real.orders(customer_id)

    async def commit(self, customer_id: str, preview: Preview, key: str) -> Receipt | Drifted:
        self.commits += 1
        if self.lost_commits and not self.applies:
            self.lost_commits -= 1
            raise Transient("lost on the way")
        done = await self.real.commit(customer_id, preview, key)
        if self.lost_commits:
            self.lost_commits -= 1
            raise Transient("no answer")
        return done


class NoPages:
    """A shop without pages."""

    async def rank_goods(self, words: str, language: str) -> tuple[tuple[str, float], ...]:
        return ()

    async def search(self, question: str, language: str, top: int = 3) -> list[Passage]:
        return []


@dataclass
class Counter:
    """One conversation at the counter: says things, and passes each turn through the real store."""

    handlers: DialogueHandlers
    settler: Settler
    reminder: Reminder
    shop: FaultyShop
    states: DialogueStates
    intents: RedisIntents
    conversations: Conversations
    turns: RedisTurns
    clock: list[float]
    redis: Any
    language: str = "en"
    number: int = 0
    plans: list[ReplyPlanned] = field(default_factory=list)

    async def accept(self, *intents: str, text: str | None = None, **gesture: Any) -> MessageUnderstood:
        """The message as understanding would pass it on."""
        self.number += 1
        sent = CustomerInput(client_message_id=f"m{self.number}", text=text, **gesture)
        accepted = await self.conversations.accept(CONVERSATION, sent)
        assert accepted.drive is not None
        return understood(accepted.drive, intents)

    async def deliver(self, message: MessageUnderstood, *, redelivered: bool = False) -> list[ReplyPlanned]:
        """One delivery, with the claim that a consumer would get."""
        claim = await self.turns.touch(TurnRef.of(message), STAGE, redelivered=redelivered)
        return [plan async for plan in self.handlers.on_message_understood(message, claim)]

    async def finish(self, message: MessageUnderstood, expects: Expects) -> None:
        ref, claim = TurnRef.of(message), Claim("go", 1)
        await self.turns.pass_on(ref, STAGE, claim.attempt)
        await self.conversations.finish(ref, "completed", [], expects)

    async def turn(self, *intents: str, text: str | None = None, **gesture: Any) -> ReplyPlanned:
        message = await self.accept(*intents, text=text, **gesture)
        (plan,) = await self.deliver(message)
        await self.finish(message, plan.replies[-1].expects if plan.replies else Expects())
        self.plans.append(plan)
        return plan

    async def newest_code(self) -> str:
        return str(orjson.loads(await self.redis.lindex("deskbell:demo:outbox", 0))["code"])

    async def replies_outside_turns(self) -> list[dict[str, Any]]:
        events = await self.conversations.events(CONVERSATION)
        return [event.data["reply"] for event in events or [] if event.type == "reply"]


def understood(drive: Drive, intents: tuple[str, ...]) -> MessageUnderstood:
    text = drive.input.text or ""
    requests = tuple(Request(intent=name, confidence=0.95, text=text) for name in intents)
    return MessageUnderstood(
        message_id="x",
        conversation_id=drive.ref.conversation_id,
        turn=drive.ref.turn,
        token=drive.ref.token,
        deadline_at=drive.deadline_at,
        input=drive.input,
        understanding=Understanding.model_validate({"language": drive.language, "requests": requests}),
        previous_end=drive.previous_end,
    )


@asynccontextmanager
async def open_counter(
    state_url: str, folder: Path, customer: str | None = None, language: str = "en"
) -> AsyncIterator[Counter]:
    """A conversation of this customer, anonymous without one."""
    shop = load_shop(Path("shops/demo"))
    url = f"sqlite+aiosqlite:///{folder / 'shop.db'}"
    async with open_redis(state_url) as redis, open_sql_shop(url, shop) as backend:
        counter = _counter(redis, FaultyShop(backend))
        identity = Identity("L2", customer) if customer else Identity()
        counter.language = language
        await counter.conversations.create(CONVERSATION, language, "digest", identity, 3600)
        yield counter


def _counter(redis: Redis, backend: FaultyShop) -> Counter:
    shop = load_shop(Path("shops/demo"))
    shift = [0.0]

    def clock() -> float:
        return time.time() + shift[0]

    states, intents, conversations = DialogueStates(redis), RedisIntents(redis), Conversations(redis)
    tries, silences = open_tries(redis, DialogueSettings(), demo=False), RedisSilences(redis)
    ports = Ports(backend, NoPages(), DemoCodes(redis), states, RedisDesk(redis), intents, tries, clock, 6, silences)
    settler = Settler(backend, states, intents, conversations, wording(shop), clock)
    rules = load_rules(shop, DialogueSettings())
    handlers = DialogueHandlers(ports, rules)
    reminder = Reminder(states, silences, conversations, wording(shop), rules, clock)
    return Counter(
        handlers, settler, reminder, backend, states, intents, conversations, RedisTurns(redis), shift, redis
    )

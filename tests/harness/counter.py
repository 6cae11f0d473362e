"""The real dialogue between a real Valkey and a real shop, with any number of conversations and no bus between.

What understanding would have found is told to it, so that a turn costs the dialogue's own time alone.
"""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from services.dialogue.adapters.demo_codes import DemoCodes
from services.dialogue.adapters.redis_intents import RedisIntents
from services.dialogue.adapters.redis_silences import RedisSilences
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.config import DialogueSettings
from services.dialogue.handlers import DialogueHandlers
from services.dialogue.handlers.performing import Ports
from services.dialogue.ports import Knowledge, Passage
from services.dialogue.service import load_rules, open_tries
from shared.contracts.envelope import message_id
from shared.contracts.messages import (
    CustomerInput,
    Entity,
    Expects,
    Language,
    MessageUnderstood,
    ReplyPlanned,
    Request,
    Understanding,
)
from shared.ports import Claim, Drive, Identity, TurnRef
from shared.shop import Shop
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.desk import RedisDesk
from shared.store.states import STAGE, DialogueStates
from shared.store.turns import RedisTurns

LIFE_S = 7200


class NoPages:
    """A shop without pages."""

    async def search(self, question: str, language: str, top: int = 3) -> list[Passage]:
        return []


@dataclass(frozen=True)
class Heard:
    """What understanding would make of a text: one intent, and entities by type."""

    text: str
    intent: str
    entities: tuple[tuple[str, str], ...] = ()

    def understood(self, language: Language) -> Understanding:
        found = tuple(
            Entity(type=kind, text=value, value=value, start=0, end=len(value)) for kind, value in self.entities
        )
        request = Request(intent=self.intent, confidence=1.0, text=self.text, entities=found)
        return Understanding(language=language, requests=(request,))


@dataclass(frozen=True)
class Answered:
    """A turn's plan, and the seconds that the dialogue's handler took."""

    plan: ReplyPlanned
    seconds: float


class Counter:
    """Passes turns through the handler as a consumer would, each from its acceptance to its end."""

    def __init__(self, redis: Redis, shop: SqlShop, handlers: DialogueHandlers) -> None:
        self.shop, self.states, self.conversations = shop, DialogueStates(redis), Conversations(redis)
        self._handlers, self._turns = handlers, RedisTurns(redis)

    async def begin(self, conversation: str, customer: str, language: Language = "en") -> None:
        """A conversation of a customer who has signed in."""
        await self.conversations.create(conversation, language, "digest", Identity("L2", customer), LIFE_S)

    async def turn(self, conversation: str, number: int, heard: Heard, language: Language = "en") -> Answered:
        """Says it as the conversation's message `number`."""
        message, claim = await self.accept(conversation, number, heard, language)
        began = time.perf_counter()
        plan = await self.handle(message, claim)
        seconds = time.perf_counter() - began
        await self.finish(message, claim, plan)
        return Answered(plan, seconds)

    async def floor(self, twin: str, number: int, state: dict[str, Any]) -> float:
        """Seconds that a turn of the conversation `twin` takes to load its state and to save this one."""
        message, claim = await self.accept(twin, number, Heard("hello", "greeting"), "en")
        began = time.perf_counter()
        loaded = await self.states.load(twin)
        saved = await self.states.save(TurnRef.of(message), claim.attempt, loaded.version, state)
        seconds = time.perf_counter() - began
        assert saved == "saved"
        await self.finish(message, claim, None)
        return seconds

    async def accept(
        self, conversation: str, number: int, heard: Heard, language: Language
    ) -> tuple[MessageUnderstood, Claim]:
        """Starts the turn and claims it for the dialogue."""
        sent = CustomerInput(client_message_id=f"{conversation}-{number}", text=heard.text)
        accepted = await self.conversations.accept(conversation, sent)
        assert accepted.drive is not None, "the turn before has not ended"
        message = understood(accepted.drive, heard.understood(language))
        return message, await self.claim(message, redelivered=False)

    async def claim(self, message: MessageUnderstood, *, redelivered: bool) -> Claim:
        """The claim of one delivery."""
        return await self._turns.touch(TurnRef.of(message), STAGE, redelivered=redelivered)

    async def handle(self, message: MessageUnderstood, claim: Claim) -> ReplyPlanned:
        """One delivery's plan."""
        (plan,) = [plan async for plan in self._handlers.on_message_understood(message, claim)]
        return plan

    async def finish(
        self, message: MessageUnderstood, claim: Claim, plan: ReplyPlanned | None, texts: Sequence[str] = ()
    ) -> None:
        """Ends the turn; its replies, with their texts where there are some, go into the log."""
        ref = TurnRef.of(message)
        await self._turns.pass_on(ref, STAGE, claim.attempt)
        replies = plan.replies if plan else ()
        told = [("reply", {"reply": reply.model_dump(mode="json"), "texts": list(texts)}) for reply in replies]
        await self.conversations.finish(ref, "completed", told, replies[-1].expects if replies else Expects())


def understood(drive: Drive, understanding: Understanding) -> MessageUnderstood:
    """The message that understanding would publish."""
    ref = drive.ref
    return MessageUnderstood(
        message_id=message_id(ref.conversation_id, ref.turn, ref.token, MessageUnderstood.type),
        conversation_id=ref.conversation_id,
        turn=ref.turn,
        token=ref.token,
        deadline_at=drive.deadline_at,
        input=drive.input,
        understanding=understanding,
        previous_end=drive.previous_end,
    )


def handlers_of(
    redis: Redis, shop: Shop, backend: SqlShop, knowledge: Knowledge, clock: Callable[[], float] = time.time
) -> DialogueHandlers:
    """The dialogue's handlers over these stores."""
    ports = Ports(
        shop=backend,
        knowledge=knowledge,
        codes=DemoCodes(redis),
        states=DialogueStates(redis),
        desk=RedisDesk(redis),
        intents=RedisIntents(redis),
        tries=open_tries(redis, DialogueSettings(), demo=False),
        silences=RedisSilences(redis),
        clock=clock,
        code_digits=shop.profile.one_time_code.digits,
    )
    return DialogueHandlers(ports, load_rules(shop, DialogueSettings()))


@asynccontextmanager
async def open_counter(
    state_url: str, database_url: str, shop: Shop, knowledge: Knowledge | None = None
) -> AsyncIterator[Counter]:
    """The shop, filled into the database, and its dialogue."""
    async with open_redis(state_url) as redis, open_sql_shop(database_url, shop) as backend:
        yield Counter(redis, backend, handlers_of(redis, shop, backend, knowledge or NoPages()))

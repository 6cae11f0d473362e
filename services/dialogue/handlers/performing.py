"""Doing what the engine asks for: one method an effect, each with a deadline."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from services.dialogue.domain import effects as fx
from services.dialogue.domain.actions import Seen
from services.dialogue.domain.effects import SealedCode, Steps, Unknown
from services.dialogue.domain.identify import seal
from services.dialogue.domain.shop import Drifted, Glimpse, Order, Receipt
from services.dialogue.ports import (
    CodeSender,
    Desk,
    Intents,
    Knowledge,
    OpenIntent,
    ShopBackend,
    Silences,
    States,
    Tries,
)
from shared.contracts.messages import MessageUnderstood
from shared.errors import Transient
from shared.ports import Claim, TurnRef

READ_WITHIN_S = 4.0
COMMIT_WITHIN_S = 6.0
LOOK_AFTER_DEADLINE_S = 5.0
T = TypeVar("T")
log = structlog.get_logger()


class Stale(Exception):
    """Another worker has the turn: nothing that this one decided counts."""


class Conflict(Exception):
    """The state is not the one that was loaded."""


@dataclass(frozen=True)
class Ports:
    """The world that the dialogue talks to. `clock` gives seconds since 1970."""

    shop: ShopBackend
    knowledge: Knowledge
    codes: CodeSender
    states: States
    desk: Desk
    intents: Intents
    tries: Tries
    clock: Callable[[], float]
    code_digits: int
    silences: Silences | None = None


class Performer:
    """Drives one turn of the engine. `version` follows the saves; `write` is the key of a write it recorded."""

    def __init__(self, ports: Ports, message: MessageUnderstood, claim: Claim, version: int) -> None:
        self._ports = ports
        self._message = message
        self._claim = claim
        self.version = version
        self.write: str | None = None
        self._table: dict[type[Any], Callable[[Any], Awaitable[Any]]] = {
            fx.FindCustomer: self._find_customer,
            fx.LoadOrders: self._load_orders,
            fx.LoadOrder: self._load_order,
            fx.LoadProducts: self._load_products,
            fx.LoadRequests: self._load_requests,
            fx.RankGoods: self._rank_goods,
            fx.PreviewAct: self._preview,
            fx.RecordIntent: self._record,
            fx.CommitAct: self._commit,
            fx.LookUpReceipt: self._look_up,
            fx.ReadBack: self._read_back,
            fx.IsUntold: self._is_untold,
            fx.MayTry: self._may_try,
            fx.GlimpseOrder: self._glimpse,
            fx.SendCode: self._send_code,
            fx.Search: self._search,
            fx.OpenTicket: self._open_ticket,
            fx.CurrentTicket: self._current_ticket,
            fx.HandBack: self._hand_back,
        }

    async def drive(self, steps: Steps[T]) -> T:
        """Runs the engine to its result, answering every effect. Raises Transient, Unavailable, Stale, Conflict."""
        try:
            effect = next(steps)
            while True:
                effect = steps.send(await self._table[type(effect)](effect))
        except StopIteration as done:
            result: T = done.value
            return result

    async def _find_customer(self, effect: fx.FindCustomer) -> Any:
        async with _within(READ_WITHIN_S):
            if effect.customer_id is not None:
                return await self._ports.shop.find_customer(customer_id=effect.customer_id)
            return await self._ports.shop.find_customer(email=effect.email)

    async def _load_orders(self, effect: fx.LoadOrders) -> tuple[Order, ...]:
        async with _within(READ_WITHIN_S):
            orders = await self._ports.shop.orders(effect.customer_id)
        if any(order.customer_id != effect.customer_id for order in orders):
            log.error("dialogue.foreign_order", conversation_id=self._message.conversation_id)
        return orders

    async def _load_order(self, effect: fx.LoadOrder) -> Order | None:
        async with _within(READ_WITHIN_S):
            return await self._ports.shop.order(effect.number)

    async def _load_products(self, effect: fx.LoadProducts) -> Any:
        async with _within(READ_WITHIN_S):
            return await self._ports.shop.products(effect.ids)

    async def _rank_goods(self, effect: fx.RankGoods) -> Any:
        async with _within(READ_WITHIN_S):
            return await self._ports.knowledge.rank_goods(effect.words, effect.language)

    async def _load_requests(self, effect: fx.LoadRequests) -> Any:
        async with _within(READ_WITHIN_S):
            requests = await self._ports.shop.requests(effect.customer_id)
        return tuple(request for request in requests if request.customer_id == effect.customer_id)

    async def _preview(self, effect: fx.PreviewAct) -> Any:
        async with _within(READ_WITHIN_S):
            return await self._ports.shop.preview(effect.customer_id, effect.action, effect.arguments)

    async def _record(self, effect: fx.RecordIntent) -> None:
        """First the list that a loop watches, then the state: neither may miss a write that follows."""
        message, key = self._message, effect.write.key
        due_at = message.deadline_at + LOOK_AFTER_DEADLINE_S
        await self._ports.intents.add(OpenIntent(key, message.conversation_id), due_at)
        await self.save(effect.state.model_dump(mode="json", exclude_defaults=True), write_open=True)
        self.write = key

    async def _commit(self, effect: fx.CommitAct) -> Receipt | Drifted | Unknown:
        write = effect.write
        if self._ports.clock() >= self._message.deadline_at:
            return Unknown()
        try:
            async with _within(COMMIT_WITHIN_S):
                return await self._ports.shop.commit(write.customer_id, write.preview, write.key)
        except Transient:
            log.warning("dialogue.commit_unanswered", conversation_id=self._message.conversation_id)
            return Unknown()

    async def _look_up(self, effect: fx.LookUpReceipt) -> Receipt | None | Unknown:
        if effect.after_s:
            await asyncio.sleep(effect.after_s)
        try:
            async with _within(READ_WITHIN_S):
                return await self._ports.shop.receipt(effect.key)
        except Transient:
            return Unknown()

    async def _read_back(self, effect: fx.ReadBack) -> Seen | Unknown:
        owner, number = effect.write.customer_id, effect.write.preview.arguments.get("order")
        shop = self._ports.shop
        try:
            async with _within(READ_WITHIN_S):
                order = await shop.order(number) if number else None
                return Seen(order, await shop.find_customer(customer_id=owner), await shop.requests(owner))
        except Transient:
            return Unknown()

    async def _is_untold(self, effect: fx.IsUntold) -> bool:
        return await self._ports.intents.has(effect.key)

    async def _may_try(self, effect: fx.MayTry) -> bool:
        async with _within(READ_WITHIN_S):
            return await self._ports.tries.allow(effect.kind, effect.subject)

    async def _glimpse(self, effect: fx.GlimpseOrder) -> Glimpse | None:
        async with _within(READ_WITHIN_S):
            return await self._ports.shop.glimpse(effect.number, effect.proof)

    async def _send_code(self, effect: fx.SendCode) -> SealedCode:
        digits = self._ports.code_digits
        code = f"{secrets.randbelow(10**digits):0{digits}d}"
        if effect.customer is not None:
            async with _within(READ_WITHIN_S):
                await self._ports.codes.send(effect.customer, code, effect.language)
        return seal(code, secrets.token_hex(16))

    async def _search(self, effect: fx.Search) -> Any:
        async with _within(READ_WITHIN_S):
            return await self._ports.knowledge.search(effect.question, effect.language)

    async def _open_ticket(self, effect: fx.OpenTicket) -> Any:
        async with _within(READ_WITHIN_S):
            return await self._ports.desk.open(self._message.conversation_id, effect.reason, effect.language)

    async def _current_ticket(self, _: fx.CurrentTicket) -> Any:
        async with _within(READ_WITHIN_S):
            return await self._ports.desk.current(self._message.conversation_id)

    async def _hand_back(self, effect: fx.HandBack) -> bool:
        async with _within(READ_WITHIN_S):
            return await self._ports.desk.hand_back(effect.number)

    async def save(self, state: dict[str, Any], **fields: Any) -> None:
        """Saves under the turn's fence. Raises Stale or Conflict."""
        ref = TurnRef.of(self._message)
        async with _within(READ_WITHIN_S):
            outcome = await self._ports.states.save(ref, self._claim.attempt, self.version, state, **fields)
        if outcome == "stale":
            raise Stale
        if outcome == "conflict":
            raise Conflict
        self.version += 1


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as exc:
        raise Transient(f"no answer within {seconds:g} s") from exc

"""What customers may do, whether they come over REST or WebSocket."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import structlog

from services.gateway.domain import addresses
from services.gateway.domain.customer_token import InvalidCustomerToken, Verifier
from services.gateway.domain.gcra import Limit
from services.gateway.domain.inbound import Feedback, Handoff, NewConversation, Sent, identified_input
from services.gateway.domain.refusals import Refusal
from services.gateway.handlers.figures import ACCEPT_S, ACCEPTED
from services.gateway.handlers.turns import message_received
from services.gateway.ports import Limiter, StopSignals
from shared.contracts.messages import CustomerInput, Language, MessageReceived
from shared.errors import Unavailable
from shared.ports import Bus, Identity
from shared.store.conversations import Conversations, IdReused, Meta, TooManyWaiting, UnknownConversation

RETRY_AFTER_S = 2
ASKED_WHO = frozenset({"email", "one_time_code"})
log = structlog.get_logger()


@contextmanager
def refusals() -> Iterator[None]:
    """Tells the errors of the stores as refusals."""
    try:
        yield
    except Unavailable as exc:
        raise Refusal("unavailable", retry_after_s=RETRY_AFTER_S) from exc
    except UnknownConversation as exc:
        raise Refusal("unknown_conversation") from exc
    except IdReused as exc:
        raise Refusal("id_reused") from exc
    except TooManyWaiting as exc:
        raise Refusal("too_many_waiting", retry_after_s=RETRY_AFTER_S) from exc


@dataclass(frozen=True)
class Opened:
    """A new conversation. `token` is told once and never stored."""

    conversation_id: str
    token: str
    expires_at: float


@dataclass(frozen=True)
class House:
    """The rules of the house: how long, how often, in which language first."""

    language: Language
    life_s: int
    per_conversation: Limit
    per_address: Limit


@dataclass(frozen=True)
class Reception:
    """Checks, accepts and records. Every method raises Refusal."""

    conversations: Conversations
    bus: Bus
    limiter: Limiter
    verifier: Verifier
    stops: StopSignals
    house: House

    async def open(self, wish: NewConversation, address: str | None) -> Opened:
        """Begins a conversation. `address` is None where address limits do not apply."""
        if address is not None:
            await self._limit(self.house.per_address, address)
        identity = Identity()
        if wish.customer_token is not None:
            identity = Identity("L2", self._customer_of(wish.customer_token))
        conversation_id = addresses.new_conversation_id(
            time.time_ns() // 1_000_000, secrets.token_bytes(addresses.ID_BYTES)
        )
        token = addresses.new_token(conversation_id, secrets.token_bytes(addresses.SECRET_BYTES))
        language = wish.language or self.house.language
        with refusals():
            await self.conversations.create(
                conversation_id, language, addresses.digest(token), identity, self.house.life_s
            )
            if address is not None:
                await self.conversations.came_from(conversation_id, addresses.digest(address))
        return Opened(conversation_id, token, time.time() + self.house.life_s)

    async def enter(self, token: str, conversation_id: str | None = None) -> Meta:
        """The conversation that the token opens; it must be this one, where one is named."""
        claimed = addresses.conversation_of(token)
        if claimed is None:
            raise Refusal("unauthorized")
        if conversation_id not in (None, claimed):
            raise Refusal("forbidden")
        meta = await self.meta(claimed)
        if not addresses.opens(token, meta.token_digest):
            raise Refusal("unauthorized")
        return meta

    async def meta(self, conversation_id: str) -> Meta:
        with refusals():
            meta = await self.conversations.meta(conversation_id)
        if meta is None:
            raise Refusal("unknown_conversation")
        return meta

    async def send(self, conversation_id: str, sent: Sent, traceparent: str = "") -> int:
        """Accepts a message; returns its number."""
        await self._limit(self.house.per_conversation, conversation_id)
        return await self._accept(conversation_id, sent.input(), traceparent)

    async def hand_off(self, conversation_id: str, wish: Handoff) -> int:
        """Accepts the wish for a person; returns its number."""
        await self._limit(self.house.per_conversation, conversation_id)
        own_id = wish.client_message_id or uuid4().hex
        return await self._accept(conversation_id, CustomerInput(client_message_id=own_id, handoff=True))

    async def identify(self, conversation_id: str, customer_token: str) -> tuple[str, int | None]:
        """Raises the level: (level, number of the turn that goes on with what the bot had asked, if any)."""
        await self._limit(self.house.per_conversation, conversation_id)
        customer_id = self._customer_of(customer_token)
        meta = await self.meta(conversation_id)
        if meta.identity.level == "L2" and meta.identity.customer_id != customer_id:
            raise Refusal("other_customer")
        with refusals():
            if meta.identity.level != "L2":
                await self.conversations.identify(conversation_id, Identity("L2", customer_id))
                await self.conversations.append(conversation_id, "identity", {"level": "L2"})
        if meta.expects.kind != "slot" or meta.expects.slot not in ASKED_WHO:
            return "L2", None
        return "L2", await self._accept(conversation_id, identified_input(customer_token))

    async def feedback(self, conversation_id: str, feedback: Feedback) -> None:
        """Records what the customer thinks."""
        await self._limit(self.house.per_conversation, conversation_id)
        with refusals():
            await self.conversations.append(conversation_id, "feedback", feedback.event())

    async def stop(self, conversation_id: str, turn: int | None) -> None:
        """Asks for the end of the reply under way."""
        stopped = turn or (await self.meta(conversation_id)).open_turn
        if stopped is not None:
            with refusals():
                await self.stops.stop(conversation_id, stopped)

    async def erase(self, conversation_id: str) -> None:
        """Forgets the conversation."""
        with refusals():
            await self.conversations.erase(conversation_id)

    async def _accept(self, conversation_id: str, sent: CustomerInput, traceparent: str = "") -> int:
        with ACCEPT_S.time():
            with refusals():
                accepted = await self.conversations.accept(conversation_id, sent, traceparent)
            if accepted.drive is not None:
                await self._publish(message_received(accepted.drive))
        if not accepted.duplicate:
            ACCEPTED.inc()
        return accepted.seq

    async def _publish(self, message: MessageReceived) -> None:
        # Only a confirmed message is accepted; the customer's resend or the sweeper mends what is not.
        try:
            await self.bus.publish(message)
        except Unavailable as exc:
            log.warning("gateway.publish_failed", conversation_id=message.conversation_id, error=type(exc).__name__)
            raise Refusal("outcome_unknown", retry_after_s=RETRY_AFTER_S) from exc

    async def _limit(self, limit: Limit, subject: str) -> None:
        wait_s = await self.limiter.wait_s(limit, subject)
        if wait_s:
            raise Refusal("rate_limited", retry_after_s=wait_s)

    def _customer_of(self, customer_token: str) -> str:
        try:
            return self.verifier.customer_of(customer_token, time.time())
        except InvalidCustomerToken as exc:
            raise Refusal("invalid_customer_token") from exc

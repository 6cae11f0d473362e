"""The ends of turns: FINISH, and the sweeper that guarantees that every turn has one."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid5

import structlog

from services.gateway.handlers.figures import ENDED, SWEPT, TURN_S
from services.gateway.ports import Texts
from shared.contracts.envelope import NAMESPACE, Message, message_id
from shared.contracts.messages import Expects, Language, MessageReceived, Reply, ReplyCompleted, TurnEnd
from shared.errors import Unavailable
from shared.ports import Bus, Claim, Drive, Finished, Overdue, TurnRef
from shared.store.conversations import TURN_DEADLINE_MS, Conversations

SHARDS = range(64)
SWEEP_EVERY_S = 2.0
LogEvents = list[tuple[str, dict[str, Any]]]
log = structlog.get_logger()


def message_received(drive: Drive) -> MessageReceived:
    """The message that drives a turn from its first stage."""
    ref = drive.ref
    return MessageReceived(
        message_id=message_id(ref.conversation_id, ref.turn, ref.token, MessageReceived.type),
        conversation_id=ref.conversation_id,
        turn=ref.turn,
        token=ref.token,
        deadline_at=drive.deadline_at,
        traceparent=drive.traceparent,
        input=drive.input,
        language=drive.language,
        previous_end=drive.previous_end,
        expects=drive.expects,
        sent_at=drive.sent_at,
    )


@dataclass(frozen=True)
class Ending:
    """How a turn ends: what is told, and what the bot waits for then."""

    status: TurnEnd
    replies: tuple[Reply, ...]
    responses: tuple[str, ...]
    handoff: dict[str, Any] | None = None

    def events(self, turn: int) -> LogEvents:
        """The events for the conversation log, in their order."""
        told: LogEvents = [("reply", {"reply": reply.model_dump(mode="json")}) for reply in self.replies]
        if self.handoff is not None:
            told.append(("handoff", self.handoff))
        return [*told, ("turn.ended", {"turn": turn, "status": self.status, "responses": list(self.responses)})]

    @property
    def expects(self) -> Expects:
        return self.replies[-1].expects if self.replies else Expects()


class Turns:
    """Ends turns and passes their conversations on to the next waiting message."""

    def __init__(self, conversations: Conversations, bus: Bus, texts: Texts) -> None:
        self._conversations, self._bus, self._texts = conversations, bus, texts

    async def on_reply_completed(self, done: ReplyCompleted, claim: Claim) -> AsyncIterator[Message]:
        """Ends the turn; yields what drives the next one, again when this end was told before."""
        ref = TurnRef.of(done)
        if done.status == "failed" and not done.replies:
            meta = await self._conversations.meta(ref.conversation_id)
            language = meta.language if meta else done.language
            ending = self._apology(ref, "failed", "turn_failed", language)
        else:
            ending = Ending(done.status, done.replies, done.responses, done.handoff)
        finished = await self._finish(ref, ending)
        if finished.outcome == "finished":
            TURN_S.observe(max(0.0, time.time() - done.deadline_at + TURN_DEADLINE_MS / 1000))
        if finished.next is not None:
            yield message_received(finished.next)

    async def sweep_for_ever(self) -> None:
        """Looks every two seconds for turns whose time has come."""
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_EVERY_S)

    async def sweep(self) -> None:
        """One look at every shard. What cannot be done now is found again by a later sweep."""
        try:
            for shard in SHARDS:
                for overdue in await self._conversations.sweep(shard):
                    await self._move_on(overdue)
        except Unavailable as exc:
            log.warning("gateway.sweep_failed", error=type(exc).__name__, reason=str(exc))

    async def _move_on(self, overdue: Overdue) -> None:
        SWEPT.labels(overdue.kind).inc()
        ref = overdue.ref
        log.info("gateway.overdue", kind=overdue.kind, conversation_id=ref.conversation_id, turn=ref.turn)
        drive = overdue.drive
        if overdue.kind == "expire":
            response = "turn_expired_write_open" if overdue.write_open else "turn_expired"
            finished = await self._finish(ref, self._apology(ref, "expired", response, overdue.language))
            drive = finished.next
        if drive is not None:
            await self._bus.publish(message_received(drive))

    async def _finish(self, ref: TurnRef, ending: Ending) -> Finished:
        finished = await self._conversations.finish(ref, ending.status, ending.events(ref.turn), ending.expects)
        if finished.outcome == "finished":
            ENDED.labels(ending.status).inc()
        return finished

    def _apology(self, ref: TurnRef, status: TurnEnd, response: str, language: str) -> Ending:
        spoken: Language = "zh" if language == "zh" else "en"
        name = f"{ref.conversation_id}:{ref.turn}:{ref.token}:{response}"
        reply = Reply(
            id=str(uuid5(NAMESPACE, name)),
            turn=ref.turn,
            language=spoken,
            text=self._texts.say(response, spoken),
        )
        return Ending(status, (reply,), (response,))

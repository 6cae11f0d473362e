"""Reminding a customer who has fallen silent before a question. Nothing is decided and nothing written but the log."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid5

import structlog

from services.dialogue.domain import silence
from services.dialogue.domain.rules import Rules
from services.dialogue.handlers.messages import read_state
from services.dialogue.ports import Silence, Silences, States, WaitingLog, Wording
from shared.contracts.envelope import NAMESPACE
from shared.contracts.messages import Expects, Language, Reply
from shared.errors import DeskbellError, Unavailable

LOOK_EVERY_S = 5.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Reminder:
    """Looks at open questions whose time has come. `clock` gives seconds since 1970."""

    states: States
    silences: Silences
    conversations: WaitingLog
    wording: Wording
    rules: Rules
    clock: Callable[[], float]

    async def remind_for_ever(self) -> None:
        """Runs as long as the service."""
        while True:
            try:
                await self.remind_due()
            except DeskbellError as exc:
                log.warning("dialogue.reminding_postponed", error=type(exc).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def remind_due(self) -> None:
        """One look at everything that is due. Raises Unavailable."""
        for quiet in await self.silences.take(self.clock()):
            await self._remind(quiet)

    async def _remind(self, quiet: Silence) -> None:
        state = read_state(await self.states.load(quiet.conversation_id))
        asked = await self.conversations.meta(quiet.conversation_id)
        answered = state.answered
        # Whoever has said something since is not silent; a question that is gone needs no answer.
        if asked is None or asked.open_turn is not None or answered is None or answered.turn != quiet.turn:
            return
        if asked.expects.kind == "none" or silence.remind_at(self.rules, state) is None:
            return
        for response in silence.reminders(self.rules):
            await self._say(quiet, response, answered.plan.language, asked.expects)
        log.info("dialogue.reminded", conversation_id=quiet.conversation_id, turn=quiet.turn)

    async def _say(self, quiet: Silence, response: str, language: Language, expects: Expects) -> None:
        """The reminder keeps the question open: its buttons stay."""
        reply = Reply(
            id=str(uuid5(NAMESPACE, f"{quiet.conversation_id}:{quiet.turn}:{response}")),
            turn=None,
            language=language,
            text=self.wording.say(response, language, {}),
            expects=expects,
        )
        try:
            await self.conversations.append(quiet.conversation_id, "reply", {"reply": reply.model_dump(mode="json")})
        except Unavailable:
            raise
        except DeskbellError:
            log.info("dialogue.nobody_to_remind", conversation_id=quiet.conversation_id)

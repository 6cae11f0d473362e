"""Telling how a write ended whose turn is over: the receipt, or that it did not happen."""

import asyncio
from collections.abc import Callable
from uuid import uuid5

import structlog

from services.dialogue.domain.cards import receipt_card, receipt_facts, target_facts
from services.dialogue.domain.shop import Receipt
from services.dialogue.domain.state import OpenWrite
from services.dialogue.domain.writes import GIVEN_UP_AFTER_S
from services.dialogue.handlers.messages import read_state
from services.dialogue.ports import ConversationLog, Intents, OpenIntent, ShopBackend, States, Wording
from shared.contracts.envelope import NAMESPACE
from shared.contracts.messages import Act, Reply
from shared.errors import DeskbellError, Unavailable

LOOK_EVERY_S = 2.0
log = structlog.get_logger()


class Settler:
    """Looks at open intents until each one's end is in its conversation's log."""

    def __init__(  # noqa: PLR0913 - one argument a port
        self,
        shop: ShopBackend,
        states: States,
        intents: Intents,
        conversations: ConversationLog,
        wording: Wording,
        clock: Callable[[], float],
    ) -> None:
        self._shop = shop
        self._states = states
        self._intents = intents
        self._conversations = conversations
        self._wording = wording
        self._clock = clock

    async def resolve_intents(self) -> None:
        """Runs as long as the service."""
        while True:
            try:
                await self.settle_due()
            except DeskbellError as exc:
                log.warning("dialogue.settling_postponed", error=type(exc).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def settle_due(self) -> None:
        """One look at everything that is due. Raises Transient, Unavailable; what is left is looked at again."""
        for intent in await self._intents.take(self._clock()):
            await self._settle(intent)

    async def _settle(self, intent: OpenIntent) -> None:
        write = read_state(await self._states.load(intent.conversation_id)).open_write
        if write is None or write.key != intent.key:
            await self._intents.remove(intent.key)  # its own turn, or a later one, has told it
            return
        receipt = await self._shop.receipt(intent.key)
        if receipt is None and self._clock() - write.recorded_at < GIVEN_UP_AFTER_S:
            return
        await self._tell(intent, self._reply(write, receipt))
        await self._intents.remove(intent.key)
        log.info("dialogue.write_settled", conversation_id=intent.conversation_id, happened=receipt is not None)

    async def _tell(self, intent: OpenIntent, reply: Reply) -> None:
        try:
            await self._conversations.append(intent.conversation_id, "reply", {"reply": reply.model_dump(mode="json")})
        except Unavailable:
            raise
        except DeskbellError:
            log.info("dialogue.nobody_to_tell", conversation_id=intent.conversation_id)

    def _reply(self, write: OpenWrite, receipt: Receipt | None) -> Reply:
        facts: dict[str, object] = target_facts(write.preview)
        if receipt is not None:
            facts["receipt"] = receipt_facts(receipt, write.language)
        response = "write_confirmed_late" if receipt else "write_did_not_happen"
        return Reply(
            id=str(uuid5(NAMESPACE, f"{write.key}:settled")),
            turn=None,
            language=write.language,
            text=self._wording.say(response, write.language, facts),
            components=(receipt_card(receipt, write.language),) if receipt else (),
            acts=(Act(action=receipt.action, target=receipt.target, receipt=receipt.number),) if receipt else (),
        )

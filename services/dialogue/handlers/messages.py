"""One message understood -> one reply planned, decided once however often the message comes."""

from collections.abc import AsyncIterator

import structlog
from pydantic import ValidationError

from services.dialogue.domain.rules import Rules
from services.dialogue.domain.silence import remind_at
from services.dialogue.domain.state import Answered, DialogueState, Plan
from services.dialogue.domain.talk import Said, Turned
from services.dialogue.domain.turn import advance
from services.dialogue.handlers.performing import Conflict, Performer, Ports, Stale
from services.dialogue.ports import OpenIntent, Silence
from shared.contracts.envelope import message_id
from shared.contracts.messages import MessageUnderstood, PlannedReply, ReplyPlanned
from shared.errors import Transient
from shared.ports import Claim, Loaded

PATIENT_ATTEMPTS = 3
"""From this attempt on the customer is told that the shop cannot be reached, instead of trying again."""
LOOK_AGAIN_AFTER_S = 3.0
log = structlog.get_logger()


class DialogueHandlers:
    """The dialogue's answer to messages."""

    def __init__(self, ports: Ports, rules: Rules) -> None:
        self._ports = ports
        self._rules = rules

    async def on_message_understood(self, message: MessageUnderstood, claim: Claim) -> AsyncIterator[ReplyPlanned]:
        """Decides the turn, saves state and plan together, then yields the plan. Raises Transient, Unavailable."""
        try:
            plan = await self._plan(message, claim)
        except Stale:
            return
        yield ReplyPlanned.after(message, language=plan.language, replies=plan.replies, handoff=plan.handoff)

    async def _plan(self, message: MessageUnderstood, claim: Claim) -> Plan:
        try:
            return await self._decide(message, claim)
        except Conflict:
            pass
        try:
            return await self._decide(message, claim)
        except Conflict as exc:
            raise Transient("the dialogue's state changed twice while it was worked on") from exc

    async def _decide(self, message: MessageUnderstood, claim: Claim) -> Plan:
        loaded = await self._ports.states.load(message.conversation_id)
        state = read_state(loaded)
        if plan := state.plan_of(message.turn, message.input.client_message_id):
            return plan
        performer = Performer(self._ports, message, claim, loaded.version)
        said = Said(
            conversation_id=message.conversation_id,
            turn=message.turn,
            input=message.input,
            understanding=message.understanding,
            previous_end=message.previous_end,
            now=self._ports.clock(),
            identity=loaded.identity,
        )
        try:
            turned = await performer.drive(advance(state, said, self._rules))
        except Transient:
            if claim.attempt < PATIENT_ATTEMPTS or performer.write or state.open_write:
                raise
            turned = _unreachable(state, said)
        if turned.trouble:
            log.error("dialogue.flow_failed", conversation_id=message.conversation_id, reason=turned.trouble)
        await self._keep(performer, message, loaded, turned)
        await self._watch_write(message, state, performer.write, turned)
        await self._watch_silence(message, turned.state)
        return turned.plan

    async def _keep(self, performer: Performer, message: MessageUnderstood, loaded: Loaded, turned: Turned) -> None:
        raised = turned.identity if turned.identity != loaded.identity else None
        write = turned.state.open_write
        await performer.save(
            turned.state.model_dump(mode="json", exclude_defaults=True),
            identity=raised,
            write_open=write is not None and write.turn == message.turn,
        )

    async def _watch_write(
        self, message: MessageUnderstood, before: DialogueState, recorded: str | None, turned: Turned
    ) -> None:
        """What is settled and told need not be watched; what is open is looked at again soon."""
        after = turned.state.open_write
        if after is not None and after.turn == message.turn:
            intent = OpenIntent(after.key, message.conversation_id)
            await self._ports.intents.add(intent, self._ports.clock() + LOOK_AGAIN_AFTER_S)
            return
        for key in {recorded, before.open_write.key if before.open_write else None} - {None}:
            if key is not None and (after is None or after.key != key):
                await self._ports.intents.remove(key)

    async def _watch_silence(self, message: MessageUnderstood, after: DialogueState) -> None:
        """A question is looked at again after a while; whether it still stands is seen then."""
        due_at = remind_at(self._rules, after)
        if due_at is not None and self._ports.silences is not None:
            await self._ports.silences.add(Silence(message.conversation_id, message.turn), due_at)


def read_state(loaded: Loaded) -> DialogueState:
    """The saved state; one that this version cannot read is begun anew."""
    try:
        return DialogueState.model_validate(loaded.state or {})
    except ValidationError as exc:
        log.error("dialogue.state_unreadable", fields=exc.error_count())
        return DialogueState()


def _unreachable(state: DialogueState, said: Said) -> Turned:
    """The state as it was, and the admission that the shop does not answer."""
    reply_id = message_id(said.conversation_id, said.turn, "", "shop_unreachable")
    plan = Plan(language=said.language, replies=(PlannedReply(id=reply_id, response="shop_unreachable"),))
    answered = Answered(turn=said.turn, client_message_id=said.input.client_message_id, plan=plan)
    return Turned(state.model_copy(update={"answered": answered}), plan, said.identity)

"""A plan in, worded replies out."""

from collections.abc import AsyncIterator

import structlog

from services.generator.domain.rendering import Says, render
from services.generator.handlers.figures import UNSAID
from services.generator.handlers.phrasing import Phraser
from services.generator.handlers.voice import Voice
from shared.contracts.messages import PlannedReply, Reply, ReplyCompleted, ReplyPlanned
from shared.errors import Rejected
from shared.ports import Claim
from shared.wording import CannotSay

APOLOGY = "internal_error"
log = structlog.get_logger()


class Generator:
    """Words plans. It holds no state: worded again, a plan gives the same replies, save those that a model phrased."""

    def __init__(self, wording: Says, phraser: Phraser | None = None) -> None:
        self._wording = wording
        self._phraser = phraser

    async def on_reply_planned(self, planned: ReplyPlanned, claim: Claim) -> AsyncIterator[ReplyCompleted]:
        """Yields the turn's end. A response that cannot be worded becomes an apology.

        Raises Rejected for a preview that cannot be worded.
        """
        worded = [self._word(reply, planned) for reply in planned.replies]
        if self._phraser is not None:
            worded = await self._phrased(self._phraser, planned, worded, claim)
        yield ReplyCompleted.after(
            planned,
            language=planned.language,
            replies=tuple(worded),
            responses=tuple(reply.response for reply in planned.replies),
            handoff=planned.handoff,
        )

    async def _phrased(self, phraser: Phraser, planned: ReplyPlanned, worded: list[Reply], claim: Claim) -> list[Reply]:
        voice = Voice(phraser.channel, planned.conversation_id, planned.turn, claim.attempt)
        pairs = zip(planned.replies, worded, strict=True)
        return [await phraser.phrase(reply, grounded, voice, planned.deadline_at) for reply, grounded in pairs]

    def _word(self, reply: PlannedReply, planned: ReplyPlanned) -> Reply:
        try:
            return render(reply, planned, self._wording)
        except CannotSay as exc:
            log.error("generator.response_unsaid", reason=str(exc))
            UNSAID.labels(reply.response).inc()
            if reply.expects.kind == "confirmation":
                # A turn that ends as failed leaves nothing to confirm: nobody may agree to what nobody saw.
                raise Rejected(str(exc)) from exc
        # What was done stays told: the acts are facts, whatever the template's fault.
        apology = PlannedReply(id=reply.id, response=APOLOGY, acts=reply.acts)
        return render(apology, planned, self._wording)

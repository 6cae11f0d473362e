"""A plan in, worded replies out."""

from collections.abc import AsyncIterator

import structlog
from prometheus_client import Counter

from services.generator.domain.rendering import Says, render
from shared.contracts.messages import PlannedReply, Reply, ReplyCompleted, ReplyPlanned
from shared.errors import Rejected
from shared.ports import Claim
from shared.wording import CannotSay

UNSAID = Counter("deskbell_responses_unsaid_total", "Responses that could not be worded", ["response"])
APOLOGY = "internal_error"
log = structlog.get_logger()


class Generator:
    """Words plans. It holds no state: worded again, a plan gives the same replies."""

    def __init__(self, wording: Says) -> None:
        self._wording = wording

    async def on_reply_planned(self, planned: ReplyPlanned, claim: Claim) -> AsyncIterator[ReplyCompleted]:
        """Yields the turn's end. A response that cannot be worded becomes an apology.

        Raises Rejected for a preview that cannot be worded.
        """
        yield ReplyCompleted.after(
            planned,
            language=planned.language,
            replies=tuple(self._word(reply, planned) for reply in planned.replies),
            responses=tuple(reply.response for reply in planned.replies),
            handoff=planned.handoff,
        )

    def _word(self, reply: PlannedReply, planned: ReplyPlanned) -> Reply:
        try:
            return render(reply, planned.turn, planned.language, self._wording)
        except CannotSay as exc:
            log.error("generator.response_unsaid", reason=str(exc))
            UNSAID.labels(reply.response).inc()
            if reply.expects.kind == "confirmation":
                # A turn that ends as failed leaves nothing to confirm: nobody may agree to what nobody saw.
                raise Rejected(str(exc)) from exc
        # What was done stays told: the acts are facts, whatever the template's fault.
        apology = PlannedReply(id=reply.id, response=APOLOGY, acts=reply.acts)
        return render(apology, planned.turn, planned.language, self._wording)

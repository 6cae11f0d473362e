"""A plan in, worded replies out."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import structlog
from prometheus_client import Counter

from services.generator.domain.phrasing import ground_of, may_be_phrased, released
from services.generator.domain.prompt import Prompt, knowledge_prompt
from services.generator.domain.rendering import Says, render
from services.generator.ports import LanguageModel, Limits, NoAnswer
from shared.contracts.messages import PlannedReply, Reply, ReplyCompleted, ReplyPlanned
from shared.errors import Rejected
from shared.ports import Claim
from shared.wording import CannotSay

UNSAID = Counter("deskbell_responses_unsaid_total", "Responses that could not be worded", ["response"])
ASKED = Counter("deskbell_llm_replies_total", "Replies that the model was asked for, by what became of them", ["end"])
FAULTS = Counter("deskbell_llm_faults_total", "Faults that the check found in what the model wrote", ["kind"])
APOLOGY = "internal_error"
RESERVE_S = 3
"""Seconds of a turn that are left to the services after this one."""
LEAST_S = 1
LONGEST_S = 30
"""Seconds that models may take for a reply."""
log = structlog.get_logger()


class Phraser:
    """Lets the model say what a grounded reply says; without a usable answer the grounded reply stands."""

    def __init__(self, model: LanguageModel, clock: Callable[[], float] = time.time) -> None:
        self._model = model
        self._clock = clock

    async def phrase(self, planned: PlannedReply, grounded: Reply, deadline_at: float) -> Reply:
        """The reply, by the model or as it was; every sentence of the model has passed the check."""
        within_s = deadline_at - RESERVE_S - self._clock()
        if not may_be_phrased(planned) or within_s < LEAST_S:
            return grounded
        ground = ground_of(planned, grounded)
        prompt = knowledge_prompt(str(planned.arguments.get("question", "")), ground)
        try:
            text, whole = await self._written(prompt, within_s)
        except NoAnswer as exc:
            ASKED.labels(exc.kind).inc()
            return grounded
        found = released(text, ground, whole=whole)
        for kind in found.faults:
            FAULTS.labels(kind).inc()
        ASKED.labels("failed_check" if found.text is None else "released").inc()
        return grounded if found.text is None else grounded.model_copy(update={"text": found.text, "by": "llm"})

    async def _written(self, prompt: Prompt, within_s: float) -> tuple[str, bool]:
        """The whole text, and whether the model came to its end. Raises NoAnswer."""
        text = ""
        try:
            async with aclosing(self._model.stream(prompt, Limits(total_s=min(LONGEST_S, within_s)))) as pieces:
                async for piece in pieces:
                    text += piece
        except NoAnswer as exc:
            if exc.kind != "length":
                raise
            return text, False
        return text, True


class Generator:
    """Words plans. It holds no state: worded again, a plan gives the same replies, save those that a model phrased."""

    def __init__(self, wording: Says, phraser: Phraser | None = None) -> None:
        self._wording = wording
        self._phraser = phraser

    async def on_reply_planned(self, planned: ReplyPlanned, claim: Claim) -> AsyncIterator[ReplyCompleted]:
        """Yields the turn's end. A response that cannot be worded becomes an apology.

        Raises Rejected for a preview that cannot be worded.
        """
        yield ReplyCompleted.after(
            planned,
            language=planned.language,
            replies=tuple([await self._reply(reply, planned) for reply in planned.replies]),
            responses=tuple(reply.response for reply in planned.replies),
            handoff=planned.handoff,
        )

    async def _reply(self, reply: PlannedReply, planned: ReplyPlanned) -> Reply:
        worded = self._word(reply, planned)
        if self._phraser is None or worded.by != "knowledge":
            return worded
        return await self._phraser.phrase(reply, worded, planned.deadline_at)

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

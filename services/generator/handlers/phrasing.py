"""Lets a model say what a grounded reply says: the rungs of the ladder one after the other."""

from collections.abc import Sequence

from services.generator.domain.phrasing import after, ground_of, phrased, prompt_of, task_of
from services.generator.handlers.asking import Around, Asking, Rung
from services.generator.handlers.figures import ASKED, SPOKE
from services.generator.handlers.voice import Voice
from shared.contracts.messages import PlannedReply, Reply

RESERVE_S = 3
"""Seconds of a turn that are left to the services after this one."""
LONGEST_S = 30
"""Seconds that all models together may take for a reply."""


class Phraser:
    """Asks the models in turn; without a usable answer in time the grounded reply stands."""

    def __init__(self, rungs: Sequence[Rung], around: Around) -> None:
        self._rungs = rungs
        self._around = around
        self.channel = around.channel

    async def phrase(self, planned: PlannedReply, grounded: Reply, voice: Voice, deadline_at: float) -> Reply:
        """The reply, by a model or as it was; every sentence of a model has passed the check before it was shown."""
        task = task_of(planned)
        if task is None or grounded.by == "agent":
            return grounded
        ground = ground_of(planned, grounded)
        ends_at = min(deadline_at - RESERVE_S, self._around.clock() + LONGEST_S)
        voice.pause()
        with self._around.audience.following(voice.conversation_id, voice.turn) as attention:
            asking = Asking(task, prompt_of(task, planned, ground), ground, voice, attention, ends_at)
            text, rung = await self._climb_down(asking)
        SPOKE.labels(rung).inc()
        if text is None:
            return grounded
        await voice.say(after(task, grounded))
        return phrased(task, grounded, text)

    async def _climb_down(self, asking: Asking) -> tuple[str | None, str]:
        """The text, and the rung that it came from."""
        for rung in self._rungs:
            attempt = await asking.of(rung, self._around)
            ASKED.labels(rung.name, attempt.end).inc()
            if attempt.text is not None:
                return attempt.text, rung.name
            if not attempt.goes_on:
                break
        return None, "responses"

"""One model is asked for one reply, whose sentences are shown as they pass the check."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from services.generator.domain.check import Ground
from services.generator.domain.phrasing import Task
from services.generator.domain.prompt import Prompt, masked
from services.generator.domain.release import Release
from services.generator.handlers.figures import FAULTS, FIRST_S
from services.generator.handlers.unless import unless
from services.generator.handlers.voice import Voice
from services.generator.ports import (
    Attention,
    Audience,
    Budget,
    Channel,
    Failures,
    LanguageModel,
    Limits,
    NoAnswer,
    Spending,
)
from shared.errors import Unavailable
from shared.llm import Breaker, tokens_about

LEAST_S = 1
"""With less left nobody is asked."""
NOT_BEGUN = frozenset({"unreachable", "busy", "rejected", "crowded", "untaught"})
"""Ends that cost no token."""
NO_FAULT = frozenset({"crowded", "untaught"})
"""Ends that say nothing against the model."""
JUDGED = frozenset({"whole", "over", "length"})
"""Ends of a text that can be judged; all others mean that the model failed."""


@dataclass(frozen=True)
class Rung:
    """A model, left alone for a while if it keeps failing. `name` is what figures call it."""

    name: str
    model: LanguageModel
    limits: Limits = Limits()
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(frozen=True)
class Around:
    """What phrasing stands on."""

    channel: Channel
    audience: Audience
    budget: Budget
    failures: Failures
    clock: Callable[[], float] = time.time


@dataclass(frozen=True)
class Attempt:
    """What became of asking one model. `text` is what it says; without it, `goes_on` lets the next one try."""

    end: str
    text: str | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class Asking:
    """One reply to be phrased, by `ends_at` (seconds since 1970) at the latest."""

    task: Task
    prompt: Prompt
    ground: Ground
    voice: Voice
    attention: Attention
    ends_at: float

    async def of(self, rung: Rung, around: Around) -> Attempt:
        """Asks this model, if it is not resting, there is time and the budget allows it."""
        left_s = self.ends_at - around.clock()
        if left_s < LEAST_S:
            return Attempt("late")
        if not rung.breaker.lets(asyncio.get_running_loop().time()):
            return Attempt("resting", goes_on=True)
        spending = await self._spending(around.budget, rung.limits.max_tokens)
        if isinstance(spending, str):
            return Attempt(spending)
        limits = rung.limits
        first_s, total_s = min(limits.first_token_s, left_s), min(limits.total_s, left_s)
        release = Release(self.ground, courtesy_will_do=self.task == "chat")
        reading = self._read(rung, replace(limits, first_token_s=first_s, total_s=total_s), release)
        end = await unless(self.attention.ended, reading)
        await self._settle(spending, end, release)
        if end is None:
            # Who stopped it has read so far; who has left shall find a whole answer.
            return Attempt(self.attention.why, release.shown or None if self.attention.why == "stopped" else None)
        if end not in JUDGED:
            return Attempt(end, goes_on=not release.shown)
        return await self._judged(release, around.failures)

    async def _spending(self, budget: Budget, answer_tokens: int) -> Spending | Literal["budget", "no_store"]:
        try:
            taken = await budget.take(self.voice.conversation_id, self._asked_tokens + answer_tokens)
        except Unavailable:
            return "no_store"
        return taken or "budget"

    @property
    def _asked_tokens(self) -> int:
        return tokens_about(self.prompt.system) + tokens_about(self.prompt.user)

    async def _settle(self, spending: Spending, end: str | None, release: Release) -> None:
        """A model that broke off in the middle may have written more than came: what was set aside stays."""
        if end in NOT_BEGUN:
            await spending.settle(0)
        elif end is None or end in JUDGED:
            await spending.settle(self._asked_tokens + tokens_about(release.written))

    async def _read(self, rung: Rung, limits: Limits, release: Release) -> str:
        """Shows what passes. Returns how the text ended: of itself (`whole`), by us (`over`), or as NoAnswer says."""
        now = asyncio.get_running_loop().time
        began, end = now(), "whole"
        try:
            async with aclosing(rung.model.stream(self.prompt, limits)) as pieces:
                async for piece in pieces:
                    unheard = not release.shown
                    await self.voice.say(release.feed(piece))
                    if unheard and release.shown:
                        FIRST_S.labels(rung.name).observe(now() - began)
                    if release.over:
                        end = "over"
                        break
        except NoAnswer as exc:
            end = exc.kind
            if end in NO_FAULT:
                return end
            if end not in JUDGED:
                rung.breaker.failed(now(), exc.retry_after_s)
                return end
        rung.breaker.succeeded()
        await self.voice.say(release.end(whole=end == "whole"))
        return end

    async def _judged(self, release: Release, failures: Failures) -> Attempt:
        found = release.result
        for kind in found.faults:
            FAULTS.labels(kind).inc()
        if found.faults:
            await failures.keep(
                {
                    "task": self.task,
                    "language": self.ground.language,
                    "facts": masked(self.prompt.facts),
                    "question": self.prompt.question,
                    "written": masked(release.written),
                    "faults": list(found.faults),
                }
            )
        return Attempt("failed_check" if found.text is None else "released", found.text)

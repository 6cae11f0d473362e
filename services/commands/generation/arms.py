"""Those who answer in an evaluation: the shop's own words, and models."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from services.commands.generation.finding import Found
from services.generator.domain.check import check_reply
from services.generator.domain.prompt import knowledge_prompt
from services.generator.domain.release import Release, released
from services.generator.ports import LanguageModel, Limits, NoAnswer

PATIENT = Limits(first_token_s=120, token_s=60, total_s=300, max_tokens=120)
"""An evaluation waits: it measures what is written, and how fast apart from that."""


@dataclass(frozen=True)
class Said:
    """What an arm wrote, and what of it a customer would see: `shown`, by the model if `by_model`. `whole` is False
    where it was stopped before its end."""

    written: str
    shown: str
    by_model: bool
    faults: tuple[str, ...]
    first_s: float | None = None
    all_s: float | None = None
    tokens: int = 0
    whole: bool = True

    @property
    def tokens_per_s(self) -> float | None:
        """How fast it went on after its first piece; None without two tokens."""
        if self.first_s is None or self.all_s is None or self.tokens < 2 or self.all_s <= self.first_s:
            return None
        return (self.tokens - 1) / (self.all_s - self.first_s)


class Arm(Protocol):
    """Answers what was found."""

    name: str

    async def say(self, found: Found) -> Said:
        """The reply to a question."""
        ...


class Template:
    """Today's answer without any model: the sentences that the search has chosen."""

    name = "template"

    async def say(self, found: Found) -> Said:
        """See the protocol."""
        faults = check_reply(found.answer, found.ground).kinds
        return Said(found.answer, found.answer, False, tuple(sorted(faults)))


class Model:
    """A model behind the check."""

    def __init__(self, name: str, model: LanguageModel, count: Callable[[str], int], limits: Limits = PATIENT) -> None:
        self.name = name
        self._model = model
        self._count = count
        self._limits = limits

    async def say(self, found: Found) -> Said:
        """See the protocol; stopped where it would be stopped before customers."""
        started, first_s, whole = perf_counter(), None, True
        release = Release(found.ground)
        prompt = knowledge_prompt(found.question, found.ground)
        try:
            async with aclosing(self._model.stream(prompt, self._limits)) as pieces:
                async for piece in pieces:
                    first_s = first_s or perf_counter() - started
                    release.feed(piece)
                    if release.over:
                        whole = False
                        break
        except NoAnswer as exc:
            if exc.kind != "length":
                raise
            whole = False
        all_s = perf_counter() - started
        said = said_of(release.written, found, whole=whole)
        return replace(said, first_s=first_s, all_s=all_s, tokens=self._count(release.written))


def said_of(written: str, found: Found, *, whole: bool) -> Said:
    """What a customer would see of a model's text."""
    outcome = released(written, found.ground, whole=whole)
    shown = found.answer if outcome.text is None else outcome.text
    return Said(written, shown, outcome.text is not None, outcome.faults, whole=whole)

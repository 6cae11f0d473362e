"""Those who answer in an evaluation: the shop's own words, and models."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from services.commands.generation.finding import Found
from services.generator.domain.check import check_reply
from services.generator.domain.phrasing import released
from services.generator.domain.prompt import knowledge_prompt
from services.generator.ports import LanguageModel, Limits, NoAnswer

PATIENT = Limits(first_token_s=120, token_s=60, total_s=300, max_tokens=120)
"""An evaluation waits: it measures what is written, and how fast apart from that."""


@dataclass(frozen=True)
class Said:
    """What an arm wrote, and what of it a customer would see: `shown`, by the model if `by_model`."""

    written: str
    shown: str
    by_model: bool
    faults: tuple[str, ...]
    first_s: float | None = None
    all_s: float | None = None
    tokens: int = 0


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
        """See the protocol. A text that was cut off loses its last sentence, as it does before customers."""
        started, first_s, text, whole = perf_counter(), None, "", True
        try:
            async with aclosing(
                self._model.stream(knowledge_prompt(found.question, found.ground), self._limits)
            ) as told:
                async for piece in told:
                    first_s = first_s or perf_counter() - started
                    text += piece
        except NoAnswer as exc:
            if exc.kind != "length":
                raise
            whole = False
        all_s = perf_counter() - started
        outcome = released(text, found.ground, whole=whole)
        shown = found.answer if outcome.text is None else outcome.text
        return Said(text, shown, outcome.text is not None, outcome.faults, first_s, all_s, self._count(text))

"""What generation needs of the world: models that write, whoever runs them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from services.generator.domain.prompt import Prompt
from shared.errors import DeskbellError


class NoAnswer(DeskbellError):
    """The model gave no answer, or broke off; `kind` says why, as it is counted. Holds nothing of what was asked.

    resting    it kept failing and is left alone for a while
    crowded    it has as much in hand as it takes
    length     it was cut off at `max_tokens`; what it wrote before is good
    slow       a deadline has passed
    others     as `shared.llm.LlmError` has them; `retry_after_s` is what a busy one asked for
    """

    def __init__(self, kind: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"the language model gave no answer: {kind}")
        self.kind, self.retry_after_s = kind, retry_after_s


@dataclass(frozen=True)
class Limits:
    """Seconds until the first piece, between two pieces, and for the whole answer; and its longest."""

    first_token_s: float = 8
    token_s: float = 5
    total_s: float = 30
    max_tokens: int = 300


class LanguageModel(Protocol):
    """Writes replies. `name` is what figures call it."""

    @property
    def name(self) -> str: ...

    def stream(self, prompt: Prompt, limits: Limits) -> AsyncGenerator[str, None]:
        """The answer in pieces, as they are written. It ends where the model itself ended, and raises NoAnswer else.

        Closing it ends the work at once and frees the model.
        """
        ...

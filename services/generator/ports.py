"""What generation needs of a language model, whoever runs it."""

from dataclasses import dataclass
from typing import Protocol

from services.generator.domain.prompt import Prompt
from shared.errors import DeskbellError


class NoAnswer(DeskbellError):
    """The model gave no answer; `kind` says why, as it is counted. Holds nothing of what was asked."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the language model gave no answer: {kind}")
        self.kind = kind


@dataclass(frozen=True)
class Written:
    """What the model wrote; `whole` is False where it was cut off before its end."""

    text: str
    whole: bool = True


class LanguageModel(Protocol):
    """Writes a reply."""

    async def write(self, prompt: Prompt, within_s: float) -> Written:
        """The answer, at the latest after `within_s` seconds. Raises NoAnswer."""
        ...

"""What teaching is asked for, and what it tells. Light: no torch here."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol


class Tell(Protocol):
    """Is told how far a phase is: `done` of `of`, and in a few words how it goes."""

    def __call__(self, phase: str, done: int, of: int, note: str = "") -> None: ...


@dataclass(frozen=True)
class Recipe:
    """How the weights move; docs/fine-tuning.md says what of it was measured."""

    rank: int = 16
    strength: int = 32
    layers: tuple[str, ...] = ("q_proj", "v_proj", "o_proj", "down_proj")
    depth: float = 2 / 3
    """Share of the layers that are adapted, from the top: below them nothing has to be remembered on the way back."""
    rate: float = 5e-4
    warm_up: float = 0.05
    batch_tokens: int = 1400
    """Tokens of a step, prompts counted in; a step holds as many pairs of like length as fit."""
    most_tokens: int = 420
    """Longer pairs are left out."""
    judged_every: float = 0.125
    """Share of the training between two looks at validation."""
    judged_pairs: int = 40
    patience: int = 3
    """Looks without a better validation loss after which it ends."""


@dataclass(frozen=True)
class Options:
    """`source`: what `DESKBELL_LLM_LOCAL` takes. `work` keeps what an interrupted training goes on with."""

    source: str
    work: Path
    epochs: int = 2
    minutes: float | None = None
    seed: int = 0
    recipe: Recipe = field(default_factory=Recipe)

    def decisive(self) -> dict[str, Any]:
        """What a training may not change while it is interrupted; how long it may take is free."""
        return {"source": self.source, "epochs": self.epochs, "seed": self.seed, "recipe": asdict(self.recipe)}

"""What fine-tuning is asked for, and what it tells. Light: no torch here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Protocol

from services.nlu.adapters.examples import Example

HELD_OUT = 0.1
EPOCHS = 10


class Tell(Protocol):
    """Is told how far a phase is: `done` of `of` texts or batches, and in a few words how it goes."""

    def __call__(self, phase: str, done: int, of: int, note: str = "") -> None: ...


@dataclass(frozen=True)
class Recipe:
    """How the weights move. docs/fine-tuning.md says what of it was measured."""

    batch: int = 32
    rate: float = 1e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    """What the learning rate is multiplied by from a layer to the one below it."""
    warm_up: float = 0.1
    weight_decay: float = 0.01
    smoothing: float = 0.0
    dropout: float = 0.1
    layers: int | None = None
    """Only so many of the upper layers move, and intents alone are learned; None: all, and mentions too."""
    r_drop: float = 0.0
    """Weight of the disagreement between two passes with other dropout; 0 leaves the second pass away."""
    patience: int = 3
    """Epochs without a better validation score after which training ends."""


@dataclass(frozen=True)
class Options:
    """`encoder`: None for the built-in multilingual one, else a package's name, a folder, or a name on the hub."""

    work: Path
    """Where an interrupted training leaves what the next call goes on with."""
    encoder: str | None = None
    epochs: int = EPOCHS
    minutes: float | None = None
    seed: int = 0
    half: bool | None = None
    """Whether matrices are multiplied in bfloat16; None: where a short measurement finds that quicker."""
    recipe: Recipe = field(default_factory=Recipe)
    layers_from: Path | None = None
    """Tuned layers of the built-in encoder (`layers.npz`) that a training goes on from."""

    def decisive(self) -> dict[str, Any]:
        """What a training may not change while it is interrupted; how long it may take is free."""
        return {"encoder": self.encoder, "epochs": self.epochs, "seed": self.seed, "recipe": asdict(self.recipe)}


def held_out(examples: Sequence[Example], seed: int = 0) -> tuple[list[Example], list[Example]]:
    """A training and a validation part: of each intent a tenth, and of two or more examples at least one.

    An encoder knows by heart what it was tuned on, so stopping, thresholds and the choice between models need texts
    that it has not seen.
    """
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(example)
    random = Random(seed)
    train: list[Example] = []
    validation: list[Example] = []
    for _, group in sorted(by_intent.items()):
        random.shuffle(group)
        kept = max(round(len(group) * HELD_OUT), min(1, len(group) - 1))
        validation += group[:kept]
        train += group[kept:]
    return train, validation

"""What a training leaves now and then, so that the same command goes on after an interruption."""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import is_zipfile

import torch
from torch import nn

from services.generator.adapters.tuning.rows import Row

FILE = "checkpoint.pt"
Weights = dict[str, torch.Tensor]


@dataclass
class Progress:
    """How far a training is: steps done, and the best weights so far with their validation loss."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    pairs: int = 0
    best_step: int = 0
    best: Weights = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def best_loss(self) -> float:
        """The smallest validation loss seen."""
        return min((told["loss"] for told in self.history), default=float("inf"))


class Keeper:
    """Keeps one training's progress in a folder; another training's, known by its fingerprint, is not taken over."""

    def __init__(self, work: Path, fingerprint: str) -> None:
        self._file = work / FILE
        self._fingerprint = fingerprint

    def keep(self, progress: Progress, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Puts the new checkpoint in the place of the old one at once."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "fingerprint": self._fingerprint, "progress": asdict(progress),
            "weights": trainable(model), "optimizer": optimizer.state_dict(),
        }  # fmt: skip
        draft = self._file.with_suffix(".draft")
        torch.save(content, draft)
        os.replace(draft, self._file)

    def load(self) -> dict[str, Any] | None:
        """What was kept of this very training; None if there is nothing, or nothing that can be read."""
        if not is_zipfile(self._file):
            return None
        try:
            content: dict[str, Any] = torch.load(self._file, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, ValueError, KeyError, UnpicklingError):
            return None
        return content if content.get("fingerprint") == self._fingerprint else None


def forget(work: Path) -> None:
    """Removes what a finished training has kept."""
    shutil.rmtree(work, ignore_errors=True)


def trainable(model: nn.Module) -> Weights:
    """A copy of all that training changes."""
    return {name: weight.detach().cpu().clone() for name, weight in model.named_parameters() if weight.requires_grad}


def restore(model: nn.Module, weights: Weights) -> None:
    """Puts such a copy back."""
    model.load_state_dict(weights, strict=False)


def fingerprint(decisive: dict[str, Any], rows: Sequence[Row]) -> str:
    """Names a training by its options and its data."""
    digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode())
    for row in rows:
        digest.update(f"{row.reply}:{row.ids}".encode())
    return digest.hexdigest()

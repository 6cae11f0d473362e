"""What a training leaves after each epoch, so that the same command goes on after an interruption."""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import is_zipfile

import torch
from torch import nn

FILE = "checkpoint.pt"
Weights = dict[str, torch.Tensor]


@dataclass
class Progress:
    """How far a training is. `best` are the weights after `best_epoch`; `history` has the figures of each epoch."""

    half: bool
    epoch: int = 0
    seconds: float = 0.0
    texts: int = 0
    best_epoch: int = 0
    best: Weights = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)


class Keeper:
    """Keeps one training's progress in a folder; another training's, known by its fingerprint, is not taken over."""

    def __init__(self, work: Path, fingerprint: str):
        self._file = work / FILE
        self._fingerprint = fingerprint

    def keep(self, progress: Progress, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Puts the new checkpoint in the place of the old one at once."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "fingerprint": self._fingerprint,
            "progress": asdict(progress),
            "weights": trainable(model),
            "optimizer": optimizer.state_dict(),
        }
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
    """A copy of all that training changes, and of what is not trained but not pretrained either."""
    parts = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    return {name: weight.detach().cpu().clone() for name, weight in [*parts, *model.named_buffers(recurse=False)]}


def restore(model: nn.Module, weights: Weights) -> None:
    """Puts such a copy back."""
    model.load_state_dict(weights, strict=False)


def fingerprint(parts: dict[str, Any], model: nn.Module) -> str:
    """Names a training by its data, its options and the weights that it starts from."""
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode())
    for name, weight in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(weight.detach().cpu().contiguous().numpy().data)
    return digest.hexdigest()

"""How well a network reads rows that it was not tuned on."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from services.nlu.adapters.fine_tuning.device import Device
from services.nlu.adapters.fine_tuning.model import Joint
from services.nlu.adapters.fine_tuning.rows import IGNORED, Row, by_length, padded

BATCH = 64


@dataclass(frozen=True)
class Measured:
    """Shares of one; `tags` is the share of words labelled rightly among those that carry or are given a label."""

    accuracy: float
    tags: float | None
    loss: float

    @property
    def rank(self) -> tuple[float, float]:
        """The greater, the better: what is right decides, then how sure it is."""
        return round(self.accuracy + (self.tags or 0.0), 6), -self.loss

    def figures(self) -> dict[str, float]:
        """For a report."""
        told = {"accuracy": self.accuracy, "tags_f1": self.tags, "loss": self.loss}
        return {name: round(value, 4) for name, value in told.items() if value is not None}


@torch.inference_mode()
def measure(model: Joint, rows: Sequence[Row], pad_id: int, device: Device) -> Measured:
    """Reads all rows once, without dropout."""
    model.eval()
    right = loss = hits = told = known = 0.0
    for places in by_length(rows, BATCH):
        batch = padded([rows[place] for place in places], pad_id, device.torch)
        with device.autocast():
            scores, *tags = model(batch.ids, batch.mask)
        right += (scores.argmax(1) == batch.intents).sum().item()
        loss += functional.cross_entropy(scores.float(), batch.intents, reduction="sum").item()
        if tags:
            guessed, counted = tags[0].argmax(2), batch.tags != IGNORED
            known += (counted & (batch.tags > 0)).sum().item()
            told += (counted & (guessed > 0)).sum().item()
            hits += (counted & (batch.tags > 0) & (guessed == batch.tags)).sum().item()
    f1 = 2 * hits / (told + known) if told + known else None
    return Measured(right / len(rows), f1 if model.served.tags is not None else None, loss / len(rows))


@torch.inference_mode()
def vectors_of(model: Joint, rows: Sequence[Row], pad_id: int, device: Device) -> torch.Tensor:
    """The served vector of each row, in their order."""
    model.eval()
    vectors = torch.empty(len(rows), model.served.dimensions)
    for places in by_length(rows, BATCH):
        batch = padded([rows[place] for place in places], pad_id, device.torch)
        with device.autocast():
            vectors[places] = model.served(batch.ids, batch.mask)[0].float().cpu()
    return vectors

"""The loop: steps over shuffled batches, a look at validation and a checkpoint now and then."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch
from torch.nn import functional

from services.generator.adapters.local.device import Device
from services.generator.adapters.tuning.checkpoints import Keeper, Progress, restore, trainable
from services.generator.adapters.tuning.options import Options, Tell
from services.generator.adapters.tuning.rows import Batch, Row, batches, padded

LONGEST_STEP = 1.0
SMALL = 6
"""Pairs of validation that are read at once."""


@dataclass(frozen=True)
class Lesson:
    """What is learned, and where."""

    rows: Sequence[Row]
    validation: Sequence[Row]
    device: Device
    options: Options


class Training:
    """One training of one adapter, from its start or from where a checkpoint left it."""

    def __init__(self, model: Any, lesson: Lesson, keeper: Keeper) -> None:
        self._model = model
        self._lesson = lesson
        self._keeper = keeper
        self._recipe = lesson.options.recipe
        moved = [weight for weight in model.parameters() if weight.requires_grad]
        self._optimizer = torch.optim.AdamW(moved, lr=self._recipe.rate, weight_decay=0.0)
        self._epoch_steps = len(batches(lesson.rows, self._recipe.batch_tokens, 0))
        self.progress = Progress()
        if (kept := keeper.load()) is not None:
            restore(model, kept["weights"])
            self._optimizer.load_state_dict(kept["optimizer"])
            self.progress = Progress(**kept["progress"])

    def run(self, tell: Tell) -> Progress:
        """Leaves the model with its best weights."""
        progress, began = self.progress, perf_counter() - self.progress.seconds
        if not progress.history:
            self._judge()
        looked = self._share()
        while not self._is_over():
            for batch in self._epoch():
                self._step(padded(batch, self._lesson.device.torch))
                progress.step += 1
                progress.pairs += len(batch)
                progress.tokens += sum(len(row.ids) for row in batch)
                progress.seconds = perf_counter() - began
                tell("teaching", progress.step, self._steps(), self._note())
                if self._share() - looked >= self._recipe.judged_every or self._share() >= 1:
                    looked = self._share()
                    self._judge()
                    progress.seconds = perf_counter() - began
                    self._keeper.keep(progress, self._model, self._optimizer)
                if self._is_over():
                    break
        restore(self._model, progress.best)
        return progress

    def _epoch(self) -> list[list[Row]]:
        """What is left of the epoch that is being taught."""
        epoch, done = divmod(self.progress.step, self._epoch_steps)
        seed = self._lesson.options.seed * 10_007 + epoch
        return batches(self._lesson.rows, self._recipe.batch_tokens, seed)[done:]

    def _steps(self) -> int:
        return self._epoch_steps * self._lesson.options.epochs

    def _share(self) -> float:
        """How much of the training is over, by steps or by the clock, whichever is further."""
        minutes = self._lesson.options.minutes
        by_steps = self.progress.step / self._steps()
        return max(by_steps, self.progress.seconds / (minutes * 60)) if minutes else by_steps

    def _is_over(self) -> bool:
        looks = [told["step"] for told in self.progress.history]
        waited = sum(step > self.progress.best_step for step in looks)
        return self._share() >= 1 or waited >= self._recipe.patience

    def _step(self, batch: Batch) -> None:
        self._model.train()
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.rate * slope(self._share(), self._recipe.warm_up)
        with self._lesson.device.autocast():
            loss, tokens = reply_loss(self._model, batch)
        (loss / tokens).backward()
        torch.nn.utils.clip_grad_norm_([w for w in self._model.parameters() if w.requires_grad], LONGEST_STEP)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def _judge(self) -> None:
        progress = self.progress
        loss = mean_loss(self._model, self._lesson.validation, self._lesson.device)
        if loss < progress.best_loss:
            progress.best_step, progress.best = progress.step, trainable(self._model)
        progress.history.append({"step": progress.step, "pairs": progress.pairs, "loss": round(loss, 4)})

    def _note(self) -> str:
        done, told = self.progress, self.progress.history
        return f"validation {told[-1]['loss']:.3f}, {done.tokens / max(done.seconds, 1e-9):.0f} tokens/s"


def slope(share: float, warm_up: float) -> float:
    """The part of the top learning rate at this share of the training: up in a line, then down to nothing."""
    return (share + 1e-3) / (warm_up + 1e-3) if share < warm_up else max(0.0, (1 - share) / (1 - warm_up))


def reply_loss(model: Any, batch: Batch) -> tuple[torch.Tensor, int]:
    """The summed loss over the replies' tokens, and how many they are. Only their places get scores for all words."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = causal.get_decoder()(input_ids=batch.ids, attention_mask=batch.mask, use_cache=False)[0]
    wanted = batch.wanted[:, 1:]
    scores = causal.get_output_embeddings()(hidden[:, :-1][wanted]).float()
    return functional.cross_entropy(scores, batch.ids[:, 1:][wanted], reduction="sum"), int(wanted.sum())


def mean_loss(model: Any, rows: Sequence[Row], device: Device) -> float:
    """The mean loss of a reply's token."""
    model.eval()
    order = sorted(rows, key=lambda row: len(row.ids))
    loss, tokens = 0.0, 0
    with torch.inference_mode(), device.autocast():
        for start in range(0, len(order), SMALL):
            summed, count = reply_loss(model, padded(order[start : start + SMALL], device.torch))
            loss, tokens = loss + float(summed), tokens + count
    return loss / max(tokens, 1)

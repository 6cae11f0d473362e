"""The loop: epochs over shuffled batches, a checkpoint after each, an end when nothing is gained any more."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import torch
from torch.nn import functional

from services.nlu.adapters.fine_tuning.checkpoints import Keeper, Progress, restore, trainable
from services.nlu.adapters.fine_tuning.device import Device
from services.nlu.adapters.fine_tuning.measuring import measure
from services.nlu.adapters.fine_tuning.model import Joint
from services.nlu.adapters.fine_tuning.options import Options, Recipe, Tell
from services.nlu.adapters.fine_tuning.rows import IGNORED, Batch, Row, padded, shuffled

LAYER = re.compile(r"\b(?:layers?|h|blocks?)\.(\d+)\.")
LONGEST_STEP = 1.0


@dataclass(frozen=True)
class Lesson:
    """What is learned, and where."""

    rows: Sequence[Row]
    validation: Sequence[Row]
    pad_id: int
    device: Device
    options: Options


class Training:
    """One training of one network, from its start or from where a checkpoint left it."""

    def __init__(self, model: Joint, lesson: Lesson, keeper: Keeper, progress: Progress):
        self._model = model
        self._lesson = lesson
        self._keeper = keeper
        self._recipe = lesson.options.recipe
        self._optimizer = torch.optim.AdamW(groups_of(model, self._recipe), weight_decay=self._recipe.weight_decay)
        self._of = -(-len(lesson.rows) // self._recipe.batch)
        self.progress = progress
        if (kept := keeper.load()) is not None:
            restore(model, kept["weights"])
            self._optimizer.load_state_dict(kept["optimizer"])
            self.progress = Progress(**kept["progress"])

    def run(self, tell: Tell) -> Progress:
        """Leaves the model with its best weights. An epoch that was cut off is done again."""
        while not self._is_over():
            self._epoch(tell)
        restore(self._model, self.progress.best)
        return self.progress

    def _is_over(self) -> bool:
        done = self.progress
        waited = done.epoch - done.best_epoch
        return self._share(done.seconds, 0) >= 1 or (done.epoch > 0 and waited >= self._recipe.patience)

    def _share(self, seconds: float, step: int) -> float:
        """How much of the training is over, by steps or by the clock, whichever is further."""
        options = self._lesson.options
        by_steps = (self.progress.epoch + step / self._of) / options.epochs
        return max(by_steps, seconds / (options.minutes * 60)) if options.minutes else by_steps

    def _epoch(self, tell: Tell) -> None:
        progress, lesson = self.progress, self._lesson
        before, started = progress.seconds, perf_counter()
        seed = lesson.options.seed * 10_007 + progress.epoch
        torch.manual_seed(seed)
        self._model.train()
        for step, rows in enumerate(shuffled(lesson.rows, self._recipe.batch, seed)):
            share = self._share(before + perf_counter() - started, step)
            if share >= 1:
                break
            self._step(padded(rows, lesson.pad_id, lesson.device.torch), share)
            progress.texts += len(rows)
            tell("epoch", progress.epoch * self._of + step + 1, lesson.options.epochs * self._of, self._note())
        progress.epoch += 1
        self._judge()
        progress.seconds = before + perf_counter() - started
        self._keeper.keep(progress, self._model, self._optimizer)

    def _note(self) -> str:
        if not self.progress.history:
            return f"epoch {self.progress.epoch + 1}"
        return f"epoch {self.progress.epoch + 1}, validation {self.progress.history[-1]['accuracy']:.3f}"

    def _step(self, batch: Batch, share: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = group["top"] * slope(share, self._recipe.warm_up)
        loss = self._loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), LONGEST_STEP)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def _loss(self, batch: Batch) -> torch.Tensor:
        scores, loss = self._pass(batch)
        if not self._recipe.r_drop:
            return loss
        again, second = self._pass(batch)
        return (loss + second) / 2 + self._recipe.r_drop * disagreement(scores, again)

    def _pass(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        with self._lesson.device.autocast():
            scores, *tags = self._model(batch.ids, batch.mask)
        scores = scores.float()
        loss = functional.cross_entropy(scores, batch.intents, label_smoothing=self._recipe.smoothing)
        if tags and (batch.tags != IGNORED).any():
            flat = tags[0].float().flatten(0, 1)
            loss = loss + functional.cross_entropy(flat, batch.tags.flatten(), ignore_index=IGNORED)
        return scores, loss

    def _judge(self) -> None:
        progress, lesson = self.progress, self._lesson
        measured = measure(self._model, lesson.validation, lesson.pad_id, lesson.device)
        told = {"epoch": progress.epoch, **measured.figures(), "score": measured.rank[0], "sureness": measured.rank[1]}
        best = progress.history[progress.best_epoch - 1] if progress.best_epoch else None
        if best is None or measured.rank > (best["score"], best["sureness"]):
            progress.best_epoch, progress.best = progress.epoch, trainable(self._model)
        progress.history.append(told)


def slope(share: float, warm_up: float) -> float:
    """The part of the top learning rate at this share of the training: up in a line, then down to nothing."""
    return (share + 1e-3) / (warm_up + 1e-3) if share < warm_up else (1 - share) / (1 - warm_up)


def disagreement(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """R-drop's term (Liang et al. 2021): the mean of the two divergences between two passes."""
    first, second = functional.log_softmax(one, 1), functional.log_softmax(other, 1)
    both = functional.kl_div(first, second, log_target=True, reduction="batchmean")
    return (both + functional.kl_div(second, first, log_target=True, reduction="batchmean")) / 2


def groups_of(model: Joint, recipe: Recipe) -> Iterator[dict[str, object]]:
    """What the optimizer moves: new layers at a rate of their own, the encoder's slower the lower they are."""
    encoder = model.served.encoder
    depths = {name: depth_of(name) for name, _ in encoder.named_parameters()}
    top = max(depths.values(), default=-1)
    for depth in sorted(set(depths.values())):
        weights = [weight for name, weight in encoder.named_parameters() if depths[name] == depth]
        moved = [weight for weight in weights if weight.requires_grad]
        yield {"params": moved, "top": recipe.rate * recipe.layer_decay ** (top - depth)}
    inside = {id(weight) for weight in encoder.parameters()}
    new = [weight for weight in model.parameters() if id(weight) not in inside]
    yield {"params": new, "top": recipe.head_rate}


def depth_of(name: str) -> int:
    """The number of the layer that a weight belongs to; -1 for what lies below the first."""
    found = LAYER.search(name)
    return int(found[1]) if found else -1

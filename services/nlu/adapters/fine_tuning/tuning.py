"""`fine_tune`: the one function that trains, exports and checks an encoder."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning.bio import tag_names
from services.nlu.adapters.fine_tuning.checkpoints import Keeper, Progress, fingerprint
from services.nlu.adapters.fine_tuning.device import find_device
from services.nlu.adapters.fine_tuning.encoders import Start, load_start
from services.nlu.adapters.fine_tuning.export import export
from services.nlu.adapters.fine_tuning.first_layer import begin
from services.nlu.adapters.fine_tuning.measuring import measure
from services.nlu.adapters.fine_tuning.model import Joint, Served, freeze_words
from services.nlu.adapters.fine_tuning.options import Options, Tell
from services.nlu.adapters.fine_tuning.rows import Names, rows_of
from services.nlu.adapters.fine_tuning.training import Lesson, Training
from shared.errors import ConfigError
from shared.folders import put_folder
from shared.processes import peak_memory_mb


def fine_tune(
    examples: Sequence[Example], validation: Sequence[Example], out: Path, options: Options, tell: Tell
) -> dict[str, Any]:
    """Fits an encoder to the examples and puts it at `out`, as a whole or not at all. Returns figures for a report.

    `validation` decides which epoch is kept; its intents must be among those of the examples. Called again with the
    same arguments after an interruption, it goes on at the last finished epoch; `forget(options.work)` when all that
    builds on it is safe. Raises ConfigError for data or an encoder that cannot be used.
    """
    names = _names(examples, validation)
    started = perf_counter()
    torch.manual_seed(options.seed)
    start = load_start(options.encoder, options.recipe.dropout)
    model = _network(start, names)
    rows, unseen = rows_of(examples, start, names), rows_of(validation, start, names)
    mark = fingerprint({**options.decisive(), "rows": [_plain(rows), _plain(unseen)], **asdict(names)}, model)
    keeper = Keeper(options.work, mark)
    kept = keeper.load()
    device = find_device(kept["progress"]["half"] if kept else options.half)
    model.to(device.torch)
    if kept is None:
        tell("first layer", 0, len(rows))
        begin(model, rows, start.pad_id, device)
        tell("first layer", len(rows), len(rows))
    lesson = Lesson(rows, unseen, start.pad_id, device, options)
    progress = Training(model, lesson, keeper, Progress(half=device.half)).run(tell)
    tell("export", 0, 1)
    measured = measure(model, unseen, start.pad_id, device)
    exported: list[dict[str, Any]] = []
    put_folder(
        out,
        lambda draft: exported.append(export(model.served, start, names.tags, unseen, draft).figures()),
        lambda _: False,
    )
    tell("export", 1, 1)
    return {
        "encoder": start.name,
        "device": device.torch.type,
        "precision": device.precision,
        "sentences": len(rows),
        "validation_sentences": len(unseen),
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "training_s": round(progress.seconds, 1),
        "all_s": round(perf_counter() - started, 1),
        "texts_per_s": round(progress.texts / max(progress.seconds, 1e-9), 1),
        "peak_memory_mb": peak_memory_mb(),
        "validation": measured.figures(),
        "history": progress.history,
        "export": exported[0],
    }


def _names(examples: Sequence[Example], validation: Sequence[Example]) -> Names:
    if not validation:
        raise ConfigError("fine-tuning needs validation examples that are not among those it learns")
    intents = tuple(sorted({example.intent for example in examples}))
    if unknown := sorted({example.intent for example in validation} - set(intents)):
        raise ConfigError(f"the validation data has intents that the training data lacks: {', '.join(unknown)}")
    if len(intents) < 2:
        raise ConfigError("fine-tuning needs examples of two intents or more")
    return Names(intents, tag_names([*examples, *validation]))


def _network(start: Start, names: Names) -> Joint:
    served = Served(start, len(names.tags))
    freeze_words(served)
    return Joint(served, len(names.intents))


def _plain(rows: Sequence[Any]) -> list[Any]:
    return [[row.ids, row.intent, row.tags] for row in rows]

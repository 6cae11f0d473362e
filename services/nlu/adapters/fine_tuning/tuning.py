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
from services.nlu.adapters.fine_tuning.device import Device, find_device
from services.nlu.adapters.fine_tuning.encoders import BUILT_IN, Start, load_start
from services.nlu.adapters.fine_tuning.export import Agreement, Unseen, export, export_layers
from services.nlu.adapters.fine_tuning.first_layer import begin
from services.nlu.adapters.fine_tuning.measuring import measure
from services.nlu.adapters.fine_tuning.model import Joint, Served, freeze_below, freeze_words
from services.nlu.adapters.fine_tuning.options import Options, Tell
from services.nlu.adapters.fine_tuning.rows import Names, rows_of
from services.nlu.adapters.fine_tuning.training import Lesson, Training
from shared.e5_layers import layers_in
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
    layers = _layers_of(options)
    names = _names(examples, validation, tags=layers is None)
    started = perf_counter()
    torch.manual_seed(options.seed)
    start = load_start(options.encoder, options.recipe.dropout, options.layers_from)
    model, moved = _network(start, names, layers)
    rows, unseen = rows_of(examples, start, names), rows_of(validation, start, names)
    mark = fingerprint({**options.decisive(), "rows": [_plain(rows), _plain(unseen)], **asdict(names)}, model)
    keeper = Keeper(options.work, mark)
    kept = keeper.load()
    device = find_device(kept["progress"]["half"] if kept else options.half)
    model.to(device.torch)
    lesson = Lesson(rows, unseen, start.pad_id, device, options)
    if kept is None:
        _begin(model, lesson, tell)
    progress = Training(model, lesson, keeper, Progress(half=device.half)).run(tell)
    tell("export", 0, 1)
    measured = measure(model, unseen, start.pad_id, device)
    texts = Unseen([example.text for example in validation], unseen, start.pad_id)
    stored = moved if options.layers_from is None else sorted({*moved, *layers_in(options.layers_from)})
    agreement = _put(out, model.served, start, names, texts, stored)
    tell("export", 1, 1)
    return {
        "encoder": start.name,
        "sentences": len(rows),
        "validation_sentences": len(unseen),
        **_figures(progress, device),
        "all_s": round(perf_counter() - started, 1),
        "validation": measured.figures(),
        "export": agreement.figures(),
    }


def _layers_of(options: Options) -> int | None:
    layers = options.recipe.layers
    if layers is not None and options.encoder not in (None, BUILT_IN):
        raise ConfigError("--layers is for the built-in encoder; leave --encoder out, or --layers")
    return layers


def _begin(model: Joint, lesson: Lesson, tell: Tell) -> None:
    tell("first layer", 0, len(lesson.rows))
    begin(model, lesson.rows, lesson.pad_id, lesson.device)
    tell("first layer", len(lesson.rows), len(lesson.rows))


def _put(out: Path, served: Served, start: Start, names: Names, unseen: Unseen, moved: list[int]) -> Agreement:  # noqa: PLR0913
    """Exports all of it, or only the layers that moved."""
    agreements: list[Agreement] = []

    def fill(draft: Path) -> None:
        if moved:
            agreements.append(export_layers(served, moved, unseen, draft))
        else:
            agreements.append(export(served, start, names.tags, unseen, draft))

    put_folder(out, fill, lambda _: False)
    return agreements[0]


def _figures(progress: Progress, device: Device) -> dict[str, Any]:
    return {
        "device": device.torch.type,
        "precision": device.precision,
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "training_s": round(progress.seconds, 1),
        "texts_per_s": round(progress.texts / max(progress.seconds, 1e-9), 1),
        "peak_memory_mb": peak_memory_mb(),
        "history": progress.history,
    }


def _names(examples: Sequence[Example], validation: Sequence[Example], *, tags: bool) -> Names:
    if not validation:
        raise ConfigError("fine-tuning needs validation examples that are not among those it learns")
    intents = tuple(sorted({example.intent for example in examples}))
    if unknown := sorted({example.intent for example in validation} - set(intents)):
        raise ConfigError(f"the validation data has intents that the training data lacks: {', '.join(unknown)}")
    if len(intents) < 2:
        raise ConfigError("fine-tuning needs examples of two intents or more")
    return Names(intents, tag_names([*examples, *validation]) if tags else ())


def _network(start: Start, names: Names, layers: int | None) -> tuple[Joint, list[int]]:
    """The network, and which layers of it move if not all do."""
    served = Served(start, len(names.tags))
    freeze_words(served)
    moved = [] if layers is None else freeze_below(served, layers)
    return Joint(served, len(names.intents)), moved


def _plain(rows: Sequence[Any]) -> list[Any]:
    return [[row.ids, row.intent, row.tags] for row in rows]

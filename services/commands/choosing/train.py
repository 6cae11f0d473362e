"""`deskbell train knowledge`: a model that says which page answers, from the shop's own questions."""

import asyncio
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.commands.understanding.progress import progress_bar
from services.commands.understanding.train import refuse_foreign
from shared.config import Settings
from shared.errors import ConfigError
from shared.telemetry import configure_logging

if TYPE_CHECKING:
    from services.commands.choosing.making import Wish
    from services.dialogue.adapters.knowledge.questions import Question

LAYERS = 4
TUNING = "services.commands.choosing.tuning"


def train_knowledge(  # noqa: PLR0913 - an option each
    shop: Annotated[Path, typer.Option(help="the shop's folder")],
    out: Annotated[Path, typer.Option(help="the folder that the model is written to; SHOP/knowledge/model ships it")],
    fine_tune: Annotated[
        bool, typer.Option("--fine-tune", help="tune upper layers of the encoder; needs torch")
    ] = False,
    layers: Annotated[
        int | None, typer.Option(min=1, max=12, help=f"with --fine-tune: so many upper layers; default {LAYERS}")
    ] = None,
    encoder_from: Annotated[
        Path | None, typer.Option(help="take the tuned layers of this model; with --fine-tune: go on from them")
    ] = None,
    minutes: Annotated[float | None, typer.Option(min=0.1, help="with --fine-tune: the longest training")] = None,
    seed: Annotated[int, typer.Option(min=0, help="of what is held out, and of the training")] = 0,
) -> None:
    """Fits a model of pages to knowledge/questions.yaml and knowledge/asked/."""
    if not fine_tune and (layers, minutes) != (None, None):
        raise ConfigError("--layers and --minutes are for fine-tuning; add --fine-tune, or leave them out")
    refuse_foreign(out)
    configure_logging("info", json=False)
    from services.commands.choosing.making import Wish, read_questions

    questions = read_questions(shop)
    typer.echo(f"{len(questions)} questions of {len({one.wanted for one in questions})} classes", err=True)
    card = asyncio.run(
        _make(Wish(shop, out, seed, Settings().var), questions, (fine_tune, layers, minutes, encoder_from))
    )
    told = ", ".join(f"{name} {value}" for name, value in card["validation"].items())
    typer.echo(f"held out: {told}; {card['seconds']} s, {card['peak_memory_mb']} MB at most", err=True)
    typer.echo(str(out))


async def _make(
    wish: "Wish", questions: "Sequence[Question]", encoder: tuple[bool, int | None, float | None, Path | None]
) -> dict[str, Any]:
    from services.commands.choosing.making import foreign_layers, make_model

    fine_tune, layers, minutes, encoder_from = encoder
    found = foreign_layers(encoder_from) if encoder_from is not None else None
    if not fine_tune:
        return await make_model(wish, questions, found)
    tuning = _tuning_module()
    with progress_bar() as tell:
        tuned = await asyncio.to_thread(tuning.tune, wish, questions, found, (layers or LAYERS, minutes), tell)
    card = await make_model(wish, questions, tuned)
    tuning.forget(wish)
    return card


def _tuning_module() -> Any:
    try:
        return import_module(TUNING)
    except ImportError as exc:
        raise ConfigError(
            f"--fine-tune needs torch and transformers ({exc}); start with ./deskbell, which installs them, or "
            "pip install '.[finetune]'"
        ) from exc

"""`deskbell train generator`: an adapter for a language model from what the shop says."""

import json
import platform
import shlex
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.commands.understanding.progress import progress_bar
from services.commands.understanding.train import refuse_foreign
from services.generator.adapters.local import BUNDLED, CARD, FORMAT
from shared.errors import ConfigError
from shared.folders import put_folder
from shared.shop import load_shop

if TYPE_CHECKING:
    from services.generator.adapters.pairs import Pairs

PACKAGES = ("torch", "transformers", "peft")
MOST_MB = 20
"""A larger adapter is not shipped."""


def train_generator(  # noqa: PLR0913 - an option each
    shop: Annotated[Path, typer.Option(help="the shop's folder")],
    out: Annotated[Path, typer.Option(help="the folder that the adapter is written to")],
    pairs: Annotated[Path | None, typer.Option(help="pairs of your own, as JSON Lines, beside the shop's")] = None,
    model: Annotated[
        str, typer.Option(help="what is taught: smollm2, a folder, a GGUF file, a name on the hub")
    ] = BUNDLED,
    minutes: Annotated[float | None, typer.Option(min=0.1, help="the longest teaching; default: two epochs")] = None,
    seed: Annotated[int, typer.Option(min=0, help="of the pairs, their split and their order")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="go on where an interrupted call stopped")] = False,
) -> None:
    """Teaches a language model how the shop replies, with low-rank weights beside its own (LoRA)."""
    refuse_foreign(out)
    made = read_shop_pairs(shop, seed, pairs)
    counts = made.counts()
    typer.echo(f"{sum(sum(of.values()) for of in counts.values())} pairs: {json.dumps(counts)}", err=True)
    tuning = training_module("services.generator.adapters.tuning.tuning")
    options_module = import_module("services.generator.adapters.tuning.options")
    work = out.parent / f".{out.name}-teaching"
    if not resume:
        rmtree(work, ignore_errors=True)
    options = options_module.Options(source=model, work=work, minutes=minutes, seed=seed)

    def fill(draft: Path) -> None:
        with progress_bar() as tell:
            taught = tuning.teach(made, draft, options, tell)
        card = _card(made, options, taught)
        (draft / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    put_folder(out, fill, lambda _: False)
    rmtree(work, ignore_errors=True)
    _tell(json.loads((out / CARD).read_text("utf-8")))
    typer.echo(str(out))


def read_shop_pairs(shop: Path, seed: int, own: Path | None = None) -> "Pairs":
    """The shop's pairs, split. Raises ConfigError."""
    from services.generator.adapters.pairs import collect, read_pairs

    return collect(load_shop(shop), seed, read_pairs(own) if own else ())


def training_module(name: str) -> Any:
    """A module that needs torch. Raises ConfigError where the packages for it are not installed."""
    try:
        return import_module(name)
    except ImportError as exc:
        raise ConfigError(
            f"a local language model needs torch, transformers and peft ({exc}); start with ./deskbell, which installs "
            "them, or pip install '.[finetune]'"
        ) from exc


def _card(made: "Pairs", options: Any, taught: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "base": options.source,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": "deskbell " + shlex.join(sys.argv[1:]),
        "seed": options.seed,
        "tasks": sorted(tasks_of(made)),
        "data_hash": made.data_hash,
        "pairs": made.counts(),
        "held_back": {"validation": made.groups("validation"), "test": made.groups("test")},
        "recipe": asdict(options.recipe),
        "teaching": taught,
        "scores": {"validation_loss_before": taught["history"][0]["loss"], "validation_loss": _best(taught)},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }


def tasks_of(made: "Pairs") -> set[str]:
    """What a model is taught to do, as it is told later on."""
    from services.generator.domain.prompt import first_sentence, knowledge_prompt

    return {first_sentence(knowledge_prompt(pair.question, pair.ground).system) for pair in made.train}


def _best(taught: dict[str, Any]) -> float:
    return min(float(look["loss"]) for look in taught["history"])


def _tell(card: dict[str, Any]) -> None:
    taught, scores = card["teaching"], card["scores"]
    typer.echo(
        f"{taught['pairs_taught']} pairs in {taught['steps']} steps on {taught['device']}: {taught['training_s']} s, "
        f"{taught['tokens_per_s']} tokens/s, {taught['peak_memory_mb']} MB at most; validation loss "
        f"{scores['validation_loss_before']} -> {scores['validation_loss']} at step {taught['best_step']}; "
        f"{taught['size_mb']} MB",
        err=True,
    )
    if taught["size_mb"] > MOST_MB:
        typer.echo(f"larger than {MOST_MB} MB; a smaller rank or fewer layers would do", err=True)

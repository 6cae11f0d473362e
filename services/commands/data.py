"""`deskbell data`: from a shop's raw chats to examples."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.errors import ConfigError

if TYPE_CHECKING:
    from services.nlu.adapters.exports.reading import Source
    from services.nlu.domain.preparing.neighbours import Suspect
    from services.nlu.domain.preparing.rows import Row
    from services.nlu.domain.preparing.steps import Prepared

data_app = typer.Typer(help="Prepares a shop's own data.", no_args_is_help=True)
NEEDED = 8


@data_app.callback()
def _data() -> None:
    """Prepares a shop's own data."""


@data_app.command()
def prepare(  # noqa: PLR0913 - each is an option of the command line
    source: Annotated[Path, typer.Argument(help="CSV, JSON, JSON Lines or text: a file, or a folder of them")],
    out: Annotated[Path, typer.Option("--out", help="the folder to make")],
    text: Annotated[str | None, typer.Option("--text", help="the column with what was said")] = None,
    intent: Annotated[str | None, typer.Option("--intent", help="the column with the intent")] = None,
    agent: Annotated[list[str] | None, typer.Option("--agent", help="a sender who speaks for the shop")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="if it is not found out rightly")] = None,
    shop: Annotated[Path | None, typer.Option("--shop", help="a shop whose order numbers are to be known")] = None,
    keep_numbers: Annotated[bool, typer.Option("--keep-numbers", help="leave order numbers in the texts")] = False,
    suspects: Annotated[bool, typer.Option("--suspects", help="list what is perhaps labelled wrongly")] = False,
    fewest: Annotated[int, typer.Option("--fewest", min=1, help="examples that an intent needs")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="another seed, another split")] = 0,
) -> None:
    """Cleans, masks and de-duplicates raw chats, and splits them by template into train, validation and test."""
    from services.nlu.adapters.exports.reading import read_source
    from services.nlu.adapters.exports.records import Asked
    from services.nlu.adapters.prepared import Report, check_target, write_prepared
    from services.nlu.adapters.words import load_words
    from services.nlu.domain.preparing.rows import Options
    from services.nlu.domain.preparing.steps import prepare as run_steps

    check_target(out)
    found = read_source(source, Asked(text, intent, encoding, tuple(agent or ())))
    options = Options(load_words(), found.names, keep_numbers, _order_pattern(shop), fewest, seed)
    prepared = run_steps(found.rows, options)
    _refuse_nothing(source, found, prepared)
    doubtful = asyncio.run(_suspects(prepared.rows)) if suspects else None
    report = Report(found, prepared, seed, doubtful)
    write_prepared(out, report)
    for line in _told(report.document()):
        typer.echo(line, err=True)
    typer.echo(str(out / "report.html"))


def _order_pattern(shop: Path | None) -> str | None:
    from shared.shop import load_shop

    return load_shop(shop).profile.order_number.pattern if shop else None


def _refuse_nothing(source: Path, found: "Source", prepared: "Prepared") -> None:
    left = len(prepared.rows)
    if left < NEEDED:
        read = len(found.rows) + len(found.drops)
        reasons = sorted({drop.reason for drop in (*found.drops, *prepared.drops)})
        why = f" (left out: {', '.join(reasons)})" if reasons else ""
        raise ConfigError(
            f"{source}: of {read} messages {left} are left{why}; at least {NEEDED} are needed for a split"
        )


async def _suspects(rows: "list[Row]") -> "list[Suspect]":
    from services.nlu.domain.preparing.neighbours import suspects
    from shared.encoder import open_encoder

    typer.echo(f"comparing {len(rows)} texts by meaning: about {len(rows) // 6000 + 1} minutes", err=True)
    async with open_encoder(cache_size=0, timeout_s=3600) as encoder:
        return suspects(rows, await encoder.embed([row.text for row in rows], "query"))


def _told(document: dict[str, Any]) -> list[str]:
    """What was done, in a few lines."""
    read = [
        f"{f['file']}: {f['records']} messages, {f['form']}, {f['encoding']}{_columns(f)}" for f in document["files"]
    ]
    kept = ", ".join(f"{n} to {side}" for side, n in document["kept"].items())
    dropped = ", ".join(f"{n} {reason}" for reason, n in document["dropped"].items()) or "nothing"
    masked = ", ".join(f"{n} {kind}" for kind, n in document["masked"].items()) or "nothing"
    notes = document["notes"]
    more = [f"and {len(notes) - 5} more notes in the report"] if len(notes) > 5 else []
    return [*read, f"kept: {kept}", f"left out: {dropped}", f"masked: {masked}", *notes[:5], *more]


def _columns(file: dict[str, Any]) -> str:
    told = ", ".join(f"{meaning} from `{column}`" for meaning, column in file["columns"].items())
    return f", {told}" if told else ""

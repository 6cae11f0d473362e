"""`python -m benchmarks.dialogue --report DIR`: the time of the dialogue's step, however long the talk, large the shop.

Own servers, own data, nothing left behind. Exit code 1 when a bar is not held.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from benchmarks.dialogue.measuring import Times
from benchmarks.dialogue.places import PLACES
from benchmarks.dialogue.report import document, write_report
from tests.harness.program import folder
from tests.harness.valkey import running_valkey


def dialogue(
    report: Annotated[Path, typer.Option(help="folder for the report")],
    place: Annotated[list[str] | None, typer.Option(help=f"only this: {', '.join(PLACES)}; may be repeated")] = None,
) -> None:
    """Measures the dialogue's step by place in the conversation, orders in the shop, and orders of the customer."""
    wanted = place or list(PLACES)
    if unknown := set(wanted) - set(PLACES):
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {', '.join(PLACES)}", param_hint="--place")
    found: dict[str, dict[int, Times]] = {}
    with folder("dialogue") as directory, running_valkey() as valkey:
        for name in wanted:
            typer.echo(f"measuring by {name}", err=True)
            found[name] = uvloop.run(PLACES[name](valkey.url, directory))
    written = document(found, " ".join(["python -m benchmarks.dialogue", *sys.argv[1:]]))
    write_report(report, written)
    for name, rows in written["places"].items():
        for size, row in rows.items():
            typer.echo(
                f"{name} {size:>7,}: p50 {row['p50_ms']:.2f} ms, p99 {row['p99_ms']:.2f} ms, "
                f"floor p50 {row['floor_p50_ms']:.2f} ms"
            )
    typer.echo(f"{report / 'report.html'}")
    if not written["held"]:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(dialogue)

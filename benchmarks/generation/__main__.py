"""`python -m benchmarks.generation check --report DIR`: what the check finds.

How many bad replies are found, and how many good ones stopped.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.generation.measuring import measured
from benchmarks.generation.replies import read_replies
from benchmarks.generation.report import document, summary, write_report
from shared.config import ROOT
from shared.errors import ConfigError

SETS = {
    "tuned": ROOT / "tests/generator/replies.yaml",
    "second": ROOT / "tests/generator/replies_second.yaml",
    "unseen": ROOT / "tests/generator/replies_unseen.yaml",
}
app = typer.Typer()


@app.callback()
def generation() -> None:
    """How good replies of language models are, and what keeps the bad ones away."""


@app.command()
def check(
    report: Annotated[Path, typer.Option(help="folder for the report")],
    data: Annotated[list[Path] | None, typer.Option(help="labelled replies; unset: the project's own sets")] = None,
) -> None:
    """Runs the check over labelled replies."""
    sets = {path.stem: path for path in data} if data else SETS
    try:
        results = {name: measured(read_replies(path)) for name, path in sets.items()}
    except ConfigError as exc:
        raise typer.BadParameter(str(exc)) from exc
    found = document(results, ["python -m benchmarks.generation", *sys.argv[1:]])
    write_report(report, found)
    typer.echo(summary(found))
    typer.echo(f"{report / 'report.html'}")


if __name__ == "__main__":
    app()

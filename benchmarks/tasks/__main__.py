"""`python -m benchmarks.tasks tau|ecom-bench --data DIR --report DIR`: plays public tasks through REST."""

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.tasks import ecom, tau
from benchmarks.tasks.customer import NOISES
from benchmarks.tasks.goals import Task
from benchmarks.tasks.grading import Layout
from benchmarks.tasks.playing import play_all
from benchmarks.tasks.report import document, summary, write_report
from shared.config import ROOT
from shared.errors import DeskbellError
from shared.shop.formats import FORMATS
from shared.shop.formats.folder import import_shop
from shared.shop.load import load_shop

BASE = ROOT / "shops" / "demo"
app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Collection:
    """A format of shop data, how its tasks are read, and how its records are told apart."""

    format: str
    read: Any
    layout: Layout


COLLECTIONS = {
    "tau": Collection("tau2", tau.read_tasks, Layout(tau.state_of, tau.record_of, tau.owner_of)),
    "ecom-bench": Collection("ecom-bench", ecom.read_tasks, Layout(ecom.state_of, ecom.record_of, ecom.owner_of)),
}
CollectionName = StrEnum("CollectionName", [(name.replace("-", "_"), name) for name in COLLECTIONS])  # type: ignore[misc]
Noise = StrEnum("Noise", [(name.replace("-", "_"), name) for name in NOISES])  # type: ignore[misc]


@app.command()
def play(  # noqa: PLR0913 - an option each
    collection: Annotated[CollectionName, typer.Argument()],
    data: Annotated[Path, typer.Option(help="the folder with the shop's data")],
    report: Annotated[Path, typer.Option(help="folder for the report")],
    tasks: Annotated[Path | None, typer.Option(help="file of tasks; unset: tasks.json in the data's folder")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="play so many tasks, spread over the file")] = None,
    noise: Annotated[Noise, typer.Option(help="how the customer speaks")] = Noise.paraphrase,  # type: ignore[attr-defined]
    seed: Annotated[int, typer.Option(help="of the customer's choices")] = 1,
) -> None:
    """Imports the shop, plays each task with a simulated customer, and grades the shop's final state."""
    kind, path = COLLECTIONS[collection.value], tasks or data / "tasks.json"
    try:
        documents = FORMATS[kind.format].read(data)
        chosen = _spread(kind.read(documents, path), limit)
        with tempfile.TemporaryDirectory(prefix="deskbell-tasks-") as folder:
            os.environ.setdefault("DESKBELL_VAR", f"{folder}/var")
            shop_dir = Path(folder) / "theirs"
            import_shop(kind.format, data, shop_dir, load_shop(BASE))
            found = asyncio.run(play_all(shop_dir, chosen, kind.layout, noise.value, seed))
    except DeskbellError as exc:
        typer.echo(f"benchmarks.tasks: {exc}", err=True)
        raise typer.Exit(1) from exc
    command = " ".join(["python -m benchmarks.tasks", *sys.argv[1:]])
    settings = {"collection": f"{collection.value} {path.parent.name}", "noise": noise.value, "seed": seed}
    result = document(found, chosen, {**settings, "command": command})
    write_report(report, result)
    typer.echo(summary(result))
    typer.echo(str(report / "report.html"))


def _spread(tasks: list[Task], limit: int | None) -> list[Task]:
    """So many tasks, evenly from the whole file."""
    if limit is None or limit >= len(tasks):
        return tasks
    return [tasks[place * len(tasks) // limit] for place in range(limit)]


if __name__ == "__main__":
    app()

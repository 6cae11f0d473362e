"""`python -m benchmarks.generation check|weights|speed|facts`: what the check finds, and what local models do.

`check`: how many bad replies are found, and how many good ones stopped. `weights`: fits its evidence. `speed`: a model
through our adapter beside transformers' own loop. `facts`: what customers would be told, looked at a second time by
other means; with `--recheck` the same texts are judged anew, after a change of rules.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.generation.measuring import measured
from benchmarks.generation.replies import read_replies
from benchmarks.generation.report import document, summary, write_report
from shared.config import ROOT
from shared.errors import ConfigError

ALL_SETS = {
    "tuned": ROOT / "tests/generator/replies.yaml",
    "second": ROOT / "tests/generator/replies_second.yaml",
    "unseen": ROOT / "tests/generator/replies_unseen.yaml",
    "fourth": ROOT / "tests/generator/replies_fourth.yaml",
    "fifth": ROOT / "tests/generator/replies_fifth.yaml",
    "sixth": ROOT / "tests/generator/replies_sixth.yaml",
    "seventh": ROOT / "tests/generator/replies_seventh.yaml",
    "eighth": ROOT / "tests/generator/replies_eighth.yaml",
    "ninth": ROOT / "tests/generator/replies_ninth.yaml",
}
SETS = {name: path for name, path in ALL_SETS.items() if path.exists()}
FITTED_ON = {name: path for name, path in SETS.items() if name != "ninth"} | {
    "own": ROOT / "tests/generator/replies_own.yaml"
}
"""The ninth is never tuned on."""
DEMO = ROOT / "shops/demo"
FIGURES = (
    "questions", "answered", "released", "released_percent", "released_that_pass", "false_numbers",
    "template_that_pass", "cut_short", "seconds",
)  # fmt: skip
ReportDir = Annotated[Path, typer.Option(help="folder for the report")]
ModelName = Annotated[str, typer.Option(help="smollm2, a folder, a GGUF file, a name on the hub")]
AdapterDir = Annotated[Path | None, typer.Option(help="what `train generator` has made")]
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


@app.command()
def weights(
    dry: Annotated[bool, typer.Option("--dry", help="only measure, and leave the check's weights as they are")] = False,
) -> None:
    """Fits the check's weights of evidence to all sets but the ninth, and writes them where the check reads them.

    First each set is judged by the weights that the other sets give.
    """
    from benchmarks.generation.fitting import KINDS, LANGUAGES, TABLE, in_force, rows_of, tables, write_weights

    try:
        replies = {name: read_replies(path) for name, path in FITTED_ON.items()}
    except ConfigError as exc:
        raise typer.BadParameter(str(exc)) from exc
    rows = {(name, code): rows_of(kind, replies, code) for name, kind in KINDS.items() for code in LANGUAGES}
    judged = {}
    for name, labelled in replies.items():
        with in_force(tables(rows, without=name)):
            judged[name] = measured(labelled)
    typer.echo(summary(document(judged, [])))
    if not dry:
        write_weights(TABLE, tables(rows))
        typer.echo(f"{TABLE}")


@app.command()
def speed(
    report: ReportDir,
    model: ModelName = "smollm2",
    adapter: AdapterDir = None,
    prompts: Annotated[int, typer.Option("-n", min=1, help="how many prompts")] = 12,
) -> None:
    """Seconds to the first piece and tokens a second, beside the same weights by bare transformers in the same run."""
    from benchmarks.generation.speed import run

    found = asyncio.run(run(DEMO, model, adapter, prompts))
    _keep(report, "speed", found)
    typer.echo(f"ours {found['ours']}\nbare {found['bare']}")
    typer.echo(
        f"{found['speed_of_bare']} of bare transformers (bar {found['bar']}); {found['model']}, {found['device']}"
    )


@app.command()
def facts(  # noqa: PLR0913 - one argument an option
    report: ReportDir,
    model: ModelName = "smollm2",
    adapter: AdapterDir = None,
    questions: Annotated[int, typer.Option("-n", min=2, help="how many questions")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="of the choice of questions")] = 0,
    recheck: Annotated[bool, typer.Option("--recheck", help="judge the kept texts anew, without a model")] = False,
) -> None:
    """Asks English questions through search, model and check, and rechecks every released reply by other means.

    What was written is kept in `facts-rows.jsonl` under the report, from where a run that broke off goes on.
    """
    from benchmarks.generation.facts import Source, questions_of, recheck_rows, run

    kept = report / "facts-rows.jsonl"
    try:
        if recheck:
            found = recheck_rows(kept)
        else:
            found = asyncio.run(run(DEMO, Source(model, adapter, seed), questions_of(DEMO, questions, seed), kept))
    except ConfigError as exc:
        raise typer.BadParameter(str(exc)) from exc
    _keep(report, "facts-recheck" if recheck else "facts", {"seed": seed, **found})
    for name in FIGURES:
        typer.echo(f"{name:>20} {found[name]}")


def _keep(report: Path, name: str, found: dict[str, Any]) -> None:
    report.mkdir(parents=True, exist_ok=True)
    content = {**found, "command": " ".join(("python -m benchmarks.generation", *sys.argv[1:]))}
    (report / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    app()

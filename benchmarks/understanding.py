"""`python -m benchmarks.understanding COLLECTION --data DIR --report DIR`: cross-validation on a public collection.

Each fold is what `deskbell train nlu` does with the others: temperature and threshold are chosen inside them.
"""

import asyncio
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, stdev
from time import perf_counter
from typing import Annotated, Any

import numpy as np
import typer

from benchmarks.corpora.intents import banking77, bitext, clinc150
from benchmarks.corpora.items import Item
from benchmarks.corpora.mentions import snips, xsid
from loadtest.machine import describe
from services.commands.understanding.report import write_report
from services.nlu.adapters.corpus import json_line
from services.nlu.adapters.examples import Example
from services.nlu.adapters.fitting import Labelled, fit_heads, judge
from services.nlu.adapters.opening import mention_set
from services.nlu.adapters.tagging import fit_tagger
from services.nlu.adapters.training import embed_data, kept_at
from services.nlu.domain.heads import OUT_OF_SCOPE
from services.nlu.domain.measures import Judged, figures, summary
from shared.config import Settings
from shared.encoder import ENCODER, open_encoder
from shared.errors import ConfigError, DeskbellError

COLLECTIONS: dict[str, Callable[[Path], list[Item]]] = {
    "clinc150": clinc150, "banking77": banking77, "bitext": bitext, "snips": snips, "xsid": xsid,
}  # fmt: skip
TAGGED = ("snips", "xsid")
OUTSIDE_AT_MOST = 100
"""As many out-of-scope examples as CLINC150's own training part holds: folds must not know more."""


@dataclass
class Outcome:
    """What folds found: every example judged by heads that had not seen it."""

    judged: list[Judged] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    fit_s: list[float] = field(default_factory=list)
    curve: list[tuple[int, float]] = field(default_factory=list)

    def notes(self) -> dict[str, Any]:
        """How much folds differ, and how long they took."""
        spread = stdev(self.accuracies) if len(self.accuracies) > 1 else 0.0
        return {
            "folds": len(self.accuracies),
            "accuracy of a fold": f"{mean(self.accuracies):.4f} ± {spread:.4f}",
            "seconds to fit a fold": round(mean(self.fit_s), 1),
        }


def understanding(  # noqa: PLR0913 - an option each
    collection: Annotated[str, typer.Argument(help=", ".join(COLLECTIONS))],
    data: Annotated[Path, typer.Option(help="the folder of the collection")],
    report: Annotated[Path | None, typer.Option(help="folder for the report")] = None,
    to_jsonl: Annotated[Path | None, typer.Option(help="write the collection as JSON Lines instead")] = None,
    folds: Annotated[int, typer.Option(min=2, max=20)] = 5,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    share: Annotated[float, typer.Option(min=0.01, max=1, help="only so much of it, for a quick look")] = 1.0,
) -> None:
    """Cross-validates understanding on a public collection, or turns it into files for `deskbell train nlu`."""
    if collection not in COLLECTIONS:
        raise ConfigError(f"there is no collection {collection!r}; there are {', '.join(COLLECTIONS)}")
    items = COLLECTIONS[collection](data)
    if to_jsonl is not None:
        for path in write_lines(to_jsonl, collection, items):
            typer.echo(str(path))
        return
    if report is None:
        raise ConfigError("name a folder with --report, or a file or folder with --to-jsonl")
    chosen = dealt(items, round(1 / share), seed)[0] if share < 1 else range(len(items))
    document = asyncio.run(_measure(collection, [items[place] for place in chosen], data, folds, seed))
    write_report(report, document)
    names = ("intent_accuracy", "intent_accuracy_without_refusing", "oos_recall", "false_refusals", "entity_f1", "ece")
    told = ", ".join(f"{name} {document[name]:.4f}" for name in names if document[name] is not None)
    typer.echo(f"{collection}: {told}; {report / 'report.html'}")


def write_lines(out: Path, collection: str, items: Sequence[Item]) -> list[Path]:
    """A file for each part and language of the collection; returns their paths."""
    files: dict[str, list[str]] = defaultdict(list)
    languages = {item.example.language for item in items}
    for item in items:
        words = (collection, item.part, item.example.language if len(languages) > 1 else "")
        files["-".join(filter(None, words))].append(json_line(item.example))
    out.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        (out / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return [out / f"{name}.jsonl" for name in files]


def dealt(items: Sequence[Item], folds: int, seed: int) -> list[list[int]]:
    """The places of the examples of each fold: groups whole, each intent spread as evenly as that allows."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        groups[item.group].append(place)
    order = list(groups.values())
    np.random.default_rng(seed).shuffle(order)  # type: ignore[arg-type] - a list of lists is shuffled in place
    order.sort(key=len, reverse=True)
    filled: dict[str, Counter[int]] = defaultdict(Counter)
    dealt_out: list[list[int]] = [[] for _ in range(folds)]
    for places in order:
        intent = items[places[0]].example.intent
        fold = min(range(folds), key=lambda f: (filled[intent][f], len(dealt_out[f])))
        filled[intent][fold] += len(places)
        dealt_out[fold] += places
    return dealt_out


async def _measure(collection: str, items: list[Item], data: Path, folds: int, seed: int) -> dict[str, Any]:
    examples = [item.example for item in items]
    async with open_encoder(kept=Settings().var / "encoder", timeout_s=300) as encoder:
        labelled = await embed_data(examples, await asyncio.to_thread(kept_at, data, Settings().var), encoder)
    parts = dealt(items, folds, seed)
    tagged = collection in TAGGED
    outcome = cross_validate(labelled, parts, seed, tagged=tagged)
    document = figures(outcome.judged, entities=tagged) | {
        "title": f"{collection}, {folds} folds",
        "learning_curve": outcome.curve,
        "notes": outcome.notes() | {"encoder": ENCODER, "seed": seed, **describe()},
        "parts": _more(collection, items, labelled, parts, seed),
        "command": f"python -m benchmarks.understanding {' '.join(sys.argv[1:])}",
    }
    return document


def _more(
    collection: str, items: list[Item], labelled: Labelled, parts: list[list[int]], seed: int
) -> dict[str, dict[str, Any]]:
    """What else this collection can tell."""
    if collection == "xsid":
        english = cross_validate(labelled, parts, seed, tagged=True, learn="en")
        return {f"trained on English alone, {name}": part for name, part in _by_language(english.judged).items()}
    train, val = ([place for place, item in enumerate(items) if item.part == part] for part in ("train", "val"))
    if train and val:
        rows, _ = read_fold(labelled, (train, val), seed, tagged=False)
        return {"its own parts: fitted to train, read on val": summary(rows, entities=False)}
    return {}


def _by_language(rows: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    languages = sorted({row.language for row in rows})
    return {name: summary([row for row in rows if row.language == name], entities=True) for name in languages}


def cross_validate(
    labelled: Labelled, parts: list[list[int]], seed: int, *, tagged: bool, learn: str | None = None
) -> Outcome:
    """Each part read by heads fitted to the others, of which only the language `learn` counts if one is named."""
    outcome = Outcome()
    for number, held in enumerate(parts):
        rest = [place for part in parts if part is not held for place in part]
        if learn is not None:
            rest = [place for place in rest if labelled.examples[place].language == learn]
        started = perf_counter()
        rows, curve = read_fold(labelled, (rest, held), seed, tagged=tagged, curve=not number)
        outcome.curve = outcome.curve or curve
        outcome.fit_s.append(perf_counter() - started)
        outcome.accuracies.append(summary(rows, entities=False)["intent_accuracy"])
        outcome.judged += rows
        typer.echo(f"fold {number + 1} of {len(parts)}: {outcome.accuracies[-1]:.4f}", err=True)
    return outcome


def read_fold(
    labelled: Labelled, split: tuple[list[int], list[int]], seed: int, *, tagged: bool, curve: bool = False
) -> tuple[list[Judged], list[tuple[int, float]]]:
    """The examples held out, the second of `split`, judged by a model fitted to the first; and a learning curve."""
    rows, unseen = taken(labelled, _few_outside(labelled.examples, split[0])), taken(labelled, split[1])
    fit = fit_heads(rows, seed=seed, curve=curve)
    guesses = fit.heads.guesses([example.text for example in unseen.examples], unseen.vectors)
    judged = [judge(example, guess) for example, guess in zip(unseen.examples, guesses, strict=True)]
    if not tagged:
        return judged, fit.curve
    tagger = fit_tagger(rows.examples, (), seed)
    pairs = zip(judged, unseen.examples, strict=True)
    found = [
        replace(row, mentions=mention_set(e.entities), found_mentions=mention_set(tagger.spans(e.text)))
        for row, e in pairs
    ]
    return found, fit.curve


def taken(labelled: Labelled, places: Sequence[int]) -> Labelled:
    """These of the examples, with their vectors."""
    return Labelled([labelled.examples[place] for place in places], labelled.vectors[list(places)])


def _few_outside(examples: Sequence[Example], places: list[int]) -> list[int]:
    inside = [place for place in places if examples[place].intent != OUT_OF_SCOPE]
    outside = [place for place in places if examples[place].intent == OUT_OF_SCOPE]
    return inside + outside[:OUTSIDE_AT_MOST]


def main() -> None:
    """Runs the command; an expected error is one sentence on standard error."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        typer.run(understanding)
    except DeskbellError as exc:
        sys.stderr.write(f"benchmarks.understanding: {exc}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()

"""How far held-out texts are from training, split by template and by chance: `python -m benchmarks.preparing FILE`.

A held-out text that nearly stands in training measures memory. For a sample of the test side: the share whose nearest
training text has half, 7 or 8 of 10 letter triples in common.
"""

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Annotated

import typer

from services.nlu.adapters.exports.reading import read_source
from services.nlu.adapters.exports.records import Asked
from services.nlu.adapters.words import load_words
from services.nlu.domain.preparing.duplicates import folded, letter_grams
from services.nlu.domain.preparing.rows import Options, Row
from services.nlu.domain.preparing.similarity import jaccard
from services.nlu.domain.preparing.splitting import templates
from services.nlu.domain.preparing.steps import prepare

NEAR = (0.5, 0.7, 0.8)
BEFORE = ("hi", "well,", "please", "so", "hello there,", "quick question:")


def closeness(train: Sequence[Row], test: Sequence[Row], sample: int) -> dict[str, float]:
    """The share of a sample of `test` that has a text of `train` so near."""
    known = [letter_grams(folded(row.text)) for row in train]
    asked = [letter_grams(folded(row.text)) for row in random.Random(0).sample(list(test), min(sample, len(test)))]
    nearest = [max(jaccard(grams, other) for other in known) for grams in asked]
    return {f"near_{limit}": round(sum(near >= limit for near in nearest) / len(nearest), 3) for limit in NEAR}


def grown(rows: Sequence[Row], texts: int) -> list[Row]:
    """So many rows: those that are there, then the same again between other words and numbers."""
    chance, made = random.Random(0), list(rows[:texts])
    while len(made) < texts:
        row, other = chance.choice(rows), chance.choice(rows)
        words = f"{chance.choice(BEFORE)} {row.text} {other.text[:30]} {chance.randrange(10_000, 99_999)}"
        made.append(replace(row, text=words, line=len(made) + 1, marks=()))
    return made


def main(
    file: Annotated[Path, typer.Argument(help="an export with intents")],
    sample: Annotated[int, typer.Option(help="so many test texts are compared")] = 300,
    texts: Annotated[int, typer.Option(help="grow the export to so many texts first; only for the time")] = 0,
) -> None:
    """Prints one line of JSON."""
    rows = read_source(file, Asked()).rows
    rows = grown(rows, texts) if texts else rows
    options, started = Options(load_words()), process_time()
    prepared = prepare(rows, options)
    took = process_time() - started
    shuffled = random.Random(0).sample(prepared.rows, len(prepared.rows))
    cut = len(prepared.sides["test"])
    told = {
        "read": len(rows),
        "kept": {side: len(kept) for side, kept in prepared.sides.items()},
        "templates": len(templates(prepared.rows, options.words)),
        "seconds_of_a_core": round(took, 1),
        "by_template": closeness(prepared.sides["train"], prepared.sides["test"], sample),
        "by_chance": closeness(shuffled[cut:], shuffled[:cut], sample),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    typer.run(main)

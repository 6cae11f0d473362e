"""CLINC150 (Larson et al. 2019), Banking77 (Casanueva et al. 2020) and Bitext (2022): intents alone."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.corpora.items import Item, read
from benchmarks.corpora.templates import template_keys
from services.nlu.adapters.examples import Example
from services.nlu.domain.heads import OUT_OF_SCOPE


def clinc150(folder: Path) -> list[Item]:
    """`train_val.json`: parts of [text, intent]; the parts whose name begins with `oos` are out of scope."""
    parts = json.loads(read(folder / "train_val.json"))
    return [
        Item(Example(text, OUT_OF_SCOPE if part.startswith("oos") else intent, "en"), text, part.removeprefix("oos_"))
        for part, rows in parts.items()
        for text, intent in rows
    ]


def banking77(folder: Path) -> list[Item]:
    """`train.csv`: text, category."""
    return [
        Item(Example(row["text"].strip(), row["category"], "en"), row["text"]) for row in _rows(folder / "train.csv")
    ]


def bitext(folder: Path) -> list[Item]:
    """`utterances.csv`: utterance, intent. Sentences made from one template are one group."""
    rows = list(_rows(folder / "utterances.csv"))
    keys = template_keys([row["utterance"] for row in rows])
    return [
        Item(Example(row["utterance"].strip(), row["intent"], "en"), key) for row, key in zip(rows, keys, strict=True)
    ]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(read(path)))

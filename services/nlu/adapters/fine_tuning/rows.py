"""Examples as token ids and labels, and batches of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import torch

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning.bio import tags_of
from services.nlu.adapters.fine_tuning.encoders import Start

IGNORED = -100
"""The label that torch's cross-entropy leaves out."""
CHUNK = 64
"""Batches among which rows are sorted by length: enough to save padding, few enough to stay mixed."""


@dataclass(frozen=True)
class Names:
    """What the numbers of the labels mean. `tags` is empty where no example has mentions."""

    intents: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """An example as numbers; `tags` has one for each token."""

    ids: tuple[int, ...]
    intent: int
    tags: tuple[int, ...]


@dataclass(frozen=True)
class Batch:
    """Rows side by side, padded to the longest."""

    ids: torch.Tensor
    mask: torch.Tensor
    intents: torch.Tensor
    tags: torch.Tensor


def rows_of(examples: Sequence[Example], start: Start, names: Names) -> list[Row]:
    """One row for each example."""
    intents = {name: number for number, name in enumerate(names.intents)}
    tags = {name: number for number, name in enumerate(names.tags)}
    before = len(start.query_prefix)
    encodings = start.tokenizer.encode_batch([start.query_prefix + example.text for example in examples])
    rows = []
    for example, encoding in zip(examples, encodings, strict=True):
        offsets = [(max(0, begin - before), max(0, end - before)) for begin, end in encoding.offsets]
        labels = tags_of(example.text, offsets, example.entities) if tags else [None] * len(encoding.ids)
        numbers = tuple(IGNORED if label is None else tags[label] for label in labels)
        rows.append(Row(tuple(encoding.ids), intents[example.intent], numbers))
    return rows


def shuffled(rows: Sequence[Row], size: int, seed: int) -> list[list[Row]]:
    """All rows once in batches of similar length, in an order that the seed decides."""
    random = Random(seed)
    order = random.sample(range(len(rows)), len(rows))
    batches = []
    for at in range(0, len(order), size * CHUNK):
        chunk = sorted(order[at : at + size * CHUNK], key=lambda place: len(rows[place].ids))
        batches += [[rows[place] for place in chunk[i : i + size]] for i in range(0, len(chunk), size)]
    random.shuffle(batches)
    return batches


def by_length(rows: Sequence[Row], size: int) -> list[list[int]]:
    """The places of all rows in batches, the shortest first."""
    order = sorted(range(len(rows)), key=lambda place: len(rows[place].ids))
    return [order[at : at + size] for at in range(0, len(order), size)]


def padded(rows: Sequence[Row], pad_id: int, device: torch.device) -> Batch:
    """The rows as one batch on the device."""
    width = max(len(row.ids) for row in rows)
    ids = torch.tensor([[*row.ids, *[pad_id] * (width - len(row.ids))] for row in rows])
    mask = torch.tensor([[*[1] * len(row.ids), *[0] * (width - len(row.ids))] for row in rows])
    tags = torch.tensor([[*row.tags, *[IGNORED] * (width - len(row.tags))] for row in rows])
    intents = torch.tensor([row.intent for row in rows])
    return Batch(*(part.to(device) for part in (ids, mask, intents, tags)))

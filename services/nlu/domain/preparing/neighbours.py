"""Examples that lie among those of another intent: perhaps labelled wrongly."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.nlu.domain.heads import Numbers
from services.nlu.domain.preparing.rows import Row

NEAREST = 10
AGREEING = 0.8
BLOCK = 512


@dataclass(frozen=True)
class Suspect:
    """An example, the intent that most of its neighbours have, and which share of them has it."""

    row: Row
    other: str
    share: float


def suspects(rows: Sequence[Row], vectors: Numbers) -> list[Suspect]:
    """Labelled rows whose nearest texts nearly all have one other intent; the surest first.

    `vectors` has a row of length 1 for each row.
    """
    labelled = [at for at, row in enumerate(rows) if row.intent]
    if len(labelled) <= NEAREST:
        return []
    found = list(_found([rows[at] for at in labelled], vectors[labelled]))
    return sorted(found, key=lambda suspect: (-suspect.share, suspect.row.line))


def _found(rows: Sequence[Row], vectors: Numbers) -> Iterator[Suspect]:
    for start in range(0, len(rows), BLOCK):
        close = vectors[start : start + BLOCK] @ vectors.T
        close[np.arange(len(close)), np.arange(start, start + len(close))] = -2
        nearest = np.argpartition(-close, NEAREST, axis=1)[:, :NEAREST]
        for at, places in enumerate(nearest, start):
            other, n = Counter(str(rows[place].intent) for place in places).most_common(1)[0]
            if other != rows[at].intent and n >= AGREEING * NEAREST:
                yield Suspect(rows[at], other, n / NEAREST)

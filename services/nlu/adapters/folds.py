"""Reading examples with heads that were not fitted to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.nlu.adapters.examples import Example
from services.nlu.adapters.linear import Linear, Scores, columns, fit_linear
from services.nlu.domain.doubt import Space
from services.nlu.domain.heads import OUT_OF_SCOPE, Numbers

FOLDS = 3
CURVE = (0.125, 0.25, 0.5, 1.0)
FEWEST_STRANGERS = 6
"""With fewer intents than these, none can be spared to play what is out of scope."""
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """What is to be learned: a row of `x` and `vectors`, a label and a language for each example."""

    x: csr_matrix
    vectors: Numbers
    y: Labels
    languages: NDArray[np.str_]
    names: tuple[str, ...]
    folds: Labels
    centre: Numbers
    scale: float

    @classmethod
    def of(cls, examples: Sequence[Example], vectors: Numbers, y: Labels, names: tuple[str, ...], seed: int) -> "Task":
        centre = vectors.mean(axis=0)
        scale = float((vectors - centre).std()) or 1.0
        languages = np.array([example.language for example in examples])
        return cls(
            columns(examples, vectors, centre, scale), vectors, y, languages, names, deal(y, seed), centre, scale
        )

    @property
    def outside(self) -> int | None:
        """The label of texts out of scope, if there are any."""
        return self.names.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.names else None

    def inside(self, y: Labels) -> NDArray[np.bool_]:
        """Which labels are those of intents in scope; -1 is none."""
        found: NDArray[np.bool_] = (y >= 0) & (y != (-1 if self.outside is None else self.outside))
        return found

    def part(self, rows: Labels) -> "Task":
        """These examples alone."""
        return replace(
            self, x=self.x[rows], vectors=self.vectors[rows], y=self.y[rows], languages=self.languages[rows],
            folds=self.folds[rows],
        )  # fmt: skip

    def fit(self) -> Linear:
        return fit_linear(self.x, self.y, len(self.names), self.vectors.shape[1])


@dataclass(frozen=True)
class Held:
    """How held-out texts were scored, how far they lie from the known ones, and their labels."""

    scores: Scores
    distances: Numbers
    y: Labels

    def outside(self, task: Task) -> "Held":
        """The texts out of scope alone."""
        rows = ~task.inside(self.y)
        return Held(self.scores[rows], self.distances[rows], self.y[rows])

    def with_more(self, other: "Held") -> "Held":
        return Held(
            np.concatenate([self.scores, other.scores]),
            np.concatenate([self.distances, other.distances]),
            np.concatenate([self.y, other.y]),
        )


def deal(y: Labels, seed: int, folds: int = FOLDS) -> Labels:
    """The fold of each example. Those of an intent are dealt out in turn: of two, none is ever without the other."""
    chance = np.random.default_rng(seed)
    dealt = np.empty(len(y), dtype=np.int64)
    for label in np.unique(y):
        places = chance.permutation(np.flatnonzero(y == label))
        dealt[places] = (np.arange(len(places)) + label) % folds
    return dealt


def held_out(task: Task, space_of: Callable[[Task], Space]) -> Held:
    """Every example, scored by heads fitted to the other folds."""
    scores = np.zeros((len(task.y), len(task.names)))
    distances = np.zeros(len(task.y), dtype=np.float32)
    for fold in np.unique(task.folds):
        unseen = np.flatnonzero(task.folds == fold)
        known = task.part(np.flatnonzero(task.folds != fold))
        scores[unseen] = known.fit().scores(task.x[unseen])
        distances[unseen] = space_of(known).distance(task.vectors[unseen])
    return Held(scores, distances, task.y)


def strangers(task: Task, space_of: Callable[[Task], Space]) -> Held | None:
    """Texts of intents that were kept from the heads: what is out of scope, as far as examples in scope can show it."""
    labels = np.unique(task.y[task.inside(task.y)])
    if len(labels) < FEWEST_STRANGERS:
        return None
    found = None
    for fold in np.unique(task.folds):
        hidden = np.isin(task.y, labels[labels % FOLDS == fold])
        unseen = np.flatnonzero(hidden & (task.folds == fold))
        if not len(unseen):
            continue
        known = task.part(np.flatnonzero(~hidden & (task.folds != fold)))
        scores, distances = known.fit().scores(task.x[unseen]), space_of(known).distance(task.vectors[unseen])
        held = Held(scores, distances, np.full(len(unseen), -1, dtype=np.int64))
        found = held if found is None else found.with_more(held)
    return found


def learning_curve(task: Task, seed: int) -> list[tuple[int, float]]:
    """How often one fold is understood by heads fitted to more and more of the others: examples, accuracy in scope."""
    pool = np.random.default_rng(seed).permutation(np.flatnonzero(task.folds != 0))
    held = np.flatnonzero((task.folds == 0) & task.inside(task.y))
    points = []
    for share in CURVE:
        rows = pool[: max(2, round(share * len(pool)))]
        if not len(held) or len(np.unique(task.y[rows])) < 2:
            continue
        right = task.part(rows).fit().scores(task.x[held]).argmax(axis=1) == task.y[held]
        points.append((len(rows), round(float(right.mean()), 4)))
    return points

"""Reading examples with heads that were not fitted to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.nlu.adapters.doubting import fit_lift, fit_space
from services.nlu.adapters.examples import Example
from services.nlu.adapters.linear import Linear, Scores, fit_linear, words_of
from services.nlu.domain.doubt import Space
from services.nlu.domain.heads import OUT_OF_SCOPE, Numbers

FOLDS = 3
CURVE = (0.125, 0.25, 0.5, 1.0)
FEWEST_STRANGERS = 6
"""With fewer intents than these, none can be spared to play what is out of scope."""
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """What is to be learned: a vector, words, a label and a language for each example."""

    vectors: Numbers
    words: csr_matrix
    y: Labels
    languages: NDArray[np.str_]
    names: tuple[str, ...]
    folds: Labels

    @classmethod
    def of(cls, examples: Sequence[Example], vectors: Numbers, y: Labels, names: tuple[str, ...], seed: int) -> "Task":
        languages = np.array([example.language for example in examples])
        return cls(vectors, words_of(examples), y, languages, names, deal(y, seed))

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
            self, vectors=self.vectors[rows], words=self.words[rows], y=self.y[rows], languages=self.languages[rows],
            folds=self.folds[rows],
        )  # fmt: skip

    def learn(self) -> "Learned":
        """Heads and the space that they are fitted in."""
        inside = np.flatnonzero(self.inside(self.y))
        places = [(self.y[row], self.languages[row]) for row in inside]
        space, lift = fit_space(self.vectors[inside], places), fit_lift(self.vectors[inside], places)
        return Learned(fit_linear((self.vectors, self.words), self.y, len(self.names), lift), space)


@dataclass(frozen=True)
class Learned:
    """What a task gave."""

    linear: Linear
    space: Space

    def read(self, vectors: Numbers, words: csr_matrix, y: Labels) -> "Held":
        return Held(self.linear.scores(vectors, words), self.space.distance(vectors), y)

    def read_part(self, task: Task, rows: Labels) -> "Held":
        return self.read(task.vectors[rows], task.words[rows], task.y[rows])


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


def held_out(task: Task) -> Held:
    """Every example, read by heads fitted to the other folds."""
    scores = np.zeros((len(task.y), len(task.names)))
    distances = np.zeros(len(task.y), dtype=np.float32)
    for fold in np.unique(task.folds):
        unseen = np.flatnonzero(task.folds == fold)
        read = task.part(np.flatnonzero(task.folds != fold)).learn().read_part(task, unseen)
        scores[unseen], distances[unseen] = read.scores, read.distances
    return Held(scores, distances, task.y)


def strangers(task: Task) -> Held | None:
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
        read = task.part(np.flatnonzero(~hidden & (task.folds != fold))).learn().read_part(task, unseen)
        held = replace(read, y=np.full(len(unseen), -1, dtype=np.int64))
        found = held if found is None else found.with_more(held)
    return found


def learning_curve(task: Task, seed: int) -> list[tuple[int, float]]:
    """How often one fold is understood by heads fitted to more and more of the others: examples, accuracy in scope."""
    pool = np.random.default_rng(seed).permutation(np.flatnonzero(task.folds != 0))
    held = np.flatnonzero((task.folds == 0) & task.inside(task.y))
    points = []
    for share in CURVE:
        rows = pool[: max(2, round(share * len(pool)))]
        known = task.y[rows]
        if not len(held) or len(np.unique(known)) < 2 or not task.inside(known).any():
            continue
        right = task.part(rows).learn().read_part(task, held).scores.argmax(axis=1) == task.y[held]
        points.append((len(rows), round(float(right.mean()), 4)))
    return points

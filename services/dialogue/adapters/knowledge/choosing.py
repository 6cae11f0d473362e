"""Which page answers a question, as a model says that was fitted to the shop's own questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from services.dialogue.adapters.knowledge.asked_before import AskedBefore
from services.dialogue.adapters.knowledge.index import Entry
from services.dialogue.adapters.knowledge.judging import Beside, Judgement
from services.dialogue.adapters.knowledge.scoring import Opinion
from shared.encoder import Vectors
from shared.shop.asked import PRODUCT, is_nothing


@dataclass(frozen=True)
class Judge:
    """Earlier questions, and how what they say is weighed."""

    before: AskedBefore
    by: Judgement

    def beside(self, entries: Sequence[Entry], asked: "Asking") -> Beside:
        """What the earlier questions say of these passages, and of the question."""
        classes = [PRODUCT if entry.origin == "product" else entry.document for entry in entries]
        return Beside.of(classes, self.before.evidence(asked.vector, asked.words, asked.language), self.by)


@dataclass(frozen=True)
class Asking:
    """A question as the search sees it: its vector, its words, and its language."""

    vector: Vectors
    words: Sequence[str]
    language: str


@dataclass(frozen=True)
class Choice:
    """How probable it is that each of a model's classes answers a question; classes are keys of `asked/`."""

    shares: Mapping[str, float]
    judge: Judge | None = None

    @property
    def nothing(self) -> float:
        """How probable it is that neither a page nor a product does."""
        return sum(share for name, share in self.shares.items() if is_nothing(name))

    def opinion(self, entries: Sequence[Entry], asked: Asking) -> Opinion:
        """What it says of passages, one number for each; what the model does not know is not a number."""
        known = {("page", name): of for name, of in self.shares.items() if name != PRODUCT and not is_nothing(name)}
        pages = [known.get((entry.origin, entry.document), np.nan) for entry in entries]
        product = self.shares.get(PRODUCT, np.nan)
        products = [product if entry.origin == "product" else np.nan for entry in entries]
        beside = None if self.judge is None else self.judge.beside(entries, asked)
        return Opinion(np.array(pages), np.array(products), self.nothing, beside)


class Chooser(Protocol):
    """A model of pages. `name` changes with whatever it says."""

    name: str

    async def choose(self, question: str) -> Choice:
        """Raises Transient."""
        ...


@dataclass(frozen=True)
class PageHeads:
    """A linear layer over an encoder's vectors, less their `middle`: a row of `weights` for each class."""

    classes: tuple[str, ...]
    weights: Vectors
    bias: Vectors
    middle: Vectors

    def shares(self, vectors: Vectors) -> Vectors:
        """A row for each vector: how probable each class is."""
        scores = (vectors - self.middle) @ self.weights.T + self.bias
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Vectors = raised / raised.sum(axis=1, keepdims=True)
        return shares

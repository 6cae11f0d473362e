"""What every trial needs: documents made searchable as in production, and plain BM25 beside it."""

import unicodedata
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import bm25s
import numpy as np

from services.dialogue.adapters.knowledge.documents import Document
from services.dialogue.adapters.knowledge.index import Index, build_index
from services.dialogue.adapters.knowledge.lexical import WORD, Tokenizer
from services.dialogue.adapters.knowledge.making import make, rows_of
from services.dialogue.adapters.knowledge.page_model import open_chooser
from services.dialogue.adapters.knowledge.search import Searcher
from shared.config import Settings
from shared.encoder import Encoder, open_encoder
from shared.shop import Shop
from shared.vectors import VectorFile

TODAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Bench:
    """The encoder, the tokenizer, and a searcher over whatever index it is given."""

    encoder: Encoder
    tokenizer: Tokenizer
    searcher: Searcher

    async def index(self, documents: Sequence[Document], name: str) -> Index:
        """The index of these documents; vectors are kept under this name from one run to the next."""
        file = VectorFile(Settings().var / "vectors" / f"benchmark-{name}.npz")
        made = await make(documents, self.tokenizer, self.encoder, file)
        return build_index("benchmark", rows_of(made))

    @asynccontextmanager
    async def open_searcher(self, shop: Shop) -> AsyncIterator[Searcher]:
        """A searcher that asks the model that the shop ships, if it ships one."""
        async with open_chooser(shop, self.encoder, self.tokenizer.words, Settings().var / "encoder") as chooser:
            yield Searcher(self.encoder, self.tokenizer, self.today, chooser)

    @staticmethod
    def today() -> date:
        """A day on which all pages are valid."""
        return TODAY


@asynccontextmanager
async def open_bench() -> AsyncIterator[Bench]:
    """Loads the encoder and the dictionary."""
    tokenizer = Tokenizer(Settings().var / "cache")
    async with open_encoder(cache_size=100_000, timeout_s=600) as encoder:
        yield Bench(encoder, tokenizer, Searcher(encoder, tokenizer, lambda: TODAY))


class Bm25:
    """BM25 with its usual settings, over words and pairs of Chinese characters: the floor of every trial."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._index = bm25s.BM25(method="lucene")
        self._index.index([tokens(text) or [""] for text in texts], show_progress=False)

    def scores(self, question: str) -> np.ndarray:
        """One score for each text."""
        known = [token for token in tokens(question) if token in self._index.vocab_dict]
        return self._index.get_scores(known) if known else np.zeros(self._index.scores["num_docs"])


def tokens(text: str) -> list[str]:
    """Latin words as they are, Chinese in pairs of characters."""
    found: list[str] = []
    for run in WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        found += [run] if run[0].isascii() or len(run) == 1 else [f"{a}{b}" for a, b in pairwise(run)]
    return found


def share(hits: Sequence[bool]) -> float:
    """How many of 100 are true, to one digit."""
    return round(100 * sum(hits) / max(len(hits), 1), 1)

"""Opens a model folder for use: its heads, its tagger, and the encoder that its heads stand on."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.nlu.adapters.examples import Span
from services.nlu.adapters.models import TAGGER_FOLDER, StoredModel, load_model
from services.nlu.adapters.own_encoder import load_own_encoder, own_tagger
from services.nlu.adapters.tagging import load_tagger
from services.nlu.domain.heads import Guess, Heads
from services.nlu.domain.understanding import FindsMentions
from services.nlu.ports import Embedder
from shared.encoder import open_encoder
from shared.errors import ConfigError

BATCH = 32


@dataclass(frozen=True)
class OpenModel:
    """A model ready to read texts."""

    stored: StoredModel
    heads: Heads
    tagger: FindsMentions | None
    embedder: Embedder

    async def guesses(self, texts: list[str]) -> list[Guess]:
        """The intent of each text as a whole. Raises Transient when the encoder is too busy."""
        found: list[Guess] = []
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            found += self.heads.guesses(batch, await self.embedder.embed(batch, "query"))
        return found

    def mentions(self, text: str) -> tuple[Span, ...]:
        """The mentions that the model was taught to find; none if its examples had none."""
        return self.tagger.spans(text) if self.tagger else ()


@asynccontextmanager
async def open_model(
    folder: Path, shared: Embedder | None = None, *, kept: Path | None = None, timeout_s: float = 60
) -> AsyncIterator[OpenModel]:
    """Lends the model in `folder`. Raises ConfigError.

    `shared` is an encoder that is open already, `kept` where one that has to be opened keeps its graph.
    """
    stored = await asyncio.to_thread(load_model, folder)
    tagger = await asyncio.to_thread(_load_tagger, folder / TAGGER_FOLDER)
    async with AsyncExitStack() as stack:
        embedder = shared
        if stored.encoder_folder is not None:
            engine = await asyncio.to_thread(load_own_encoder, stored.encoder_folder, kept)
            embedder = await stack.enter_async_context(open_encoder(engine=engine, timeout_s=timeout_s))
            if tagger is None and own_tagger(engine) is not None:
                # Of its own: the one above runs in the worker thread of its vectors.
                tagger = own_tagger(await asyncio.to_thread(load_own_encoder, stored.encoder_folder, kept))
        if embedder is None:
            embedder = await stack.enter_async_context(open_encoder(kept=kept, timeout_s=timeout_s))
        yield OpenModel(stored, stored.heads, tagger, embedder)


def _load_tagger(folder: Path) -> FindsMentions | None:
    if not folder.is_dir():
        return None
    tagger = load_tagger(folder)
    if tagger is None:
        raise ConfigError(f"the tagger in {folder} is damaged; fit the model again")
    return tagger


def mention_set(spans: Iterable[Span]) -> frozenset[tuple[int, int, str]]:
    """Spans as plain values, to be compared."""
    return frozenset((span.start, span.end, span.type) for span in spans)

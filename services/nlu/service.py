"""Understanding: joins the encoder, the fitted heads and the rules to the queue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import structlog

from services.nlu.adapters.catalogue import CatalogueWatch, catalogue_of
from services.nlu.adapters.examples import Examples, flat
from services.nlu.adapters.models import load_heads, model_hash, save_heads
from services.nlu.adapters.rules import load_signals
from services.nlu.config import NluSettings
from services.nlu.domain.entities import Patterns
from services.nlu.domain.heads import Heads
from services.nlu.domain.understanding import Reader
from services.nlu.handlers import NluHandlers
from services.nlu.ports import Embedder
from shared.contracts.messages import MessageReceived
from shared.encoder import ENCODER, Vectors, open_encoder
from shared.service import Service, World
from shared.shop import Shop, load_shop
from shared.vectors import VectorFile

log = structlog.get_logger(__name__)


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Fits the heads first if the shop's examples have changed. Raises ConfigError for a shop that cannot be read."""
    settings = NluSettings()
    shop = load_shop(world.settings.shop_dir)
    async with open_encoder(cache_size=settings.nlu_cache_texts, timeout_s=settings.nlu_timeout_s) as encoder:
        reader = await open_reader(shop, world.settings.var, encoder, settings.nlu_threshold)
        handlers = NluHandlers(reader, encoder)
        catalogue = CatalogueWatch(world.settings.shop_dir, handlers.stock)
        yield Service("nlu", {MessageReceived: handlers.on_message_received}, loops=(catalogue.loop,))


async def open_reader(shop: Shop, var: Path, embedder: Embedder, threshold: float | None = None) -> Reader:
    """All that understanding knows of the shop; `threshold` replaces the fitted one."""
    heads = await open_heads(shop, var, embedder)
    patterns = Patterns(shop.profile.order_number.pattern, shop.profile.one_time_code.digits)
    catalogue = catalogue_of(shop.products, shop.profile.title.values())
    return Reader(
        heads if threshold is None else replace(heads, threshold=threshold),
        patterns,
        catalogue.products,
        load_signals(),
        catalogue.options,
        timezone=shop.profile.timezone,
    )


async def open_heads(shop: Shop, var: Path, embedder: Embedder) -> Heads:
    """The heads for these examples: from `<var>/models`, or fitted now and kept there."""
    folder = var / "models" / f"nlu-{model_hash(shop.nlu)}"
    vectors = VectorFile(
        var / "vectors" / f"{shop.files.root.name}-examples.npz", shop.files.root / "vectors/examples.npz"
    )
    return load_heads(folder) or await _fit(shop.nlu, folder, vectors, embedder)


async def _fit(examples: Examples, folder: Path, vectors: VectorFile, embedder: Embedder) -> Heads:
    # Late: a service whose heads are fitted already starts without scikit-learn.
    from services.nlu.adapters.fitting import fit_heads

    started = perf_counter()
    labelled = flat(examples)
    log.info("heads are being fitted", examples=len(labelled), note="some seconds, once for these examples")
    rows = await embed_examples(examples, vectors, embedder)
    fit = await asyncio.to_thread(fit_heads, labelled, rows)
    save_heads(folder, fit.heads, {"encoder": ENCODER, "examples": len(labelled), "cross_validation": fit.figures})
    log.info("heads fitted", examples=len(labelled), seconds=round(perf_counter() - started, 1), **fit.figures)
    return fit.heads


async def embed_examples(examples: Examples, vectors: VectorFile, embedder: Embedder) -> Vectors:
    """One row for each example."""
    return await vectors.embed([("query", example.text) for example in flat(examples)], embedder)

"""The heads of a shop that ships no model of these examples: fitted to them at the first start."""

import asyncio
from pathlib import Path
from time import perf_counter

import structlog

from services.nlu.adapters.examples import Examples, flat
from services.nlu.adapters.models import load_heads, model_hash, save_heads
from services.nlu.domain.heads import Heads
from services.nlu.ports import Embedder
from shared.encoder import ENCODER, Vectors
from shared.shop import Shop
from shared.vectors import VectorFile

log = structlog.get_logger(__name__)


async def open_heads(shop: Shop, var: Path, embedder: Embedder) -> Heads:
    """The heads for these examples: from `<var>/models`, or fitted now and kept there."""
    folder = var / "models" / f"nlu-{model_hash(shop.nlu)}"
    if heads := load_heads(folder):
        return heads
    vectors = VectorFile(
        var / "vectors" / f"{shop.files.root.name}-examples.npz", shop.files.root / "vectors/examples.npz"
    )
    return await _fit(shop.nlu, folder, vectors, embedder)


async def _fit(examples: Examples, folder: Path, vectors: VectorFile, embedder: Embedder) -> Heads:
    # Late: a service whose heads are fitted already starts without scikit-learn.
    from services.nlu.adapters.fitting import Labelled, fit_heads

    started = perf_counter()
    labelled = flat(examples)
    log.info("heads are being fitted", examples=len(labelled), note="seconds or minutes, once for these examples")
    rows = await embed_examples(examples, vectors, embedder)
    fit = await asyncio.to_thread(fit_heads, Labelled(labelled, rows))
    card = {"encoder": ENCODER, "examples": len(labelled), "temperature": fit.temperature, "scores": fit.figures}
    save_heads(folder, fit.heads, card)
    log.info("heads fitted", examples=len(labelled), seconds=round(perf_counter() - started, 1), **fit.figures)
    return fit.heads


async def embed_examples(examples: Examples, vectors: VectorFile, embedder: Embedder) -> Vectors:
    """One row for each example."""
    return await vectors.embed([("query", example.text) for example in flat(examples)], embedder)

"""The heads of a shop: as it ships them, or fitted to its examples at the first start."""

import asyncio
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog

from services.nlu.adapters.examples import Examples, flat
from services.nlu.adapters.models import load_heads, model_hash, save_heads, shipped_heads
from services.nlu.domain.heads import Heads
from services.nlu.ports import Embedder
from shared.encoder import ENCODER, Vectors
from shared.shop import Shop
from shared.vectors import VectorFile

if TYPE_CHECKING:
    from services.nlu.adapters.fitting import Fit

log = structlog.get_logger(__name__)
SHIPPED = "vectors"


async def open_heads(shop: Shop, var: Path, embedder: Embedder) -> Heads:
    """The heads for these examples: from `<var>/models`, as the shop ships them, or fitted now and kept there."""
    folder = var / "models" / f"nlu-{model_hash(shop.nlu)}"
    if heads := load_heads(folder) or shipped_heads(shop.files.root / SHIPPED / "heads", shop.nlu):
        return heads
    vectors = VectorFile(
        var / "vectors" / f"{shop.files.root.name}-examples.npz", shop.files.root / SHIPPED / "examples.npz"
    )
    fit = await fit_examples(shop.nlu, vectors, embedder)
    save_heads(folder, fit.heads, card_of(fit))
    return fit.heads


async def fit_examples(examples: Examples, vectors: VectorFile, embedder: Embedder) -> "Fit":
    """Fits heads to a shop's examples. Raises ConfigError where there are too few."""
    # Late: a service whose heads are fitted already starts without scikit-learn.
    from services.nlu.adapters.fitting import Labelled, fit_heads

    started = perf_counter()
    labelled = flat(examples)
    log.info("heads are being fitted", examples=len(labelled), note="some seconds, once for these examples")
    rows = await embed_examples(examples, vectors, embedder)
    fit = await asyncio.to_thread(fit_heads, Labelled(labelled, rows))
    log.info("heads fitted", examples=len(labelled), seconds=round(perf_counter() - started, 1), **fit.figures)
    return fit


def card_of(fit: "Fit") -> dict[str, Any]:
    """What is worth knowing of heads that are kept."""
    return {"encoder": ENCODER, "examples": len(fit.judged), "temperature": fit.temperature, "scores": fit.figures}


async def embed_examples(examples: Examples, vectors: VectorFile, embedder: Embedder) -> Vectors:
    """One row for each example."""
    return await vectors.embed([("query", example.text) for example in flat(examples)], embedder)

"""The folder of a model of pages.

`card.json`, the heads' numbers as npz, `learned.npz` with the digests of the questions that it knows, and
`encoder/layers.npz` if it was tuned.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import structlog

from services.dialogue.adapters.knowledge.choosing import Choice, Chooser, PageHeads
from services.dialogue.adapters.knowledge.questions import questions_hash, questions_of
from shared.e5_layers import LAYERS, digest_of, open_tuned_file
from shared.encoder import DIMENSIONS, ENCODER, LateEngine, open_encoder
from shared.errors import ConfigError
from shared.shop import Shop
from shared.shop.asked import is_nothing
from shared.vectors import Embeds

FORMAT = 1
"""Of these folders; raised when an older program could not read them."""
MODEL_FOLDER = Path("knowledge", "model")
"""In a shop's folder: the model that it ships."""
CARD, HEADS, LEARNED, ENCODER_FOLDER = "card.json", "heads.npz", "learned.npz", "encoder"
AGAIN = "fit it again with `deskbell train knowledge`"
log = structlog.get_logger()


@dataclass(frozen=True)
class PageModel:
    """A folder as it lies on disk, its numbers read. `layers` is None where the heads stand on the shared encoder."""

    folder: Path
    card: dict[str, Any]
    heads: PageHeads
    layers: Path | None


class ModelChooser:
    """The port `Chooser` over a model and the encoder that it stands on."""

    def __init__(self, model: PageModel, embedder: Embeds) -> None:
        self.name = sha256((model.folder / HEADS).read_bytes()).hexdigest()[:16]
        self._heads = model.heads
        self._embedder = embedder

    async def choose(self, question: str) -> Choice:
        """Raises Transient."""
        (shares,) = self._heads.shares(await self._embedder.embed([question], "query"))
        return Choice(dict(zip(self._heads.classes, shares.tolist(), strict=True)))


def encoder_name(layers: Path | None) -> str:
    """Names the encoder that makes a model's vectors. Raises ConfigError."""
    return ENCODER if layers is None else f"{ENCODER}-{digest_of(layers)}"


def load_page_model(folder: Path) -> PageModel:
    """What lies in `folder`. Raises ConfigError if that is no model, a damaged one, or made for another encoder."""
    if not (folder / CARD).is_file():
        raise ConfigError(f"{folder} is no model of pages: it has no {CARD}; make one with `deskbell train knowledge`")
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
        with (folder / HEADS).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            heads = _heads_of({name: stored[name] for name in stored.files})
        encoder, newer = str(card["encoder"]), int(card["format"]) > FORMAT
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BadZipFile) as exc:
        raise ConfigError(f"the model in {folder} is damaged; {AGAIN}") from exc
    if newer:
        raise ConfigError(f"the model in {folder} was made by a newer Deskbell; {AGAIN}, or upgrade")
    layers = folder / ENCODER_FOLDER / LAYERS
    model = PageModel(folder, card, heads, layers if layers.is_file() else None)
    if encoder != encoder_name(model.layers):
        raise ConfigError(f"the parts of the model in {folder} do not belong together; {AGAIN}")
    return model


def _heads_of(arrays: Mapping[str, Any]) -> PageHeads:
    classes = tuple(map(str, arrays["classes"]))
    weights, bias, middle = (np.asarray(arrays[name], np.float32) for name in ("weights", "bias", "middle"))
    if (weights.shape, bias.shape, middle.shape) != ((len(classes), DIMENSIONS), (len(classes),), (DIMENSIONS,)):
        raise ValueError("the shapes do not fit")
    if not any(map(is_nothing, classes)) or not all(np.isfinite(array).all() for array in (weights, bias, middle)):
        raise ValueError("the numbers are none")
    return PageHeads(classes, weights, bias, middle)


def write_heads(folder: Path, heads: PageHeads, card: Mapping[str, Any]) -> None:
    """Fills a folder that exists."""
    np.savez_compressed(
        folder / HEADS, classes=np.array(heads.classes), weights=heads.weights.astype(np.float16),
        bias=heads.bias, middle=heads.middle,
    )  # fmt: skip
    text = json.dumps({"format": FORMAT, **card}, ensure_ascii=False, indent=2)
    (folder / CARD).write_text(text + "\n", "utf-8")


def write_learned(folder: Path, digests: Collection[int]) -> None:
    """Keeps which questions a model has learned, by `Question.digest`."""
    np.savez_compressed(folder / LEARNED, digests=np.array(sorted(digests), np.uint64))


def read_learned(folder: Path) -> frozenset[int] | None:
    """What `write_learned` has kept; None where nothing was, or nothing that can be read."""
    try:
        with (folder / LEARNED).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return frozenset(stored["digests"].astype(np.uint64).tolist())
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def shipped_page_model(shop: Shop) -> Path | None:
    """The folder of the model that the shop ships, if it was fitted to these very questions; else None."""
    folder = shop.files.root / MODEL_FOLDER
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if isinstance(card, dict) and card.get("fitted_to") == questions_hash(questions_of(shop)):
        return folder
    log.warning("knowledge.model_outdated", folder=str(folder), remedy=AGAIN)
    return None


@asynccontextmanager
async def open_chooser(shop: Shop, shared: Embeds, kept: Path | None = None) -> AsyncIterator[Chooser | None]:
    """What the shop's own model says, over layers of its own or over the `shared` encoder; None without a model.

    `kept` is where the graph stays that is made of its layers, when the first question comes. Raises ConfigError.
    """
    folder = await asyncio.to_thread(shipped_page_model, shop)
    if folder is None:
        yield None
        return
    model = await asyncio.to_thread(load_page_model, folder)
    if model.layers is None:
        yield ModelChooser(model, shared)
        return
    layers = model.layers
    await asyncio.to_thread(open_tuned_file, layers)  # now, not at a customer's question, it tells what is wrong

    def load() -> Any:
        from shared.e5_engine import load_e5_engine

        return load_e5_engine(kept, layers)

    async with open_encoder(engine=LateEngine(load), timeout_s=20) as encoder:
        yield ModelChooser(model, encoder)

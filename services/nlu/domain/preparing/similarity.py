"""Which of many sets are alike, in a time that grows with their number and not with its square."""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

PRIME = (1 << 31) - 1
CHUNK = 4_096
COMPARED = 24
"""So many of a bucket each newcomer is compared with: in a bucket of thousands the first ones stand for all."""
Hashes = NDArray[np.int64]


def alike(sets: Sequence[AbstractSet[str]], threshold: float, bands: int, rows: int) -> Iterator[tuple[int, int]]:
    """Pairs of places (earlier, later) whose sets have a Jaccard similarity of `threshold` or more.

    MinHash signatures in `bands` of `rows` hashes (Broder 1997; Leskovec, Rajaraman, Ullman, chapter 3): a pair of
    similarity s is looked at with probability 1 - (1 - s^rows)^bands, and then compared exactly.
    """
    signatures = _signatures(sets, bands * rows)
    compared: set[tuple[int, int]] = set()
    for band in range(bands):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        columns = np.ascontiguousarray(signatures[:, band * rows : (band + 1) * rows])
        for place, key in enumerate(columns):
            known = buckets[key.tobytes()]
            for other in known:
                if (other, place) not in compared and sets[place]:
                    compared.add((other, place))
                    if jaccard(sets[other], sets[place]) >= threshold:
                        yield other, place
            if len(known) < COMPARED:
                known.append(place)


def jaccard(a: AbstractSet[str], b: AbstractSet[str]) -> float:
    """The share of their elements that two sets have in common; 0 if both are empty."""
    common = len(a & b)
    return common / (len(a) + len(b) - common) if common else 0.0


def _signatures(sets: Sequence[AbstractSet[str]], count: int) -> Hashes:
    factors, offsets = _functions(count)
    signatures = np.empty((len(sets), count), dtype=np.int64)
    for start in range(0, len(sets), CHUNK):
        part = sets[start : start + CHUNK]
        lengths = np.array([max(len(elements), 1) for elements in part])
        hashes = np.fromiter(
            (zlib.crc32(element.encode()) % PRIME for elements in part for element in (elements or ("",))),
            dtype=np.int64,
            count=int(lengths.sum()),
        )
        starts = np.cumsum(lengths) - lengths
        for column in range(count):
            values = (hashes * factors[column] + offsets[column]) % PRIME
            signatures[start : start + CHUNK, column] = np.minimum.reduceat(values, starts)
    return signatures


def _functions(count: int) -> tuple[Hashes, Hashes]:
    """Factors and offsets of `count` hash functions, the same every time; products stay below 2^63."""
    numbers = [zlib.crc32(f"minhash {n}".encode()) % (PRIME - 1) + 1 for n in range(2 * count)]
    return np.array(numbers[:count], dtype=np.int64), np.array(numbers[count:], dtype=np.int64)


class Groups:
    """Places joined to groups (union-find); a group is named by its smallest place."""

    def __init__(self, size: int):
        self._above = list(range(size))

    def of(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, a: int, b: int) -> None:
        first, second = sorted((self.of(a), self.of(b)))
        self._above[second] = first

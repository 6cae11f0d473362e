"""Products mentioned by name, spelt as customers spell them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity

UNIT = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]")
SEARCHED = 400
"""Only the first characters of a message are searched: its length must not decide how long a turn takes."""


@dataclass(frozen=True)
class Gazetteer:
    """The catalogue's names. `squeezed` holds each name without spaces, in lower case; `units` how long it is."""

    products: tuple[str, ...] = ()
    squeezed: tuple[str, ...] = ()
    units: int = 0

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> "Gazetteer":
        """From (product id, name) pairs; a product may have several names.

        A short form counts as a name too, if it is one product's only: "rain jacket" for the Swift Rain Jacket.
        """
        owners: dict[str, set[str]] = {}
        longest = 0
        full = [(product, UNIT.findall(re.sub(r"[(（].*?[)）]", "", name))) for product, name in names]
        for product, units in full:
            longest = max(longest, len(units))
            for form in _short_forms(units):
                owners.setdefault(_joined(form), set()).add(product)
        pairs = {(product, name) for name, whose in owners.items() if len(whose) == 1 for product in whose}
        pairs |= {(product, _joined(units)) for product, units in full}
        kept = sorted(pair for pair in pairs if len(pair[1]) > 1)
        return cls(tuple(pair[0] for pair in kept), tuple(pair[1] for pair in kept), longest)

    def mentions(self, original: str, text: MatchText) -> tuple[Entity, ...]:
        """The best name for each stretch of text; several entities share a stretch when names match equally well."""
        windows = self._windows(text.text[:SEARCHED])
        if not windows or not self.products:
            return ()
        scores = process.cdist([said for said, _ in windows], self.squeezed, scorer=fuzz.ratio, score_cutoff=80)
        hits = [(float(scores[w, n]), int(w), int(n)) for w, n in np.argwhere(scores > 0)]
        good = [hit for hit in hits if _is_match(windows[hit[1]][0], self.squeezed[hit[2]], hit[0])]
        return self._without_overlap(original, text, [(score, windows[w][1], n) for score, w, n in good])

    def _windows(self, text: str) -> list[tuple[str, tuple[int, int]]]:
        spans = [match.span() for match in UNIT.finditer(text)]
        windows = []
        for first, (start, _) in enumerate(spans):
            for _, end in spans[first : first + self.units + 1]:
                windows.append((_squeezed(text[start:end]), (start, end)))
        return windows

    def _without_overlap(
        self, original: str, text: MatchText, hits: list[tuple[float, tuple[int, int], int]]
    ) -> tuple[Entity, ...]:
        taken: dict[tuple[int, int], float] = {}
        found: dict[tuple[int, str], Entity] = {}
        for score, span, name in sorted(hits, key=lambda hit: (-hit[0], -(hit[1][1] - hit[1][0]))):
            overlapping = [other for other in taken if span[0] < other[1] and other[0] < span[1]]
            if overlapping and overlapping != [span] or taken.get(span, score) > score:
                continue
            taken[span] = score
            start, end = text.span(*span)
            entity = Entity(type="product", text=original[start:end], value=self.products[name], start=start, end=end)
            found.setdefault((start, entity.value), entity)
        return tuple(sorted(found.values(), key=lambda entity: (entity.start, entity.value)))


def _short_forms(units: list[str]) -> list[list[str]]:
    """Parts of a name that people say for the whole: its beginning, its end, its first and last word."""
    if not any(unit.isascii() and unit.isalpha() for unit in units[:1]):
        endings = [units[-n:] for n in (3, 4) if len(units) > n]
        return [form for form in [*endings, units[:2] + units[-2:]] if len(units) > 4 and "".join(form).isalpha()]
    forms = [units[:2], units[-2:], [units[0], units[-1]]] if len(units) > 2 else []
    return [form for form in forms if not form[-1].isdecimal()]


def _joined(units: list[str]) -> str:
    return "".join(units).lower()


def _squeezed(name: str) -> str:
    return _joined(UNIT.findall(name))


def _is_match(said: str, name: str, score: float) -> bool:
    """Short names must be exact, and a number that is said must be the name's: "Runner 3" is not "Runner 2"."""
    needed = 99.0 if len(name) <= 3 else 86.0 if len(name) <= 7 else 82.0
    digits = re.findall(r"[0-9]+", said)
    return score >= needed and all(digit in re.findall(r"[0-9]+", name) for digit in digits)

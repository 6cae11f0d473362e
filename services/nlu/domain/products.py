"""Products mentioned by name, spelt as customers spell them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity

UNIT = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]")
HAN = re.compile(r"[\u3400-\u9fff]")
SEARCHED = 400
"""Only the first characters of a message are searched: its length must not decide how long a turn takes."""
LONGEST = 8
SIMILAR, SIMILAR_ALONE, SIMILAR_HAN = 79.0, 89.0, 75.0
"""How alike a misspelt word must be to one of a name, to a word that names a product alone, and a Chinese name."""
SHORTEST_MISSPELT, SHORTEST_HAN = 5, 4
NEVER_ALONE = frozenset({"set", "buds", "kids'", "color", "set.", "two", "pairs"})
ALSO_VERBS = frozenset({"watch", "fan", "scale", "coat", "belt", "cable", "adapter", "tee", "flats", "lamp", "dress"})
"""Words that name a product only behind an article or the like: "the watch", but not "watch out"."""
DETERMINER = re.compile(
    r"(?:\b(?:the|a|an|my|this|that|your|new|one|these|those|his|her|which|of|any)|[0-9])\s+(?:[a-z]+\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Gazetteer:
    """The catalogue's names. `owners` leads from a name, or a part of one that is one product's only, to products."""

    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vocabulary: tuple[str, ...] = ()
    chinese: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names by each pair of neighbouring characters, for those that are misspelt."""
    units: int = 0

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> "Gazetteer":
        """From (product id, name) pairs; a product may have several names.

        A short form counts as a name too, if it is one product's only: "rain jacket" for the Swift Rain Jacket.
        """
        full = [(product, UNIT.findall(re.sub(r"[(（].*?[)）]", "", name).lower())) for product, name in names]
        owners: dict[str, set[str]] = {}
        whole: dict[str, set[str]] = {}
        for product, units in full:
            whole.setdefault("".join(units), set()).add(product)
            for form in _short_forms(units):
                owners.setdefault("".join(form), set()).add(product)
        known = {name: whose for name, whose in owners.items() if len(whose) == 1} | whole
        kept = {name: tuple(sorted(whose)) for name, whose in sorted(known.items()) if len(name) > 1}
        words = sorted({unit for _, units in full for unit in units if unit.isascii() and unit.isalpha()})
        longest = max((len(units) for _, units in full), default=0)
        return cls(kept, tuple(words), _by_pairs(whole), min(longest, LONGEST))

    def mentions(self, original: str, text: MatchText) -> tuple[Entity, ...]:
        """The longest names in order; several entities share a stretch when it names several products."""
        said = text.text[:SEARCHED]
        hits = [*self._exact(said), *self._misspelt_chinese(said)] if self.owners else []
        taken: list[tuple[int, int]] = []
        found: list[Entity] = []
        for start, end, products in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
            if any(start < other[1] and other[0] < end for other in taken):
                continue
            taken.append((start, end))
            first, last = text.span(start, end)
            span = {"text": original[first:last], "start": first, "end": last}
            found += [Entity(type="product", value=product, **span) for product in products]
        return tuple(sorted(found, key=lambda entity: (entity.start, entity.value)))

    def _exact(self, said: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Names whose words are there, each of them perhaps misspelt."""
        units = [(match.group().lower(), *match.span()) for match in UNIT.finditer(said)]
        words = [_corrected(unit, self.vocabulary, SIMILAR) for unit, _, _ in units]
        for first, (_, start, _) in enumerate(units):
            name = ""
            for place in range(first, min(first + self.units, len(units))):
                name += words[place]
                one = place == first
                if (products := self.owners.get(name)) and not (one and not self._stands_alone(units[first], said)):
                    yield start, units[place][2], products

    def _stands_alone(self, unit: tuple[str, int, int], said: str) -> bool:
        word, start, _ = unit
        if word not in self.vocabulary and _corrected(word, self.vocabulary, SIMILAR_ALONE) == word:
            return word in self.owners
        return word not in ALSO_VERBS or DETERMINER.search(said[:start]) is not None

    def _misspelt_chinese(self, said: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Names with a wrong character or two."""
        names = {name for place in range(len(said) - 1) for name in self.chinese.get(said[place : place + 2], ())}
        for name in sorted(names)[:20]:
            aligned = fuzz.partial_ratio_alignment(name, said, score_cutoff=SIMILAR_HAN)
            if aligned and aligned.dest_end - aligned.dest_start == len(name) <= aligned.src_end - aligned.src_start:
                stretch = said[aligned.dest_start : aligned.dest_end]
                if _differ_in_one(stretch, name):
                    yield aligned.dest_start, aligned.dest_end, self.owners[name]


def _by_pairs(whole: Iterable[str]) -> dict[str, tuple[str, ...]]:
    pairs: dict[str, set[str]] = {}
    for name in whole:
        if len(name) >= SHORTEST_HAN and all(map(HAN.match, name)):
            for place in range(len(name) - 1):
                pairs.setdefault(name[place : place + 2], set()).add(name)
    return {pair: tuple(sorted(names)) for pair, names in pairs.items()}


def _differ_in_one(said: str, name: str) -> bool:
    return all(map(HAN.match, said)) and sum(one != other for one, other in zip(said, name, strict=True)) == 1


@lru_cache(maxsize=8192)
def _corrected(unit: str, vocabulary: tuple[str, ...], similar: float) -> str:
    """The word of a name that was probably meant, or the unit itself."""
    if len(unit) < SHORTEST_MISSPELT or not unit.isascii() or unit in vocabulary:
        return unit
    best = process.extractOne(unit, vocabulary, scorer=fuzz.ratio, score_cutoff=similar)
    return str(best[0]) if best and best[0][0] == unit[0] and len(best[0]) >= SHORTEST_MISSPELT else unit


def _short_forms(units: list[str]) -> Iterator[list[str]]:
    """Parts of a name that people say for the whole."""
    latin = all(unit.isascii() for unit in units)
    named = units[:-1] if units and units[-1].isdecimal() and len(units) > 2 else units
    for form in (_latin_forms if latin else _chinese_forms)(named):
        if not form[-1].isdecimal() or form == units:
            yield form


def _latin_forms(units: list[str]) -> Iterator[list[str]]:
    """All neighbouring words, the first with the last, and the last alone: what kind of thing it is."""
    count = len(units)
    yield units
    parts = (units[a:b] for a in range(count) for b in range(a + 2, count + 1))
    yield from (part for part in parts if any(len(unit) > 2 and unit.isalpha() for unit in part))
    if count > 2:
        yield [units[0], units[-1]]
    if units and units[-1] not in NEVER_ALONE and len(units[-1]) > 2:
        yield units[-1:]
        yield [singular_or_plural(units[-1])]


def _chinese_forms(units: list[str]) -> Iterator[list[str]]:
    """The ends of a name, and its first two characters with each of them."""
    ends = [units[-size:] for size in range(2, len(units)) if any(map(HAN.match, units[-size:]))]
    yield from ends
    yield from (units[:2] + end for end in ends if len(units) - 2 > len(end))
    if any(unit.isascii() for unit in units) and len(units) > 2:
        yield from (units[:size] for size in range(4, len(units)))


def singular_or_plural(word: str) -> str:
    """`hoodies` for "hoodie", `boot` for "boots"."""
    if word.endswith(("ss", "ch", "sh", "x")):
        return word + "es"
    return word[:-1] if word.endswith("s") else word + "s"

"""The forms in which customers say a product's name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

UNIT = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]")
HAN = re.compile(r"[\u3400-\u9fff]")
Kind = Literal["name", "brand", "category"]
NEVER_ALONE = frozenset({"set", "buds", "bank", "flats", "kids", "pairs", "color", "colour", "board", "size"})
SHORTEST_BRAND = 4
RANK: dict[Kind, int] = {"name": 0, "brand": 1, "category": 2}


@dataclass(frozen=True)
class Form:
    """A spelling and the products it means.

    A `name` says which product, a `brand` is its first word alone, a `category` leaves that out: "desk lamp".
    """

    kind: Kind
    products: tuple[str, ...]


def units_of(name: str) -> list[str]:
    """Words, numbers and Chinese characters in lower case; what stands in brackets is left out."""
    return UNIT.findall(re.sub(r"[(（].*?[)）]", "", name).lower())


def forms_of(full: Sequence[tuple[str, list[str]]], prose: str) -> dict[str, Form]:
    """All forms by their squeezed spelling: whole names, and parts that only one product has."""
    rest = _without_names(prose.lower(), full)
    owners: dict[str, tuple[Kind, set[str]]] = {}
    for product, units in full:
        for kind, form in _parts(units):
            spelt = "".join(form)
            if len(spelt) > 1 and not (kind == "brand" and _is_common(spelt, rest)):
                known = owners.setdefault(spelt, (kind, set()))
                owners[spelt] = (min(known[0], kind, key=RANK.__getitem__), known[1] | {product})
    whole: dict[str, set[str]] = {}
    for product, units in full:
        whole.setdefault("".join(units), set()).add(product)
    forms = {spelt: Form(kind, tuple(whose)) for spelt, (kind, whose) in owners.items() if len(whose) == 1}
    return forms | {spelt: Form("name", tuple(sorted(whose))) for spelt, whose in whole.items() if len(spelt) > 1}


def _without_names(prose: str, full: Iterable[tuple[str, list[str]]]) -> str:
    """What is left when no product is named: words in it are ordinary words."""
    for _, units in full:
        prose = re.sub(r"[\s-]*".join(map(re.escape, units)), " ", prose)
    return prose


def _is_common(word: str, prose: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", prose) is not None if word.isascii() else word in prose


def _parts(units: list[str]) -> Iterator[tuple[Kind, list[str]]]:
    named = units[:-1] if len(units) > 2 and units[-1].isdecimal() else units
    latin = all(unit.isascii() for unit in named)
    yield "name", units
    for kind, form in _latin_parts(named) if latin else _chinese_parts(named):
        if form and not form[-1].isdecimal():
            yield kind, form


def _latin_parts(units: list[str]) -> Iterator[tuple[Kind, list[str]]]:
    """All neighbouring words, the first with the last, the first alone, and the last alone."""
    count = len(units)
    parts = (units[a:b] for a in range(count) for b in range(a + 2, count + 1))
    said = [part for part in parts if any(len(unit) > 2 and unit.isalpha() for unit in part)]
    yield from (("name" if part[0] == units[0] else "category", part) for part in said)
    if count > 2:
        yield "name", [units[0], units[-1]]
    if units and len(units[0]) >= SHORTEST_BRAND and count > 1:
        yield "brand", units[:1]
    if units and units[-1] not in NEVER_ALONE and len(units[-1]) > 2:
        yield "category", units[-1:]
        yield "category", [singular_or_plural(units[-1])]


def _chinese_parts(units: list[str]) -> Iterator[tuple[Kind, list[str]]]:
    """The ends of a name, its beginnings, and two or three of its first characters with each end."""
    count = len(units)
    yield "name", units
    ends = [units[-size:] for size in range(2, count) if any(map(HAN.match, units[-size:]))]
    yield from (("category", end) for end in ends)
    yield from (("name", units[:size] + end) for size in (2, 3) for end in ends if size + len(end) < count)
    yield from (("name", units[:size]) for size in range(4, count))
    yield from (("brand", units[:size]) for size in (2, 3) if size < count)


def words_for_kind(units: Sequence[str]) -> list[str]:
    """The last English word of a name, in the singular and the plural."""
    words = [unit for unit in units if unit.isascii() and unit.isalpha() and len(unit) > 2]
    return [words[-1], singular_or_plural(words[-1])] if words and words[-1] not in NEVER_ALONE else []


def singular_or_plural(word: str) -> str:
    """`hoodies` for "hoodie", `boot` for "boots"."""
    if word.endswith(("ss", "ch", "sh", "x")):
        return word + "es"
    return word[:-1] if word.endswith("s") else word + "s"

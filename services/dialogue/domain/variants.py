"""Reading which options of a product the words of a customer name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.dialogue.domain.cards import local
from services.dialogue.domain.reading import plain
from services.dialogue.domain.shop import Product, Variant

LARGER = re.compile(r"\b(?:size (?:up|bigger|larger)|bigger|larger)\b|大一[码号]|大点|太小|偏小", re.IGNORECASE)
SMALLER = re.compile(r"\b(?:size (?:down|smaller)|smaller)\b|小一[码号]|小点|太大|偏大", re.IGNORECASE)
LONGEST_HUE = 8
"""Longer values speak of more than a colour."""
HUES = "红黑白蓝绿灰黄棕粉紫"
BARE = frozenset({"yes", "no", "none"})
"""Values that mean something only beside the name of their option."""

Wanted = dict[str, str]
"""Option name -> value in English where there is one, lower case."""


@dataclass(frozen=True)
class Target:
    """A product, and the variant of it that the customer has, if any."""

    product: Product
    has: Variant | None

    @property
    def names(self) -> list[str]:
        """The product's option names."""
        return list(dict.fromkeys(name for variant in self.product.variants for name in variant.options))


def value_of(variant: Variant, name: str) -> str:
    """The variant's value of this option, folded to compare."""
    return plain(local(variant.options.get(name, {}), "en"))


def read_options(target: Target, words: str) -> Wanted:
    """The option values of this product that the words name, without what the customer has already."""
    said, found = _named(target, plain(words))
    hits = {name: _hits(target, name, said) for name in target.names if name not in found}
    for name, values in hits.items():
        had = value_of(target.has, name) if target.has else None
        others = [value for value in values if value != had and not _is_shared(value, name, hits)]
        if len(others) == 1:
            found[name] = others[0]
        elif not values and target.has and name == "size" and (near := _neighbour(target, said)):
            found[name] = near
    kept = {name: value for name, value in found.items() if not target.has or value != value_of(target.has, name)}
    return kept


def named_by_sku(target: Target, words: str) -> Variant | None:
    """The one variant that the words name by its SKU, other than the one that the customer has."""
    said = plain(words)
    variants = [v for v in target.product.variants if v is not target.has and _whole(plain(v.sku)).search(said)]
    return variants[0] if len(variants) == 1 else None


def _named(target: Target, said: str) -> tuple[str, Wanted]:
    """The options that are named together with their value, and the words without these."""
    found: Wanted = {}
    for name in sorted(target.names, key=len, reverse=True):
        for value, texts in sorted(_texts(target.product, name).items(), key=lambda pair: -len(pair[0])):
            forms = "|".join(re.escape(text) for text in sorted({value, *texts}, key=len, reverse=True) if text)
            pattern = (
                rf"(?<![a-z0-9]){re.escape(plain(name))}(?:\s?[:=]\s?| is | of | to |\s)(?:{forms})(?![a-z0-9.'%-])"
            )
            if forms and name not in found and (hit := re.search(pattern, said)):
                found[name] = value
                said = f"{said[: hit.start()]} {said[hit.end() :]}"
    return said, found


def _hits(target: Target, name: str, said: str) -> list[str]:
    """The values of this option that the words hold: by their whole text, else by its last word."""
    texts = {value: own for value, own in _texts(target.product, name).items() if value not in BARE}
    whole = [value for value, own in texts.items() if any(_holds(said, text) for text in own)]
    # "red" is enough for maple red, where it can mean nothing else.
    last = [value for value, own in texts.items() if any(_holds(said, text.split()[-1]) for text in own if text)]
    return _longest(whole or last)


def _is_shared(value: str, name: str, hits: Mapping[str, Sequence[str]]) -> bool:
    """Whether the value could as well be that of another option of the product, such as of frame and lens."""
    return any(value in values for other, values in hits.items() if other != name)


def _texts(product: Product, name: str) -> Mapping[str, set[str]]:
    """By value of this option, all ways to write it."""
    found: dict[str, set[str]] = {}
    for variant in product.variants:
        if name in variant.options:
            found.setdefault(value_of(variant, name), set()).update(map(plain, variant.options[name].values()))
    return found


def _holds(said: str, text: str) -> bool:
    if not text.isascii():
        plainly = {f"{hue}色" for hue in HUES if hue in text and len(text) <= LONGEST_HUE}
        return text in said or any(hue in said for hue in plainly)
    return _whole(text).search(said) is not None


def _whole(text: str) -> re.Pattern[str]:
    percent = "" if text.endswith("%") else r"|\s?%"
    return re.compile(rf"(?<![a-z0-9.'-]){re.escape(text)}(?![a-z0-9'-]|\.\d{percent})")


def _longest(hits: list[str]) -> list[str]:
    """Without a value that is part of another one that was said: `red` within `maple red`."""
    return [hit for hit in hits if not any(hit != other and _is_part(hit, other) for other in hits)]


def _is_part(hit: str, other: str) -> bool:
    return hit in other.split() if hit.isascii() else hit in other


def _neighbour(target: Target, said: str) -> str | None:
    step = 1 if LARGER.search(said) else -1 if SMALLER.search(said) else 0
    sizes = list(_texts(target.product, "size"))
    if not step or target.has is None or value_of(target.has, "size") not in sizes:
        return None
    place = sizes.index(value_of(target.has, "size")) + step
    return sizes[place] if 0 <= place < len(sizes) else None

"""All pairs of a shop, and which of them are held back: whole pages and whole products, never single pairs."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from services.generator.adapters.pairs.pages import page_pairs
from services.generator.adapters.pairs.pair import Pair
from services.generator.adapters.pairs.products import comparison_pairs, product_pairs
from services.generator.adapters.pairs.talk import talk_pairs
from shared.errors import ConfigError
from shared.shop import Shop

VALIDATION, TEST = 0.1, 0.15
"""Shares of the pages, and of the products, that are held back."""
LEAST_GROUPS = 8


@dataclass(frozen=True)
class Pairs:
    """The pairs by what they serve; `unsound` were left out because the check would not release their replies."""

    train: tuple[Pair, ...]
    validation: tuple[Pair, ...]
    test: tuple[Pair, ...]
    unsound: tuple[Pair, ...]

    @property
    def data_hash(self) -> str:
        """The same for the same pairs in the same parts."""
        digest = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            digest.update("\n".join(pair.line() for pair in part).encode() + b"\0")
        return digest.hexdigest()

    def groups(self, part: str) -> list[str]:
        """The pages and products of a part, sorted."""
        pairs: tuple[Pair, ...] = getattr(self, part)
        return sorted({name for pair in pairs for name in parts_of(pair)})

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind, by part."""
        parts = {"train": self.train, "validation": self.validation, "test": self.test, "unsound": self.unsound}
        return {name: dict(Counter(pair.kind for pair in part)) for name, part in parts.items()}


def collect(shop: Shop, seed: int = 0, own: Sequence[Pair] = ()) -> Pairs:
    """The shop's pairs and `own` ones, split. The same shop and seed give the same pairs. Raises ConfigError."""
    made = [*page_pairs(shop, seed), *product_pairs(shop, seed), *comparison_pairs(shop, seed), *talk_pairs(shop, seed)]
    every = list(dict.fromkeys([*made, *own]))
    sound = [pair for pair in every if pair.sound]
    groups = {part for pair in sound for part in parts_of(pair)}
    if len(groups) < LEAST_GROUPS:
        raise ConfigError(
            f"the shop has only {len(groups)} pages, products or other groups to learn from; at least {LEAST_GROUPS} "
            "are needed. Write knowledge/answers.yaml, or give pairs of your own with --pairs"
        )
    validation, test = _held_back(groups, seed)
    parts: dict[str, list[Pair]] = {"train": [], "validation": [], "test": []}
    for pair in sound:
        where = {"validation" if part in validation else "test" if part in test else "train" for part in parts_of(pair)}
        if len(where) == 1:  # two products of different parts: neither side may see the comparison
            parts[where.pop()].append(pair)
    held = set(sound)
    unsound = tuple(pair for pair in every if pair not in held)
    return Pairs(tuple(parts["train"]), tuple(parts["validation"]), tuple(parts["test"]), unsound)


def parts_of(pair: Pair) -> list[str]:
    """The pages or products that a pair is of, by names that are unlike in different kinds."""
    if pair.kind in ("product", "comparison"):
        return [f"product {name}" for name in pair.group.split()]
    return [f"{pair.kind} {pair.group}"]


def _held_back(groups: set[str], seed: int) -> tuple[set[str], set[str]]:
    """The groups of validation and test, of each kind its share."""
    validation: set[str] = set()
    test: set[str] = set()
    for kind in sorted({group.split()[0] for group in groups} - {"talk"}):
        names = sorted(group for group in groups if group.split()[0] == kind)
        Random(f"{seed} {kind}").shuffle(names)
        first, second = round(VALIDATION * len(names)), round((VALIDATION + TEST) * len(names))
        validation.update(names[:first])
        test.update(names[first:second])
    return validation, test

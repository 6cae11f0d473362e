"""Labelled texts to fit to and to be asked: a shop's own, or those of a file."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from services.nlu.adapters.examples import Example, flat
from services.nlu.domain.heads import OUT_OF_SCOPE
from shared.errors import ConfigError
from shared.shop import Shop


class Line(BaseModel, extra="ignore"):
    """One line of a data file."""

    text: str
    intent: str
    language: str = "en"


@dataclass(frozen=True)
class Split:
    """What is fitted to, and what is asked."""

    train: list[Example]
    test: list[Example]


def shop_examples(shop: Shop) -> list[Example]:
    """The shop's own examples. Raises ConfigError where there are too few."""
    return flat(shop.nlu)


def read_examples(path: Path) -> list[Example]:
    """A file in JSON Lines. Raises ConfigError with the line that cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} cannot be read: {exc}") from exc
    return [_example(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _example(path: Path, number: int, line: str) -> Example:
    try:
        read = Line.model_validate_json(line)
    except ValidationError as exc:
        told = exc.errors()[0]["msg"]
        raise ConfigError(f'{path}:{number}: {told}; write {{"text": ..., "intent": ..., "language": ...}}') from exc
    return Example(read.text, read.intent, read.language)


def parted(examples: Sequence[Example], share: float, seed: int) -> Split:
    """Puts `share` of each intent's texts, chosen by chance, aside to be asked."""
    groups: defaultdict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        groups[example.intent, example.language].append(example)
    split = Split([], [])
    chance = random.Random(seed)
    for _, group in sorted(groups.items()):
        chance.shuffle(group)
        asked = round(len(group) * share)
        split.test.extend(group[:asked])
        split.train.extend(group[asked:])
    return split


def in_scope(split: Split) -> Split:
    """Without texts that are out of scope: where nothing is refused, nobody can be right about them."""
    kept = [[example for example in part if example.intent != OUT_OF_SCOPE] for part in (split.train, split.test)]
    return Split(*kept)

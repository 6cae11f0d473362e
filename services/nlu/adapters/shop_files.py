"""What understanding reads of a shop folder and of the files beside the code."""

from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from services.nlu.domain.entities import Patterns
from services.nlu.domain.products import Gazetteer
from services.nlu.domain.signals import SignalRules
from shared.errors import ConfigError

Examples = dict[str, dict[str, list[str]]]
"""Texts by language and intent."""
FEWEST_INTENTS = 3
FEWEST_EXAMPLES = 5


@dataclass(frozen=True)
class Example:
    """A text whose intent is known."""

    text: str
    intent: str
    language: str


def flat(examples: Examples) -> list[Example]:
    """The examples one by one; raises ConfigError where there are too few to fit."""
    rows = [
        Example(text, intent, language)
        for language, by_intent in examples.items()
        for intent, texts in by_intent.items()
        for text in texts
    ]
    counts = Counter(row.intent for row in rows)
    if len(counts) < FEWEST_INTENTS:
        raise ConfigError(
            f"{len(counts)} intents are too few to tell apart: write examples of {FEWEST_INTENTS} or more"
        )
    if poor := sorted(intent for intent, count in counts.items() if count < FEWEST_EXAMPLES):
        raise ConfigError(f"these intents need {FEWEST_EXAMPLES} examples or more: {', '.join(poor)}")
    return rows


def load_examples(folder: Path) -> Examples:
    """All `*.yaml` directly under `folder`, such as a shop's `nlu/`; raises ConfigError if there is none."""
    examples: Examples = {}
    for path in sorted(folder.glob("*.yaml")):
        document = _load(path)
        intents = examples.setdefault(document["language"], {})
        for intent, texts in document["intents"].items():
            intents.setdefault(intent, []).extend(str(text) for text in texts)
    if not examples:
        raise ConfigError(f"{folder} has no examples of intents: write at least {folder / 'en.yaml'}")
    return examples


def load_patterns(shop_dir: Path) -> Patterns:
    """The forms of order numbers and one-time codes from `shop.yaml`."""
    shop = _load(shop_dir / "shop.yaml")
    return Patterns(order=shop["order_number"]["pattern"], code_digits=shop["one_time_code"]["digits"])


def load_products(shop_dir: Path) -> Gazetteer:
    """The names of the catalogue's products in every language; empty without a catalogue."""
    path = shop_dir / "catalogue" / "products.yaml"
    products = _load(path) if path.exists() else []
    return Gazetteer.of((product["id"], name) for product in products for name in product["name"].values())


def load_signals() -> SignalRules:
    """The rules beside the code."""
    return SignalRules.of(yaml.safe_load(files("services.nlu.domain").joinpath("signals.yaml").read_text("utf-8")))


def _load(path: Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError) as exc:
        raise ConfigError(f"{path} cannot be read: {exc}") from exc

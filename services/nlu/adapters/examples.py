"""A shop's examples as rows to fit to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from services.nlu.domain.spans import Span as Span
from shared.errors import ConfigError

Examples = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Texts by language and intent."""
FEWEST_INTENTS = 3
FEWEST_EXAMPLES = 5


@dataclass(frozen=True)
class Example:
    """A text whose intent is known, and the mentions in it where they are known too."""

    text: str
    intent: str
    language: str
    entities: tuple[Span, ...] = ()


def flat(examples: Examples) -> list[Example]:
    """The examples one by one; raises ConfigError where there are too few to fit."""
    rows = [
        Example(text, intent, language)
        for language, by_intent in sorted(examples.items())
        for intent, texts in sorted(by_intent.items())
        for text in texts
    ]
    counts = Counter(row.intent for row in rows)
    if len(counts) < FEWEST_INTENTS:
        raise ConfigError(f"the shop's nlu/ knows {len(counts)} intents: write examples of {FEWEST_INTENTS} or more")
    if poor := sorted(intent for intent, count in counts.items() if count < FEWEST_EXAMPLES):
        raise ConfigError(f"these intents of the shop's nlu/ need {FEWEST_EXAMPLES} examples: {', '.join(poor)}")
    return rows

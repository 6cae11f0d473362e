"""Questions as customers type them."""

from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

PLAIN = 0.6
"""Share of questions that stay as they are written."""


@cache
def phrasings() -> dict[str, Any]:
    """The wordings that are the same in every shop."""
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("phrasings.yaml").read_text("utf-8"))
    return found


def asked(ask: str, language: str, random: Random) -> str:
    """The question, now and then with a greeting, without capitals or without its mark at the end."""
    if language != "en" or random.random() < PLAIN:
        return ask
    way = random.randrange(3)
    if way == 0:
        return ask.rstrip("?.")
    if way == 1:
        return ask.lower()
    frame: str = random.choice(phrasings()["greetings"])
    return frame.format(ask=ask[:1].lower() + ask[1:] if ask[:2] != "I " else ask, Ask=ask)

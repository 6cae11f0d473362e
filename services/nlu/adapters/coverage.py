"""Whether a model knows what a shop's flows wait for."""

from collections.abc import Iterable

from shared.errors import ConfigError
from shared.shop import Shop

ENGINE = frozenset({"affirm", "deny", "back_to_bot"})
"""Intents that the dialogue asks for by name; needed where the shop has examples of them."""


def needed_intents(shop: Shop) -> set[str]:
    """The intents that flows start on, and those of the engine."""
    heard = {intent for by_intent in shop.nlu.values() for intent in by_intent}
    return {intent for flow in shop.flows.values() for intent in flow.starts_on} | (ENGINE & heard)


def refuse_gaps(intents: Iterable[str], shop: Shop, what: str) -> None:
    """Raises ConfigError naming the intents that `what` lacks and the shop's flows need."""
    missing = sorted(needed_intents(shop) - set(intents))
    if missing:
        shown = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
        raise ConfigError(f"{what} lacks intents that the shop's flows need: {shown}; fit it to examples of these too")

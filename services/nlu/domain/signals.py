"""Signals that must not be missed, whatever the intent: found by rules, in both languages at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HAN = re.compile(r"[\u3400-\u9fff]")
NEGATED_ACT = "negated_act"
SEARCHED = 8_000
"""Longer than any message; only some characters become so many when they are normalised."""


@dataclass(frozen=True)
class Rule:
    """One signal and what shows it."""

    name: str
    patterns: tuple[re.Pattern[str], ...]

    chinese: tuple[re.Pattern[str], ...] = ()
    """Patterns of which every match has a character beyond ASCII."""

    @classmethod
    def of(cls, name: str, patterns: Sequence[str]) -> "Rule":
        """Raises re.error for a broken one."""
        parted: tuple[list[re.Pattern[str]], list[re.Pattern[str]]] = ([], [])
        for pattern in patterns:
            parted[HAN.search(pattern) is not None].append(re.compile(pattern))
        return cls(name, *map(tuple, parted))

    def holds(self, said: str) -> bool:
        """Whether any pattern is found in a text in small letters."""
        found = any(pattern.search(said) for pattern in self.patterns)
        return found or (not said.isascii() and any(pattern.search(said) for pattern in self.chinese))


@dataclass(frozen=True)
class SignalRules:
    """The rules of each signal, compiled."""

    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, patterns: Mapping[str, Sequence[str]]) -> "SignalRules":
        """From signal names and regular expressions in small letters; raises re.error for a broken one."""
        return cls(tuple(Rule.of(name, each) for name, each in patterns.items()))

    def found(self, text: str) -> tuple[str, ...]:
        """The names of all signals in a normalised text, in the order of the rules."""
        said = _folded(text)
        return tuple(rule.name for rule in self.rules if rule.holds(said))

    def has(self, name: str, text: str) -> bool:
        """Whether a normalised text shows this signal."""
        said = _folded(text)
        return any(rule.holds(said) for rule in self.rules if rule.name == name)


def _folded(text: str) -> str:
    # Small letters once, for patterns that ignore case take twice as long and there are many.
    return text[:SEARCHED].lower()

"""What simulated customers say: sentences of `sentences.yaml`, filled from a goal."""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from benchmarks.tasks.goals import Goal, Item
from shared.contracts.messages import Language, Option

SENTENCES = Path(__file__).parent / "sentences.yaml"
UNNAMED = frozenset({"yes", "no", "none"})
"""Values that say nothing without the name of their option."""


@cache
def _all_sentences() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Wording:
    """The sentences of a language. `chance` picks among them; without `free` it is always the plain one."""

    language: Language
    chance: Random
    free: bool = True

    @property
    def sentences(self) -> Mapping[str, Any]:
        """The sentences of this language."""
        found: Mapping[str, Any] = _all_sentences()[self.language]
        return found

    def wish(self, goal: Goal, kind: str = "wishes", *, wrong: str = "", turn: int = 0) -> str:
        """A sentence that says what the customer wants; another one each `turn`."""
        known = {**self._known(goal), "wrong": wrong}
        fitting = [text for text in self.sentences[kind].get(goal.words, ()) if _fits(text, known)]
        if not fitting:
            return self.wish(goal, turn=turn)
        first = self.chance.randrange(len(fitting)) if self.free and not turn else 0
        return str(fitting[(first + turn) % len(fitting)]).format(**known)

    def both(self, first: Goal, second: Goal) -> str:
        """Two wishes in one message."""
        return f"{self.wish(first)}{self.sentences['and']}{self.wish(second)}"

    def wait(self) -> str:
        """Something that is neither a yes nor a no."""
        return str(self.chance.choice(self.sentences["waits"]))

    def never_mind(self) -> str:
        """Gives up what is under way."""
        return str(self.sentences["never_mind"])

    def answer(self, slot: str, goal: Goal, item: Item | None = None) -> str | None:
        """What the customer says when asked for this; None where they know nothing about it."""
        known = {**self._known(goal), **({"changes": self.changes(item)} if item else {})}
        fitting = [text for text in self.sentences["answers"].get(slot, ()) if _fits(text, known)]
        if not fitting:
            return None
        return str(self.chance.choice(fitting) if self.free else fitting[0]).format(**known)

    def reason(self, goal: Goal) -> str:
        """Why, in words."""
        return str(self.sentences["reasons"].get(goal.facts.get("reason", ""), ""))

    def changes(self, item: Item) -> str:
        """The options that the item shall have instead."""
        pattern, short = self.sentences["changes"], self.free and self.chance.random() < 0.5
        bare = short and not UNNAMED & set(item.changes.values())
        parts = (value if bare else pattern.format(name=name, value=value) for name, value in item.changes.items())
        return ", ".join(parts)

    def payment(self, goal: Goal) -> str:
        """The way to pay, in words."""
        pattern = str(self.sentences["payments"].get(goal.facts.get("payment_method", ""), ""))
        return pattern.format(last4=goal.facts.get("last4", ""))

    def _known(self, goal: Goal) -> dict[str, str]:
        swap = self.sentences["swap"]
        changed = [swap.format(label=item.label, changes=self.changes(item)) for item in goal.items if item.changes]
        return {
            **goal.facts,
            "order": goal.order,
            "items": _listed([item.label for item in goal.items], self.sentences["list"]),
            "swaps": _listed(changed, self.sentences["swaps"]),
            "payment": self.payment(goal),
            "reason": self.reason(goal),
        }

    # --- buttons ------------------------------------------------------------------------------

    def pick(self, slot: str, goal: Goal, options: Sequence[Option], item: Item | None = None) -> Option | None:
        """The button whose label says what the customer wants; None if none or more than one does."""
        if slot == "kind":
            return self._pick_kind(goal, options)
        fitting = [option for option in options if self._is_meant(slot, goal, option.label, item)]
        return fitting[0] if len(fitting) == 1 else None

    def _pick_kind(self, goal: Goal, options: Sequence[Option]) -> Option | None:
        """The button for this kind of wish: by the first of its words that stands on one button only."""
        for word in self.sentences["kinds"].get(goal.words, ()):
            fitting = [option for option in options if word in option.label.lower()]
            if len(fitting) == 1:
                return fitting[0]
        return None

    def _is_meant(self, slot: str, goal: Goal, label: str, item: Item | None) -> bool:
        said = label.lower()
        if slot == "order":
            return bool(goal.order) and goal.order.lower() in said
        if slot == "item":
            return len(goal.items) == 1 and _is_item(goal.items[0], label)
        if slot == "option":
            return item is not None and [value.lower() for value in item.changes.values()] == [said]
        if slot == "payment_method":
            return self._is_payment(goal, said)
        if slot == "reason":
            return bool(self.reason(goal)) and self.reason(goal) in said
        return False

    def _is_payment(self, goal: Goal, label: str) -> bool:
        method, last4 = goal.facts.get("payment_method", ""), goal.facts.get("last4", "")
        words = self.sentences["payment_words"]
        longer = [w for other, own in words.items() if other != method for w in own if w in label]
        named = [word for word in words.get(method, ()) if word in label]
        if last4 and any(part.isdigit() and len(part) == 4 for part in label.replace(")", " ").split()):
            return last4 in label
        return bool(named) and not any(named[0] in other and named[0] != other for other in longer)


def _is_item(item: Item, label: str) -> bool:
    parts = [part.strip() for part in label.split("·")]
    options = " / ".join(item.options.values())
    return item.name in ("", parts[0]) and (len(parts) == 1 or parts[1] == options)


def _listed(parts: Sequence[str], joins: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return joins[0].join(parts[:-1]) + joins[1] + parts[-1]


def _fits(text: str, known: Mapping[str, str]) -> bool:
    return all(known.get(name) for _, name, _, _ in string.Formatter().parse(text) if name)

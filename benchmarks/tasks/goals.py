"""What a simulated customer wants and knows: goal cards, made from a task's correct writes when it is played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.messages import Language

Leaves = Mapping[tuple[str, ...], Any]
"""Plain data by the path of each value; nothing and empty lists have no path."""


@dataclass(frozen=True)
class Item:
    """A thing that the customer has, with its options, and the options that they want instead, if any.

    `label` is how they tell it from the other things in the order. Without a name its options alone say what it is.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    wanted: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    sku: str = ""
    new_sku: str = ""

    @property
    def changes(self) -> dict[str, str]:
        """The wanted options that differ from those that it has."""
        return {name: value for name, value in self.wanted.items() if self.options.get(name) != value}


@dataclass(frozen=True)
class Goal:
    """One change that the customer wants. `acts` are the actions that amount to it.

    `words` names the sentences for it, `facts` are what the customer can say: address, payment_method, last4, reason,
    date, value. With `all_items` the customer means all that is in the order.
    """

    words: str
    acts: tuple[str, ...]
    order: str = ""
    items: tuple[Item, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    all_items: bool = False


@dataclass(frozen=True)
class Card:
    """A customer with their goals, in order; `others` are numbers of orders that none of the goals is about."""

    customer: str
    language: Language
    goals: tuple[Goal, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A card, and what the shop must look like afterwards: the records that change, as leaves by record.

    `given` is that as the data has it, where it contradicts the shop's own catalogue and `gold` does not.
    """

    name: str
    card: Card
    gold: Mapping[tuple[str, ...], Leaves]
    given: Mapping[tuple[str, ...], Leaves] | None = None


def leaves(data: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """The values of plain data by path."""
    if isinstance(data, Mapping):
        return {key: value for name, part in data.items() for key, value in leaves(part, (*path, str(name))).items()}
    if isinstance(data, (list, tuple)):
        return {
            key: value for place, part in enumerate(data) for key, value in leaves(part, (*path, str(place))).items()
        }
    return {} if data is None else {path: data}


def labelled(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with labels that tell them apart: the name, and the options too where two have the same name."""
    names = [item.name for item in items]
    return tuple(
        Item(item.name, item.options, item.wanted, _label(item, names.count(item.name) > 1), item.sku, item.new_sku)
        for item in items
    )


def _label(item: Item, ambiguous: bool) -> str:
    return f"{item.name} ({', '.join(item.options.values())})" if ambiguous and item.options else item.name

"""The names that a shop's files define, and the test whether another file may use one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.shop.flows import SLOTS
from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem, did_you_mean
from shared.shop.source import Place, Source
from shared.shop.validation import Parsed


@dataclass(frozen=True)
class ActionNeeds:
    """What an action asks of a shop: arguments that a flow must give, policies that decide, arguments it may give.

    `reads` are policies that it takes into account where the shop has them.
    """

    arguments: tuple[str, ...]
    policies: tuple[str, ...]
    optional: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """What is defined where. Taken from raw data, so that a mistake in a file does not make all its names unknown."""

    responses: frozenset[str]
    flows: frozenset[str]
    intents: frozenset[str]
    slots: frozenset[str]
    actions: Mapping[str, ActionNeeds]
    allowed_actions: frozenset[str]
    trees: Mapping[str, Any]
    """What templates may look into: `policies` and `shop`."""

    @classmethod
    def of(cls, files: ShopFiles, actions: Mapping[str, ActionNeeds]) -> "Names":
        profile = _mapping(files.profile.source.data)
        return cls(
            responses=frozenset(name for file in files.responses for name in _mapping(file.source.data)),
            flows=frozenset(file.source.stem for file in files.flows),
            intents=_keys_under(files.nlu, "intents"),
            slots=frozenset(SLOTS) | _keys_under(files.flows, "slots"),
            actions=actions,
            allowed_actions=frozenset(name for name in _list(profile.get("actions")) if isinstance(name, str)),
            trees={"policies": _mapping(files.policies.source.data), "shop": profile},
        )


def unknown(kind: str, name: str, known: Iterable[str], source: Source, place: Place) -> Iterator[ShopProblem]:
    """A problem if `name` is not among the `known`. If nothing is known its file is at fault, which is told there."""
    known = list(known)
    if known and name not in known:
        remedy = did_you_mean(name, known, f"there is: {', '.join(sorted(known)[:12])}")
        yield source.problem(place, f"there is no {kind} `{name}`", remedy)


def twice(kind: str, ids: Iterable[tuple[Place, str]], source: Source) -> Iterator[ShopProblem]:
    """A problem for each id that was there before."""
    first: dict[str, Place] = {}
    for place, name in ids:
        if name in first:
            message = f"{kind} `{name}` is there twice, first in line {source.line(first[name])}"
            yield source.problem(place, message, "give one of them another")
        first.setdefault(name, place)


def _keys_under(files: Iterable[Parsed[Any]], key: str) -> frozenset[str]:
    return frozenset(name for file in files for name in _mapping(_mapping(file.source.data).get(key)))


def _mapping(data: Any) -> dict[str, Any]:
    return {key: value for key, value in data.items() if isinstance(key, str)} if isinstance(data, dict) else {}


def _list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []

"""The words, flows and examples that an imported shop begins with: the demo shop's, without what is only its own."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from shared.shop.load import Shop
from shared.shop.profile import Language
from shared.shop.required import FLOWS

Flow = dict[str, Any]
_POLICY = re.compile(r"\bpolicies((?:\.[a-z_]+)+)")
_PRODUCT = re.compile(r"\[[^\[\]]+\]\(product\)")
PLACE: Mapping[Language, Mapping[str, str]] = {
    "en": {", Hangzhou time": "", " (Hangzhou time)": ""},
    "zh": {"（杭州时间）": "", "杭州时间": ""},
}
"""What the demo shop's wordings say of its place."""


@dataclass(frozen=True)
class Kept:
    """What a shop keeps of the base: it may do `actions`, has `policies`, and brings `own` flows and responses."""

    actions: frozenset[str]
    policies: Mapping[str, Any]
    own_flows: Mapping[str, Flow]
    own_responses: Mapping[str, Any]


def kept_responses(base: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    """The wordings that speak of policies which the shop has, and its own."""
    fitting = {name: wordings for name, wordings in base.items() if not _unknown_policy(wordings, kept.policies)}
    return {**fitting, **kept.own_responses}


def _unknown_policy(value: Any, policies: Mapping[str, Any]) -> bool:
    return any(not _has(policies, path[1:].split(".")) for path in _POLICY.findall(str(value)))


def _has(tree: Any, path: Sequence[str]) -> bool:
    for key in path:
        if not isinstance(tree, Mapping):
            return False
        if key not in tree:
            return key in ("get", "items", "keys", "values")
        tree = tree[key]
    return True


def kept_flows(base: Mapping[str, Flow], responses: Iterable[str], kept: Kept) -> dict[str, Flow]:
    """The flows that do and say only what the shop can; a step aside into a flow that is gone is left out.

    The flows that the engine needs stay.
    """
    words = frozenset(responses)
    flows = {**base, **kept.own_flows}
    while True:
        whole = {name: _without_gone(flow, flows) for name, flow in flows.items()}
        left = {name: flow for name, flow in whole.items() if name in FLOWS or _can(flow, flows, words, kept)}
        left = {name: flow for name, flow in left.items() if not _is_orphan(name, flow, base, left)}
        if left == flows:
            return left
        flows = left


def _is_orphan(name: str, flow: Flow, base: Mapping[str, Flow], left: Mapping[str, Flow]) -> bool:
    """Whether other flows led to it in the base, and none of those that are left does."""
    return not flow.get("starts_on") and name in _reached(base) and name not in _reached(left)


def _reached(flows: Mapping[str, Flow]) -> set[Any]:
    return {_target(step) for flow in flows.values() for step in flow["steps"]}


def _without_gone(flow: Flow, flows: Mapping[str, Flow]) -> Flow:
    steps = [step for step in flow["steps"] if not ("when" in step and _target(step) not in {None, *flows})]
    return {**flow, "steps": steps}


def _target(step: Mapping[str, Any]) -> Any:
    return step.get("then", step.get("call"))


def _can(flow: Flow, flows: Mapping[str, Flow], words: frozenset[str], kept: Kept) -> bool:
    steps = flow["steps"]
    asks = {slot["ask"] for slot in flow.get("slots", {}).values()}
    said = asks | {step["say"] for step in steps if "say" in step} | {flow[key] for key in ("glimpse",) if key in flow}
    acts = {step["act"] for step in steps if "act" in step}
    ways = {_target(step) for step in steps} - {None}
    return said <= words and acts <= kept.actions and ways <= flows.keys() and not _unknown_policy(flow, kept.policies)


@dataclass(frozen=True)
class Names:
    """The names that take the places of the demo shop's own."""

    title: str
    products: tuple[str, ...]
    numbers: tuple[str, ...]


def renamed(texts: Iterable[str], base: Shop, language: Language, names: Names) -> Iterator[str]:
    """The texts with another shop's title, products and order numbers, in turns."""
    products, numbers = cycle(names.products or ("",)), cycle(names.numbers)
    pattern = re.compile(base.profile.order_number.pattern)
    own = base.profile.title.get(language, "")
    for text in texts:
        text = text.replace(own, names.title) if own else text
        for said, instead in PLACE[language].items():
            text = text.replace(said, instead)
        text = pattern.sub(lambda _: next(numbers), text)
        if names.products:
            text = _PRODUCT.sub(lambda _: f"[{next(products)}](product)", text)
        yield text

"""Rules of policies.yaml as the one source: each policy is used, and no page says another number."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem
from shared.shop.rules.names import Names
from shared.shop.source import Place

SPOKEN = re.compile(r"policies((?:\.\w+|\[['\"]\w+['\"]\])+)")
TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
MEASURES = {
    "days": re.compile(r"(?<![\d.,-])(\d+(?:-\d+)?)[ -]?(?:calendar |working |business )?(?:days?\b|天|日内|个工作日)"),
    "hours": re.compile(r"(?<![\d.,-])(\d+)[ -]?(?:hours?\b|小时)"),
    "months": re.compile(r"(?<![\d.,-])(\d+)[ -]?(?:months?\b|个月)"),
}
"""What a page may state in figures of its own, and how policies of that kind end."""


def policy_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """Policies that nothing reads, and numbers in pages that stand beside the policies and differ from them."""
    leaves = dict(_leaves(names.trees["policies"]))
    yield from _unused(files, names, leaves)
    yield from _contradictions(files, leaves)


def _leaves(tree: Mapping[str, Any], path: Place = ()) -> Iterator[tuple[Place, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _unused(files: ShopFiles, names: Names, leaves: Mapping[Place, Any]) -> Iterator[ShopProblem]:
    used = {path for text in _texts(files) for path in _spoken(text)}
    needed = {tuple(path.split(".")) for needs in names.actions.values() for path in (*needs.policies, *needs.reads)}
    if files.proactive.value is not None:
        needed.add(("discounts",))
    for leaf in leaves:
        # Whoever takes a whole branch, such as all refund times, uses what is in it.
        if not any(leaf[: len(path)] == path for path in used | needed):
            remedy = "remove it, or let a flow, a response or a page use it"
            yield files.policies.source.problem(
                leaf, f"the policy `{'.'.join(map(str, leaf))}` is used nowhere", remedy
            )


def _texts(files: ShopFiles) -> Iterator[str]:
    for responses in files.responses:
        yield from (wording for wordings in (responses.value or {}).values() for wording in wordings)
    yield from (page.value.body for page in files.pages if page.value is not None)
    for flow in files.flows:
        yield from (text for text in _strings(flow.source.data))


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _strings(part)


def _spoken(text: str) -> Iterator[Place]:
    for found in SPOKEN.finditer(text):
        yield tuple(re.findall(r"\w+", found[1]))


def _contradictions(files: ShopFiles, leaves: Mapping[Place, Any]) -> Iterator[ShopProblem]:
    """A number that a page writes out, where it also speaks policies of that kind and none has this value."""
    for file in files.pages:
        if file.value is None:
            continue
        topics = {str(path[0]) for path in _spoken(file.value.body)}
        for number, line in enumerate(TEMPLATE.sub("", file.value.body).split("\n")):
            for kind, pattern in MEASURES.items():
                known = _known(leaves, topics, kind)
                for found in pattern.finditer(line) if known else ():
                    if found[1] not in known:
                        at = file.value.body_line + number
                        message = (
                            f"“{found[0].strip()}” is no value that policies.yaml has for {', '.join(sorted(topics))}"
                        )
                        remedy = "speak the policy: {{ policies... }}, or correct one of them"
                        yield ShopProblem(file.source.file, at, message, remedy)


def _known(leaves: Mapping[Place, Any], topics: Iterable[Any], kind: str) -> set[str]:
    wanted = set(topics)
    return {str(value) for path, value in leaves.items() if path[0] in wanted and str(path[-1]).endswith(kind)}

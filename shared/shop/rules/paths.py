"""Rules of the ways through flows: every step can be reached, and no flow comes back to itself without the customer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from shared.shop.flows import FlowFile
from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem
from shared.shop.rules.names import Names
from shared.shop.source import Place, Source

LEAVES = ("then", "handoff", "end")


def path_problems(files: ShopFiles, _: Names) -> Iterator[ShopProblem]:
    """Steps after the flow has been left, flows that nothing starts, and circles."""
    flows = {file.source.stem: file.value for file in files.flows if file.value is not None}
    reached = {step_flow for flow in flows.values() for step in flow.steps for step_flow in (step.then, step.call)}
    for file in files.flows:
        flow = file.value
        if flow is None:
            continue
        for index in _behind_the_end(flow):
            remedy = "remove it, or put what comes before under a `when`"
            yield file.source.problem(("steps", index), "this step is never reached", remedy)
        name = file.source.stem
        if not flow.starts_on and name not in reached and not _is_pattern(file.source):
            remedy = "give it `starts_on`, or let another flow `then` or `call` it"
            yield file.source.problem((), f"nothing starts the flow `{name}`", remedy)
        if circle := _circle(name, flows):
            remedy = "let one of them end, or depend on what the customer is asked on the way"
            yield file.source.problem(circle[0], f"the flow goes round in circles: {' -> '.join(circle[1])}", remedy)


def _is_pattern(source: Source) -> bool:
    """Whether the engine starts this flow by itself. A pattern under a wrong name is told as a missing one."""
    return PurePath(source.file).parent.name == "patterns"


def _behind_the_end(flow: FlowFile) -> Iterator[int]:
    left = False
    for index, step in enumerate(flow.steps):
        if left:
            yield index
            return
        left = step.when is None and any(verb in LEAVES for verb in step.verbs)


@dataclass(frozen=True)
class _Way:
    """From one flow over to another; `where` is the step and its key, `slots` what its condition looks at."""

    target: str
    where: Place
    slots: frozenset[str]


def _circle(start: str, flows: Mapping[str, FlowFile]) -> tuple[Place, list[str]] | None:
    """The way from a flow back to itself on which nothing changes, if there is one: its first step, and the flows."""
    for way in _ways(flows.get(start)):
        found = _back_to(start, [start, way.target], way.slots, flows)
        if found is not None:
            return way.where, found
    return None


def _back_to(start: str, path: list[str], slots: frozenset[str], flows: Mapping[str, FlowFile]) -> list[str] | None:
    if path[-1] == start:
        # What is collected on the way may end the circle, where a condition asks for it. All else stays as it is:
        # a slot that is filled is not asked for again.
        collected = {step.collect for name in path for step in flows[name].steps}
        return None if slots & collected else path
    if path[-1] in path[:-1]:
        return None
    for way in _ways(flows.get(path[-1])):
        if found := _back_to(start, [*path, way.target], slots | way.slots, flows):
            return found
    return None


def _ways(flow: FlowFile | None) -> Iterator[_Way]:
    """Where a flow may go before it changes anything in the shop."""
    for index, step in enumerate(flow.steps if flow else ()):
        if step.act is not None:
            return
        target = step.then or step.call
        if target is not None:
            yield _Way(target, ("steps", index, "then" if step.then else "call"), _names(step.when))
        if step.when is None and any(verb in LEAVES for verb in step.verbs):
            return


def _names(expression: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"[A-Za-z_]\w*", expression or ""))

"""Rules of the ways through flows: every step can be reached, and no flow comes back to itself without the customer."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from shared.shop.flows import FlowFile, Step
from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem
from shared.shop.rules.names import Names
from shared.shop.source import Source

LEAVES = ("then", "handoff", "end")
WAITS = ("collect", "act")


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
            remedy = "let one of them ask the customer something, or end"
            yield file.source.problem((), f"the flow goes round in circles: {' -> '.join(circle)}", remedy)


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


def _circle(start: str, flows: Mapping[str, FlowFile]) -> list[str] | None:
    """The way from a flow back to itself on which nobody is asked anything, if there is one."""
    path = [start]
    while (following := _next_at_once(flows.get(path[-1]))) is not None:
        if following == start:
            return [*path, start]
        if following in path:
            return None
        path.append(following)
    return None


def _next_at_once(flow: FlowFile | None) -> str | None:
    """Where the flow goes for certain before it waits for the customer."""
    for step in flow.steps if flow else ():
        if _waits(step):
            return None
        if step.when is None and (step.then or step.call):
            return step.then or step.call
        if step.when is None and any(verb in LEAVES for verb in step.verbs):
            return None
    return None


def _waits(step: Step) -> bool:
    return any(verb in WAITS for verb in step.verbs)

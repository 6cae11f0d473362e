"""A flow as a Mermaid flowchart, which GitHub, editors and mermaid.live draw."""

from collections.abc import Iterator

from shared.shop.flows import FlowFile, Step

SHAPES = {"collect": ("[/", "/]"), "act": ("{{", "}}"), "when": ("{", "}"), "say": ("(", ")")}
"""How each verb looks: a question leans, an act has six sides, a condition is a diamond, words are round."""


def draw(name: str, flow: FlowFile) -> str:
    """The flowchart of one flow: a node a step, and the ways between them."""
    lines = [f"%% {name}: {flow.description}", "flowchart TD"]
    starts = ", ".join(flow.starts_on) or "another flow"
    lines.append(f'  start(["{_safe(starts)}"]) --> s0')
    for index, step in enumerate(flow.steps):
        lines += [f"  {line}" for line in _step(step, index, last=index == len(flow.steps) - 1)]
    lines.append("  stop((end))")
    return "\n".join(lines)


def _step(step: Step, index: int, *, last: bool) -> Iterator[str]:
    opens, closes = SHAPES.get(step.verb, ("[", "]"))
    yield f's{index}{opens}"{_safe(_label(step))}"{closes}'
    after = "stop" if last else f"s{index + 1}"
    if step.when is None:
        yield from _way(step, f"s{index}", after)
        return
    yield f"s{index} -- no --> {after}"
    if step.say:
        yield f's{index} -- yes --> y{index}("say: {_safe(step.say)}")'
        yield from _way(step, f"y{index}", after)
    else:
        yield from _way(step, f"s{index}", after, " -- yes --> ")


def _way(step: Step, node: str, after: str, arrow: str = " --> ") -> Iterator[str]:
    """Where the flow goes from this node."""
    if step.then:
        yield f'{node}{arrow}{node}t[["{_safe(step.then)}"]]'
    elif step.call:
        yield f'{node}{arrow}{node}c[["{_safe(step.call)}"]]'
        yield f"{node}c --> {after}"
    elif step.handoff:
        yield f'{node}{arrow}{node}h>"a person: {_safe(step.handoff)}"]'
    else:
        yield f"{node}{arrow}{'stop' if step.end else after}"


def _label(step: Step) -> str:
    value = getattr(step, step.verb)
    label = "end" if value is True else f"{step.verb}: {value}"
    extra = f", among {step.among}" if step.among else ""
    return label + extra


def _safe(text: str) -> str:
    return text.replace('"', "#quot;")

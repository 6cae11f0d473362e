"""Rules of what the engine relies on: the flows that it starts, and the responses that it says, by itself."""

from collections.abc import Iterator

from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem, did_you_mean
from shared.shop.required import ACTION_RESPONSES, FLOWS, GLIMPSE_RESPONSES, RESPONSES, SLOT_RESPONSES
from shared.shop.rules.names import Names

EXAMPLE = "the demo shop has one to copy"


def required_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """Flows and responses that are missing, although no file names them. A file that cannot be read is told alone."""
    yield from _missing_flows(files, names)
    if all(file.value is not None for file in files.responses):
        yield from _missing_responses(files, names)


def _missing_flows(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    for name, purpose in FLOWS.items():
        if name not in names.flows:
            place = files.root / "flows" / "patterns" / f"{name}.yaml"
            message = f"the flow `{name}` is missing, which the engine starts by itself: it {purpose}"
            yield ShopProblem(str(place), 1, message, did_you_mean(name, names.flows, EXAMPLE))


def _missing_responses(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    of_actions = {f"{kind}_{action}" for action in names.allowed_actions for kind in ACTION_RESPONSES}
    collected = {step.collect for file in files.flows if file.value for step in file.value.steps}
    of_slots = {name for slot, needed in SLOT_RESPONSES.items() if slot in collected for name in needed}
    of_glimpses = GLIMPSE_RESPONSES if any(file.value and file.value.glimpse for file in files.flows) else frozenset()
    where = files.responses[0].source.file if files.responses else str(files.root / "responses" / "en.yaml")
    for name in sorted((RESPONSES | of_actions | of_slots | of_glimpses) - names.responses):
        message = f"the response `{name}` is missing, which the engine says by itself"
        yield ShopProblem(where, 1, message, did_you_mean(name, names.responses - RESPONSES, EXAMPLE))

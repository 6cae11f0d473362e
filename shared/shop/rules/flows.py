"""Rules of flows: every name in them exists, every expression is one."""

from collections.abc import Iterator

from shared.shop.flows import CONTEXT, SLOTS, FlowFile, Step
from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem
from shared.shop.rules.names import Names, twice, unknown
from shared.shop.rules.templates import Template, expression_problems
from shared.shop.source import Place, Source


def flow_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """What is wrong with the flows, alone and among each other."""
    starters: dict[str, str] = {}
    stems: dict[str, str] = {}
    for file in files.flows:
        source = file.source
        if (other := stems.setdefault(source.stem, source.file)) != source.file:
            yield source.problem(
                (), f"flow `{source.stem}` is there twice, first in {other}", "rename one of the files"
            )
        if file.value is not None:
            yield from _start_problems(file.value, source, names, starters)
            yield from _glimpse_problems(file.value, source, names)
            yield from _slot_problems(file.value, source, names)
            for index, step in enumerate(file.value.steps):
                yield from _step_problems(step, ("steps", index), source, names)
                if step.collect is not None and step.collect in names.slots:
                    own = (*SLOTS, *file.value.slots)
                    yield from unknown("slot", step.collect, own, source, ("steps", index, "collect"))


def _start_problems(flow: FlowFile, source: Source, names: Names, starters: dict[str, str]) -> Iterator[ShopProblem]:
    yield from twice("intent", ((("starts_on", index), intent) for index, intent in enumerate(flow.starts_on)), source)
    for index, intent in enumerate(flow.starts_on):
        yield from unknown("intent", intent, names.intents, source, ("starts_on", index))
        if (other := starters.setdefault(intent, source.stem)) != source.stem:
            message = f"the intent `{intent}` already starts the flow `{other}`"
            yield source.problem(("starts_on", index), message, "let it start one of them")


def _glimpse_problems(flow: FlowFile, source: Source, names: Names) -> Iterator[ShopProblem]:
    if flow.glimpse is None:
        return
    yield from unknown("response", flow.glimpse, names.responses, source, ("glimpse",))
    if flow.needs is None:
        message = "`glimpse` stands for a customer who is not verified, and this flow needs none"
        yield source.problem(("glimpse",), message, "add `needs: verified_customer`, or remove it")


def _slot_problems(flow: FlowFile, source: Source, names: Names) -> Iterator[ShopProblem]:
    for slot, spec in flow.slots.items():
        yield from unknown("response", spec.ask, names.responses, source, ("slots", slot, "ask"))
        for index, value in enumerate(spec.choices or ()):
            place = ("slots", slot, "choices", index)
            yield from unknown("response", f"choice_{value}", names.responses, source, place)


def _step_problems(step: Step, place: Place, source: Source, names: Names) -> Iterator[ShopProblem]:
    references = (
        ("collect", "slot", step.collect, names.slots),
        ("say", "response", step.say, names.responses),
        ("act", "action", step.act, names.allowed_actions),
        ("then", "flow", step.then, names.flows),
        ("call", "flow", step.call, names.flows),
    )
    for key, kind, name, known in references:
        if name is not None:
            yield from unknown(kind, name, known, source, (*place, key))
    yield from _argument_problems(step, place, source, names)
    for where, text in _expressions(step):
        template = Template(text, source, (*place, *where))
        chosen = {"method"} if step.collect == "payment_method" else set()
        yield from expression_problems(template, names.trees, names.slots | CONTEXT | chosen)


def _expressions(step: Step) -> Iterator[tuple[Place, str]]:
    if step.when is not None:
        yield ("when",), step.when
    if step.search is not None:
        yield ("search",), step.search
    if step.among is not None:
        yield ("among",), step.among
    for argument, text in step.with_.items():
        yield ("with", argument), text


def _argument_problems(step: Step, place: Place, source: Source, names: Names) -> Iterator[ShopProblem]:
    needs = names.actions.get(step.act or "")
    if needs is None:
        return
    for argument in step.with_:
        yield from unknown(
            "argument", argument, (*needs.arguments, *needs.optional), source, (*place, "with", argument)
        )
    for argument in needs.arguments:
        if argument not in step.with_:
            message = f"the action `{step.act}` is not given its `{argument}`"
            yield source.problem((*place, "act"), message, f"add `{argument}` under `with`")

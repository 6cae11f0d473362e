"""A step has one verb; under `when` stands what follows from it."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.shop.flows import FlowFile, Step


@pytest.mark.parametrize(
    ("data", "verbs"),
    [
        ({"collect": "order"}, ("collect",)),
        ({"act": "cancel_order", "with": {"order": "order.id"}}, ("act",)),
        ({"when": "order", "then": "returns", "say": "too_late"}, ("when", "say", "then")),
        ({"when": "order", "end": True}, ("when", "end")),
        ({"end": True}, ("end",)),
    ],
)
def test_verbs_are_in_the_order_in_which_they_happen(data: dict[str, Any], verbs: tuple[str, ...]) -> None:
    step = Step.model_validate(data)
    assert step.verbs == verbs and step.verb == verbs[0]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "a step does something"),
        ({"collect": "order", "say": "hello"}, "a step has one verb, this one has collect and say"),
        ({"when": "order"}, "`when` leads to nothing"),
        ({"when": "order", "act": "cancel_order"}, "`act` cannot stand under `when`"),
        ({"say": "hello", "with": {"a": "b"}}, "`with` belongs to `act`"),
        ({"end": False}, "Input should be True"),
        ({"colect": "order"}, "Extra inputs are not permitted"),
    ],
)
def test_other_steps_are_refused(data: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Step.model_validate(data)


def test_one_intent_may_stand_without_a_list() -> None:
    flow = FlowFile.model_validate({"description": "d", "starts_on": "human", "steps": [{"handoff": "asked"}]})
    assert flow.starts_on == ("human",)

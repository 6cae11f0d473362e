"""A shop's files made ready for the engine: flows with compiled expressions, and the numbers that decide."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from services.dialogue.domain.expressions import Expression, compile_expression, facts_in, names_in
from shared.contracts.messages import Request
from shared.shop.flows import FlowFile, SlotSpec, Step
from shared.shop.profile import ShopProfile

PERSONAL = ("customer", "orders", "basket")
"""What a response may know of a customer beside the order that it is about."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class ReadyStep:
    """A step and its compiled expressions."""

    step: Step
    when: Expression | None
    search: Expression | None
    among: Expression | None
    arguments: Mapping[str, Expression]


@dataclass(frozen=True)
class Flow:
    """A flow ready to run. An `instant` one never waits for the customer."""

    name: str
    needs_customer: bool
    slots: Mapping[str, SlotSpec]
    steps: tuple[ReadyStep, ...]
    instant: bool
    glimpse: str | None = None

    @cached_property
    def collects(self) -> frozenset[str]:
        """The slots that its own steps collect."""
        return frozenset(ready.step.collect for ready in self.steps if ready.step.collect)

    def step_of(self, slot: str) -> int:
        """The place of the step that collects this slot, 0 if none does."""
        return next((place for place, ready in enumerate(self.steps) if ready.step.collect == slot), 0)


@dataclass(frozen=True)
class Thresholds:
    """From which confidence on a guess is acted upon."""

    flow: float = 0.3
    interrupt: float = 0.5
    affirm: float = 0.6
    free_text_interrupt: float = 0.8
    knowledge: float = 0.5
    beside: float = 0.1
    """Pages so little below the best are named as sources, too."""
    agreed_share: float = 0.5
    """Of `knowledge`: enough for a page that is named like the intent, for then search and understanding agree."""
    sure: float = 0.6
    """From here on a wish is taken as meant, however near another one comes."""
    clear_by: float = 0.12
    """A wish below `sure` must be likelier by so much than the next one, else the customer is asked which."""
    outside: float = 0.7
    outside_extra: float = 0.35
    """What understanding takes for foreign to the shop so surely needs a page so much nearer to be answered."""


@dataclass(frozen=True)
class Rules:
    """All that a shop decides about its dialogue. `speaks` is what each response wants filled in.

    `sends_codes`: whether one-time codes reach customers here.
    """

    flows: Mapping[str, Flow]
    starts: Mapping[str, str]
    speaks: Mapping[str, frozenset[str]]
    choice_labels: Mapping[str, tuple[str, ...]]
    policies: Mapping[str, Any]
    profile: ShopProfile
    order_number: re.Pattern[str]
    thresholds: Thresholds = field(default_factory=Thresholds)
    sends_codes: bool = True
    personal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The facts of the customer's record that each response uses, such as `customer.tier`."""
    attribute_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What customers call the attributes of products, by attribute and language."""

    @cached_property
    def picks(self) -> str:
        """The flow in which goods are found and picked, empty if the shop has none."""
        return next((name for name, flow in self.flows.items() if flow.collects & {"pick"}), "")

    def flow_for(self, request: Request) -> str | None:
        """The flow that this request starts, if understanding is sure enough."""
        return self.starts.get(request.intent) if request.confidence >= self.thresholds.flow else None

    def local_time(self, now: float) -> datetime:
        """The time on the shop's clock."""
        return datetime.fromtimestamp(now, self.zone)

    @property
    def zone(self) -> ZoneInfo:
        """The shop's timezone."""
        return ZoneInfo(self.profile.timezone)

    def opens_at(self, now: float) -> datetime | None:
        """When people are next at the desk: None while they are there, or if they never are."""
        here = self.local_time(now)
        hours_by_day = {str(day): hours for day, hours in self.profile.opening_hours.items()}
        for days in range(8):
            day = here + timedelta(days=days)
            hours = hours_by_day.get(WEEKDAYS[day.weekday()], "closed")
            if hours == "closed":
                continue
            opens, closes = (time.fromisoformat(part) for part in hours.split("-"))
            if days == 0 and opens <= here.time() < closes:
                return None
            if days > 0 or here.time() < opens:
                return datetime.combine(day.date(), opens, here.tzinfo)
        return None


def compile_rules(
    flows: Mapping[str, FlowFile],
    responses: Mapping[str, Mapping[str, tuple[str, ...]]],
    policies: Mapping[str, Any],
    profile: ShopProfile,
    thresholds: Thresholds | None = None,
) -> Rules:
    """The rules of these files. Raises ConfigError."""
    names = {name for texts in responses.values() for name in texts}
    wordings = {name: [text for texts in responses.values() for text in texts.get(name, ())] for name in names}
    return Rules(
        flows={name: _ready_flow(name, file) for name, file in flows.items()},
        starts={intent: name for name, file in flows.items() for intent in file.starts_on},
        speaks={name: names_in(texts) for name, texts in wordings.items()},
        personal={name: facts_in(texts, PERSONAL) for name, texts in wordings.items()},
        choice_labels={name: tuple(texts) for name, texts in wordings.items() if name.startswith("choice_")},
        policies=policies,
        profile=profile,
        order_number=re.compile(rf"(?<![A-Za-z0-9])(?:{profile.order_number.pattern})(?![A-Za-z0-9])", re.IGNORECASE),
        thresholds=thresholds or Thresholds(),
    )


def _ready_flow(name: str, file: FlowFile) -> Flow:
    steps = tuple(_ready_step(step) for step in file.steps)
    return Flow(name, file.needs is not None, file.slots, steps, _is_instant(file), file.glimpse)


def _ready_step(step: Step) -> ReadyStep:
    return ReadyStep(
        step=step,
        when=compile_expression(step.when) if step.when is not None else None,
        search=compile_expression(step.search) if step.search is not None else None,
        among=compile_expression(step.among) if step.among is not None else None,
        arguments={name: compile_expression(source) for name, source in step.with_.items()},
    )


def _is_instant(file: FlowFile) -> bool:
    waits = any(step.collect or step.act or step.then or step.call for step in file.steps)
    return not waits and file.needs is None

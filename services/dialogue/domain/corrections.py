"""Taking back a value: the customer names another order, size, address, reason, and the flow goes on from there."""

import re
from collections.abc import Mapping

from services.dialogue.domain import choices, options, slots
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import find_address, find_day, is_address, mentioned
from services.dialogue.domain.reading import find_option, plain
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk
from shared.contracts.messages import Option

DEPENDENT: Mapping[str, tuple[str, ...]] = {
    "order": ("item", "option", "payment_method"),
    "item": ("option",),
    "product": ("option",),
}
"""Slots whose values mean nothing any more once another one changed."""
SAID_AS = {"option": "option_said"}
"""Where a heard value waits for its slot, if not under the slot's own name."""
CORRECTS = re.compile(
    r"\b(?:i mean|i meant|sorry|wrong|mistake|instead|rather|not that|no,? )|说错|不对|不是|搞错|弄错|应该是|我是说",
    re.IGNORECASE,
)
QUESTION = ("?", "？", "吗", "呢")


def corrects(text: str) -> bool:
    """Whether the customer says that something was wrong."""
    return CORRECTS.search(plain(text)) is not None


def other_order(talk: Talk, frame: Frame) -> str | None:
    """The number of another order than the flow's that the text names."""
    for request in talk.said.requests:
        number = slots.heard(talk, request, talk.said.text).get("order")
        if number and number != frame.slots.get("order"):
            return number
    return None


def correct_order(talk: Talk, frame: Frame, number: str | None) -> None:
    """Goes back to the choice of the order; a preview of the wrong one is void."""
    rewind(talk, frame, {"order": number} if number else {"order": ""})
    frame.must_choose, frame.carded, talk.prompt = number is None, False, None


def new_values(talk: Talk, frame: Frame) -> Steps[dict[str, str]]:
    """The values that the text gives anew for slots that this flow has filled."""
    if talk.said.text.rstrip().endswith(QUESTION):
        return {}
    filled = {ready.step.collect for ready in talk.flow_of(frame).steps if ready.step.collect in frame.slots}
    found = {slot: value for slot in filled if slot and (value := _plainly(talk, frame, slot))}
    if "option" in filled and (yield from options.names_another(talk, frame, _words(talk))):
        found["option"] = _words(talk)
    return {slot: value for slot, value in found.items() if value != frame.slots[slot]}


def _words(talk: Talk) -> str:
    told = mentioned(talk.said.requests)
    return " | ".join([talk.said.text, *(told[kind] for kind in ("color", "size", "option") if kind in told)])


def _plainly(talk: Talk, frame: Frame, slot: str) -> str | None:
    """The value that the text gives for this slot, if that can be told without asking the shop."""
    text, told = talk.said.text, mentioned(talk.said.requests)
    if slot == "address":
        return find_address(text) or (text.strip() if is_address(text.strip()) and "," in text else None)
    if slot == "date":
        return told.get("date") or find_day(text)
    if slot == "quantity":
        return told.get("quantity")
    if slot == "payment_method":
        return text if choices.names_method(talk, text) else None
    spec = talk.flow_of(frame).slots.get(slot)
    if spec is None or not spec.choices:
        return None
    offered = tuple(Option(id=choice, label=choice) for choice in spec.choices)
    words = {choice: talk.rules.choice_labels.get(f"choice_{choice}", ()) for choice in spec.choices}
    return find_option(text, offered, words)


def rewind(talk: Talk, frame: Frame, values: Mapping[str, str]) -> None:
    """Takes the slots back to these heard values, with all that hung on them; what was previewed is void."""
    talk.state.pending = None
    flow = talk.flow_of(frame)
    hanging = [other for slot in values for other in DEPENDENT.get(slot, ())]
    for name in (*values, *hanging):
        frame.slots.pop(name, None)
    for heard in ("chosen", "wanted"):
        frame.mentions.pop(heard, None)
    if "order" in values:
        frame.mentions = {}
    frame.mentions |= {SAID_AS.get(slot, slot): value for slot, value in values.items() if value}
    frame.options, frame.carded = (), False
    frame.step = min(flow.step_of(slot) for slot in values)

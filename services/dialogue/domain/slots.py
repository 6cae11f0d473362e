"""Collecting slots: the ones whose meaning the engine knows, and a flow's own."""

from collections.abc import Callable, Mapping

from services.dialogue.domain import identify, orders
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.reading import (
    MAX_FREE_TEXT,
    find_code,
    find_email,
    find_numbers,
    find_option,
    mentions,
)
from services.dialogue.domain.rules import Flow
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Prompt, Talk
from shared.contracts.messages import Expects, Option, Request

ORDER_ENTITIES = ("order", "order_number")
KNOWN_ASKS = {"order": "choose_order", "email": "ask_email", "one_time_code": "ask_one_time_code"}

COLLECTORS: Mapping[str, Callable[[Talk, Frame], Steps[bool]]] = {
    "order": orders.collect_order,
    "email": identify.collect_email,
    "one_time_code": identify.collect_code,
}


def collect(talk: Talk, frame: Frame, slot: str) -> Steps[bool]:
    """Fills the slot if its value is known by now. True when it is filled."""
    if slot in frame.slots:
        return True
    collector = COLLECTORS.get(slot)
    if collector is not None:
        return (yield from collector(talk, frame))
    return _collect_own(talk.flow_of(frame), frame, slot)


def _collect_own(flow: Flow, frame: Frame, slot: str) -> bool:
    value = frame.mentions.pop(slot, None)
    choices = _choices(flow, slot)
    if value is not None and (not choices or value in choices):
        frame.slots[slot] = value
        frame.options = ()
        return True
    frame.options = tuple(Option(id=choice, label=f"response:choice_{choice}") for choice in choices)
    return False


def heard(talk: Talk, request: Request | None, text: str) -> dict[str, str]:
    """The values that a text holds by their own form, whatever was asked."""
    numbers = find_numbers(text, talk.rules.order_number)
    order = mentions(request, ORDER_ENTITIES) or (numbers[0] if numbers else None)
    found = {"order": order.upper() if order else None, "email": find_email(text)}
    return {slot: value for slot, value in found.items() if value}


def read(talk: Talk, frame: Frame, slot: str, text: str) -> dict[str, str]:
    """What the text says about the slot that was asked for; nothing if it is no answer to that."""
    if slot == "one_time_code":
        code = find_code(text, talk.rules.profile.one_time_code.digits)
        email = find_email(text)
        return {"one_time_code": code} if code else {"email": email} if email else {}
    if slot in ("email", "order"):
        known = heard(talk, None, text)
        if slot in known:
            return {slot: known[slot]}
    value = _value(talk, frame, slot, text)
    return {slot: value} if value else {}


def _value(talk: Talk, frame: Frame, slot: str, text: str) -> str | None:
    if frame.options:
        words = {o.id: talk.rules.choice_labels.get(f"choice_{o.id}", ()) for o in frame.options}
        return find_option(text, frame.options, words) or _yes_or_no(talk, frame)
    return None if slot in COLLECTORS else text.strip()[:MAX_FREE_TEXT]


def _yes_or_no(talk: Talk, frame: Frame) -> str | None:
    """A plain yes or no, where these are among the choices."""
    ids = {option.id for option in frame.options}
    intents = [request.intent for request in talk.said.requests]
    if intents == ["affirm"] and "yes" in ids:
        return "yes"
    return "no" if intents == ["deny"] and "no" in ids else None


def question(talk: Talk, frame: Frame, slot: str) -> tuple[Prompt, Expects]:
    """How to ask for the slot, and what that expects."""
    spec = talk.flow_of(frame).slots.get(slot)
    asked = Prompt(spec.ask if spec else KNOWN_ASKS.get(slot, f"ask_{slot}"))
    kind = Expects(kind="choice" if frame.options else "slot", slot=slot, options=frame.options)
    return talk.prompt or asked, kind


def is_free_text(talk: Talk, frame: Frame, slot: str) -> bool:
    """Whether any words at all could be the answer."""
    return slot not in COLLECTORS and not _choices(talk.flow_of(frame), slot)


def _choices(flow: Flow, slot: str) -> list[str]:
    spec = flow.slots.get(slot)
    return spec.choices or [] if spec else []

"""Collecting slots: the ones whose meaning the engine knows, and a flow's own."""

from collections.abc import Callable, Mapping

from services.dialogue.domain import choices, clarify, glimpses, identify, items, options, orders
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import find_address, find_day, is_address, mentioned, wants_all
from services.dialogue.domain.reading import (
    MAX_FREE_TEXT,
    find_code,
    find_email,
    find_numbers,
    find_option,
    gives_up,
    mentions,
)
from services.dialogue.domain.rules import Flow
from services.dialogue.domain.selling import meant, pick
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Prompt, Talk
from shared.contracts.messages import Expects, Option, Request
from shared.shop.required import CLARIFY

ORDER_ENTITIES = ("order", "order_number")
KNOWN_ASKS = {"order": "choose_order", "email": "ask_email", "one_time_code": "ask_one_time_code", "pick": "ask_need"}

COLLECTORS: Mapping[str, Callable[[Talk, Frame], Steps[bool]]] = {
    "order": orders.collect_order,
    "email": identify.collect_email,
    "one_time_code": identify.collect_code,
    "item": items.collect_item,
    "product": choices.collect_product,
    "option": options.collect_option,
    "address": choices.collect_address,
    "payment_method": choices.collect_payment,
    "quantity": choices.collect_quantity,
    "date": choices.collect_date,
    "goods": meant.collect_goods,
    "pick": pick.collect_pick,
}
FREE = frozenset({"address", "option", "pick"})
"""Slots of the engine's own that are answered in words which may also be a wish."""
LONGEST_OPTION = 40


def collect(talk: Talk, frame: Frame, slot: str) -> Steps[bool]:
    """Fills the slot if its value is known by now. True when it is filled."""
    if slot in frame.slots:
        return True
    if _is_clarifying(frame, slot):
        return (yield from clarify.collect_wish(talk, frame))
    collector = COLLECTORS.get(slot)
    if collector is not None:
        return (yield from collector(talk, frame))
    return _collect_own(talk.flow_of(frame), frame, slot)


def _is_clarifying(frame: Frame, slot: str) -> bool:
    return frame.flow == CLARIFY and slot == "wish"


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
    carried = mentioned([request]) if request else {}
    return carried | {slot: value for slot, value in found.items() if value}


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
        if slot == "email" and (proven := glimpses.read(talk, frame, text)):
            return proven
    if slot in ANSWERS:
        return ANSWERS[slot](talk, frame, text)
    value = _value(talk, frame, slot, text)
    return {slot: value} if value else {}


def _value(talk: Talk, frame: Frame, slot: str, text: str) -> str | None:
    if frame.options:
        words = {o.id: talk.rules.choice_labels.get(f"choice_{o.id}", ()) for o in frame.options}
        return find_option(text, frame.options, words) or _yes_or_no(talk, frame)
    return None if slot in COLLECTORS or gives_up(text) else text.strip()[:MAX_FREE_TEXT]


def _said_entities(talk: Talk, *kinds: str) -> dict[str, str]:
    """The entities of these kinds in what was just said."""
    found = mentioned(talk.said.requests)
    return {kind: found[kind] for kind in kinds if kind in found}


def _picked(talk: Talk, frame: Frame, slot: str, text: str) -> dict[str, str]:
    value = _value(talk, frame, slot, text) if frame.options else None
    return {slot: value} if value else {}


def _read_item(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    single = [option for option in frame.options if option.id != items.ALL_ITEMS]
    by_place = text.strip().rstrip(".") == str(len(frame.options)) and len(single) < len(frame.options)
    if by_place or (wants_all(text) and talk.step_of(frame).many):
        return {"item": items.ALL_ITEMS}
    picked = find_option(text, single, {}) if single else None
    if not picked and talk.step_of(frame).many and (several := items.several(text, single)):
        return {"item": several}
    return {"item": picked} if picked else _said_entities(talk, "product", "ordinal")


def _read_product(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    return _picked(talk, frame, "product", text) or _said_entities(talk, "product")


def _read_option(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    told = _said_entities(talk, "color", "size", "option")
    picked = _picked(talk, frame, "option", text)
    if picked or told or (len(text) <= LONGEST_OPTION and not gives_up(text)):
        return {**told, "option_said": f"{text} | {picked.get('option', '')}"}
    return {}


def _read_payment(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    return _picked(talk, frame, "payment_method", text) or (
        {"payment_method": text} if choices.names_method(talk, text) else {}
    )


def _read_quantity(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    return _said_entities(talk, "quantity") or choices.quantity_in(text)


def _read_date(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    day = find_day(text)
    return _said_entities(talk, "date") or ({"date": day} if day else {})


def _read_address(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    address = find_address(text) or (text if is_address(text.strip()) else "")
    return {"address": " ".join(address.split())[:MAX_FREE_TEXT]} if address else {}


ANSWERS: Mapping[str, Callable[[Talk, Frame, str], dict[str, str]]] = {
    "item": _read_item,
    "product": _read_product,
    "option": _read_option,
    "payment_method": _read_payment,
    "quantity": _read_quantity,
    "date": _read_date,
    "address": _read_address,
    "pick": pick.read_pick,
}


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
    return slot in FREE or (slot not in COLLECTORS and not _choices(talk.flow_of(frame), slot))


def _choices(flow: Flow, slot: str) -> list[str]:
    spec = flow.slots.get(slot)
    return spec.choices or [] if spec else []

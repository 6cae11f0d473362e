"""Where an order is, told to somebody who knows its number and one thing more: its status, and nothing personal.

Nothing of it is remembered as a proof: each look is proven by itself. Whether an order exists never shows.
"""

from typing import Any

from services.dialogue.domain.effects import GlimpseOrder, MayTry, Steps, ask
from services.dialogue.domain.proofs import find_proof
from services.dialogue.domain.reading import find_numbers
from services.dialogue.domain.shop import Glimpse
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Prompt, Talk

NUMBER, PROOF = "glimpse_order", "glimpse_proof"
MAX_LOOKS = 5
"""Looks that one conversation may try."""


def waiting(talk: Talk, frame: Frame) -> Frame | None:
    """The flow that this question about the customer is for, if a glimpse would do for it."""
    place = next((i for i, other in enumerate(talk.state.stack) if other.id == frame.id), 0)
    below = talk.state.stack[place - 1] if place > 0 else None
    return below if below is not None and talk.flow_of(below).glimpse else None


def read(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    """The number and the proof in an answer; the number may have been said before."""
    below = waiting(talk, frame)
    if below is None:
        return {}
    numbers = find_numbers(text, talk.rules.order_number)
    number, proof = (numbers or [below.mentions.get("order", "")])[0], find_proof(text, talk.rules.order_number)
    return {NUMBER: number.upper(), PROOF: proof} if number and proof else {}


def known(talk: Talk, frame: Frame) -> dict[str, Any]:
    """What the question for an e-mail address may say of the other way: the number that a proof is wanted for."""
    below = waiting(talk, frame)
    number = below.mentions.get("order") if below else None
    return {"number": number} if number else {}


def show(talk: Talk, frame: Frame) -> Steps[bool]:
    """Says where the order is, if the proof fits. Never fills the slot: the flow ends here, or the question stays."""
    number, proof = frame.mentions.pop(NUMBER), frame.mentions.pop(PROOF)
    below = waiting(talk, frame)
    talk.state.looks += 1
    if below is None or talk.state.looks > MAX_LOOKS or not (yield from ask(MayTry("glimpse", number))):
        talk.prompt = Prompt("too_many_lookups")
        return False
    found = yield from ask(GlimpseOrder(number, proof))
    if found is None or found.number != number:
        talk.prompt = Prompt("order_not_proven")
        return False
    response = talk.flow_of(below).glimpse or ""
    talk.drop(below)
    yield from talk.say(response, None, _facts(found))
    return False


def _facts(found: Glimpse) -> dict[str, Any]:
    return {"glimpse": found.model_dump(mode="json")}

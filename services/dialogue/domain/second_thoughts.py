"""Second thoughts right after a change: what can be changed once more is prepared, the rest is for a person."""

import re

from services.dialogue.domain import cards, people
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.reading import plain
from services.dialogue.domain.state import Done
from services.dialogue.domain.talk import Talk

SAID, SAID_AGAIN = "second_thoughts", "second_thoughts_again"
UNDOES = re.compile(
    r"\b(?:undo|revert|roll (?:it|that) back|(?:change|put|set|switch|take) (?:it|that|this|everything) back"
    r"|didn'?t mean (?:it|that|to)|by mistake|made a mistake)\b"
    r"|撤回|撤销|改回|换回|恢复|还原|反悔|后悔|点错|按错|弄错了|搞错了",
    re.IGNORECASE,
)
AGAIN = frozenset(
    {"change_address", "change_payment", "change_item", "change_quantity", "change_delivery", "change_profile"}
)
"""Actions whose effect the same action can replace: a change back is a change like any other, with its own preview."""


def had(talk: Talk) -> Done | None:
    """The write of the turn before, if this text speaks against it."""
    done = talk.state.done
    if done is None or done.turn != talk.said.turn - 1 or SAID not in talk.rules.speaks:
        return None
    sure = talk.rules.thresholds.flow
    denies = any(request.intent == "deny" and request.confidence >= sure for request in talk.said.requests)
    return done if denies or UNDOES.search(plain(talk.said.text)) else None


def tell(talk: Talk, done: Done) -> Steps[None]:
    """Says that it is done, and what is possible now; a change back has a preview and a confirmation of its own."""
    facts = {"number": done.number, **cards.target_facts(done.preview)}
    if done.preview.action in AGAIN and done.flow in talk.rules.flows and SAID_AGAIN in talk.rules.speaks:
        yield from talk.say(SAID_AGAIN, None, facts)
        kept = ("order", "item")
        known = {slot: value for slot, value in done.preview.arguments.items() if slot in kept}
        talk.push(done.flow, slots=known, carded=True)
    else:
        yield from talk.say(SAID, None, facts)
        people.offer(talk)

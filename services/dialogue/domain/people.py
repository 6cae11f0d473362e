"""Handing over to a person: the ticket, the promise of a time, and the bot's silence."""

from services.dialogue.domain.effects import CurrentTicket, HandBack, OpenTicket, Steps, ask
from services.dialogue.domain.talk import Talk
from shared.ports import Ticket
from shared.shop.required import OFFER_PERSON

URGENT_SIGNALS = ("self_harm", "legal_threat", "data_request", "wants_person")
"""Signals after which a person takes over, whatever else was said. The first is the gravest."""


def hand_over(talk: Talk, reason: str) -> Steps[None]:
    """Opens a ticket and says when a person will come. From then on nothing begun before can be confirmed."""
    talk.state.forget_flows()
    talk.state.failures = 0
    ticket = yield from ask(OpenTicket(reason, talk.said.language))
    talk.state.ticket = ticket.number
    yield from tell_waiting(talk, ticket)


def tell_waiting(talk: Talk, ticket: Ticket) -> Steps[None]:
    """Says the ticket's number and place in the queue, and the time that follows from it."""
    _carry(talk, ticket)
    facts = {"ticket": ticket.number, "position": ticket.position}
    opens_at = talk.rules.opens_at(talk.said.now)
    if ticket.state == "claimed":
        yield from talk.say("handoff_claimed", None, facts)
    elif opens_at is not None:
        today = talk.rules.local_time(talk.said.now).date() == opens_at.date()
        opens = {"opens_at": opens_at.isoformat(), "opens_time": f"{opens_at:%H:%M}", "opens_today": today}
        yield from talk.say("handoff_closed", None, {**facts, **opens})
    else:
        minutes = talk.rules.profile.handoff.minutes_per_ticket * max(ticket.position, 1)
        yield from talk.say("handoff_queued", None, {**facts, "minutes": minutes})


def stay_silent(talk: Talk) -> Steps[bool]:
    """Whether a person has the word. The customer may take it back, or ask by button how long it takes."""
    if talk.state.ticket is None:
        return False
    ticket = yield from ask(CurrentTicket())
    if ticket is None:
        talk.state.ticket = None
        return False
    if _wants_bot_back(talk):
        yield from _take_back(talk, ticket)
    elif talk.said.input.handoff:
        yield from tell_waiting(talk, ticket)
    else:
        _carry(talk, ticket)
    return True


def offer(talk: Talk) -> None:
    """Asks, at the end of the turn, whether the customer would like a person."""
    if talk.top is None or talk.top.flow != OFFER_PERSON:
        talk.push(OFFER_PERSON)


def urgent_signal(talk: Talk) -> str | None:
    """The gravest signal in what was said, if any."""
    signals = set(talk.said.understanding.signals)
    if _wants_bot_back(talk):
        signals.discard("wants_person")
    return next((signal for signal in URGENT_SIGNALS if signal in signals), None)


def stumble(talk: Talk) -> Steps[None]:
    """The bot did not understand: first it asks to rephrase, then it offers a person, then it gets one."""
    talk.state.failures += 1
    if talk.state.failures == 1:
        yield from talk.say("cannot_handle")
    elif talk.state.failures == 2:
        yield from talk.say("cannot_handle_again")
        offer(talk)
    else:
        yield from hand_over(talk, "repeated_failure")


def _take_back(talk: Talk, ticket: Ticket) -> Steps[None]:
    yield from ask(HandBack(ticket.number))
    talk.state.ticket = None
    talk.handoff = {"ticket": ticket.number, "state": "returned", "position": 0}
    yield from talk.say("handed_back")


def _wants_bot_back(talk: Talk) -> bool:
    sure = talk.rules.thresholds.flow
    return any(request.intent == "back_to_bot" and request.confidence >= sure for request in talk.said.requests)


def _carry(talk: Talk, ticket: Ticket) -> None:
    talk.handoff = {"ticket": ticket.number, "state": ticket.state, "position": ticket.position}

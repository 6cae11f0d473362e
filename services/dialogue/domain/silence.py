"""A customer who falls silent before a question: reminded once, and after a longer while the flow is put away."""

from services.dialogue.domain.effects import Steps
from services.dialogue.domain.rules import Rules
from services.dialogue.domain.state import DialogueState
from services.dialogue.domain.talk import Talk
from shared.shop.required import INACTIVITY, PUT_AWAY


def remind_at(rules: Rules, state: DialogueState) -> float | None:
    """When to remind (seconds since 1970) if the customer says nothing more; None where nothing waits for them."""
    timing, top = rules.profile.inactivity, state.stack[-1] if state.stack else None
    # A person has the word, or all that was asked is whether one is wanted.
    if timing is None or top is None or not top.waiting or top.fleeting or state.ticket is not None:
        return None
    return state.heard_at + timing.remind_after_minutes * 60 if reminders(rules) else None


def reminders(rules: Rules) -> tuple[str, ...]:
    """The responses that remind: those that the shop's pattern says."""
    flow = rules.flows.get(INACTIVITY)
    return tuple(ready.step.say for ready in flow.steps if ready.step.say) if flow else ()


def put_away(talk: Talk) -> Steps[None]:
    """Gives up what waited for too long, so that a late answer starts nothing; the customer is told."""
    timing, state = talk.rules.profile.inactivity, talk.state
    if timing is None or not state.stack or not state.heard_at:
        return
    if talk.said.now - state.heard_at < timing.put_away_after_minutes * 60:
        return
    waited = not state.stack[-1].fleeting
    state.forget_flows()
    if waited and PUT_AWAY in talk.rules.speaks:
        yield from talk.say(PUT_AWAY)

"""Hearing what a customer typed: an answer, a yes, a no, a new wish in between, or several at once."""

from collections.abc import Sequence

from services.dialogue.domain import (
    answers,
    cards,
    clarify,
    corrections,
    options,
    people,
    second_thoughts,
    slots,
    writes,
)
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.reading import asks_for, gives_up, negates, plain, points_back, wants_another
from services.dialogue.domain.rules import Flow
from services.dialogue.domain.run import run
from services.dialogue.domain.selling import meant, pick
from services.dialogue.domain.selling.wish import looks_for_goods
from services.dialogue.domain.state import Frame, PendingPreview
from services.dialogue.domain.talk import Prompt, Talk
from shared.contracts.messages import Request
from shared.shop.required import IDENTIFY

SOCIAL = frozenset({"greeting", "thanks", "goodbye"})
YES_OR_NO = frozenset({"affirm", "deny"})
NO_WISH = YES_OR_NO | {answers.OUTSIDE}
MAX_AGENDA = 5
SHORT_ANSWER = 24
MAX_TRIES = 3


def on_text(talk: Talk) -> Steps[None]:
    """What the text does to the conversation."""
    if signal := people.urgent_signal(talk):
        yield from _on_signal(talk, signal)
        return
    frame, pending = talk.top, talk.state.pending
    slot = _asked(talk, frame) if frame else None
    if frame and pending and pending.frame == frame.id:
        yield from _at_confirmation(talk, frame, pending)
    elif (frame is None or frame.fleeting) and pick.is_narrowed(talk):
        if frame:
            talk.drop(frame)
        yield from pick.narrow(talk)
    elif frame and pick.is_taken(talk, frame):
        pick.take(talk, frame)
    elif frame and slot:
        yield from _at_question(talk, frame, slot)
    else:
        yield from _at_rest(talk)


def _at_rest(talk: Talk) -> Steps[None]:
    """Nothing is asked."""
    if (done := second_thoughts.had(talk)) and not _wishes(talk, NO_WISH):
        yield from second_thoughts.tell(talk, done)
    else:
        yield from serve_all(talk, talk.said.requests)


def _on_signal(talk: Talk, signal: str) -> Steps[None]:
    if signal in talk.rules.starts and talk.state.pending is None:
        # The shop has a flow of its own for it; what understanding made of the text does not matter.
        yield from serve(talk, Request(intent=signal, confidence=1.0, text=talk.said.text))
        return
    if (response := f"signal_{signal}") in talk.rules.speaks:
        yield from talk.say(response)
    yield from people.hand_over(talk, signal)


def _asked(talk: Talk, frame: Frame) -> str | None:
    flow = talk.flow_of(frame)
    return flow.steps[frame.step].step.collect if frame.step < len(flow.steps) else None


# --- a preview is before the customer --------------------------------------------------------


def _at_confirmation(talk: Talk, frame: Frame, pending: PendingPreview) -> Steps[None]:
    about_it = YES_OR_NO | _own_intents(talk, frame)
    only_about_it = all(request.intent in about_it for request in talk.said.requests)
    other = corrections.other_order(talk, frame) if "order" in frame.slots else None
    if writes.is_confirmed_by_words(talk, pending):
        yield from confirm(talk, frame, pending, by_words=True)
    elif (only_about_it or corrections.corrects(talk.said.text)) and (other or _means_another(talk, frame)):
        corrections.correct_order(talk, frame, other)
    elif (values := (yield from corrections.new_values(talk, frame))) and _is_no_new_wish(talk, about_it):
        corrections.rewind(talk, frame, values)
    elif _declines(talk, about_it):
        yield from decline(talk, frame, pending)
        yield from serve_all(talk, _wishes(talk, about_it))
    elif only_about_it:
        yield from writes.unclear(talk, pending)
    else:
        yield from serve_all(talk, talk.said.requests)


def _means_another(talk: Talk, frame: Frame) -> bool:
    return "order" in frame.slots and wants_another(talk.said.text)


def _is_no_new_wish(talk: Talk, about_it: frozenset[str]) -> bool:
    """Whether a text that gives a value anew is a correction: it says so, is short, or wants nothing else."""
    return (
        corrections.corrects(talk.said.text)
        or len(plain(talk.said.text)) <= SHORT_ANSWER
        or not _wishes(talk, about_it | NO_WISH)
    )


def confirm(talk: Talk, frame: Frame, pending: PendingPreview, *, by_words: bool) -> Steps[None]:
    """Does it if this confirmation counts; else a fresh preview will be shown."""
    if writes.may_confirm(talk, pending, by_words=by_words):
        yield from writes.commit(talk, frame, pending)
    else:
        talk.state.pending = None


def decline(talk: Talk, frame: Frame, pending: PendingPreview) -> Steps[None]:
    """Ends the flow with nothing changed."""
    talk.drop(frame)
    yield from talk.say("preview_declined", None, cards.target_facts(pending.preview))


def _declines(talk: Talk, about_it: frozenset[str]) -> bool:
    requests, text = talk.said.requests, talk.said.text
    sure = talk.rules.thresholds.interrupt
    if gives_up(text) or any(request.intent == "deny" and request.confidence >= sure for request in requests):
        return True
    return negates(text) and all(request.intent in about_it | NO_WISH for request in requests)


# --- a question is before the customer -------------------------------------------------------


def _at_question(talk: Talk, frame: Frame, slot: str) -> Steps[None]:
    value = slots.read(talk, frame, slot, talk.said.text)
    wishes = _wishes(talk, NO_WISH)
    if other := _other_order_meant(talk, frame, slot):
        corrections.correct_order(talk, frame, other)
    elif value and (_is_typed(slot) or not _interrupts(talk, frame, slot)):
        frame.mentions.update(value)
        _rewind_to_email(talk, frame, value)
    elif frame.fleeting:
        talk.drop(frame)
        yield from on_text(talk)
    elif _backs_out(talk):
        yield from _cancel(talk, frame)
        yield from serve_all(talk, wishes)
    elif wishes:
        yield from serve_all(talk, talk.said.requests)
    else:
        yield from _misfit(talk, frame, slot)


def _other_order_meant(talk: Talk, frame: Frame, slot: str) -> str | None:
    """Another order than the one that the question is about, where the customer corrects that."""
    if slot == "order" or "order" not in frame.slots:
        return None
    other_wishes = _wishes(talk, NO_WISH | _own_intents(talk, frame))
    meant = corrections.corrects(talk.said.text) or not other_wishes
    return corrections.other_order(talk, frame) if meant else None


def _is_typed(slot: str) -> bool:
    """Slots whose values nothing else looks like."""
    return slot in ("email", "one_time_code", "address")


def _interrupts(talk: Talk, frame: Frame, slot: str) -> bool:
    """Whether the text is rather a new wish than the answer that it may also be."""
    text = plain(talk.said.text)
    if len(text) <= SHORT_ANSWER and not text.endswith(("?", "吗", "呢")):
        return False
    if slot == "item" and not asks_for(talk.said.text):
        return False
    sure = talk.rules.thresholds.interrupt
    if slots.is_free_text(talk, frame, slot):
        if not asks_for(talk.said.text):
            return False
        sure = talk.rules.thresholds.free_text_interrupt
    return any(request.confidence >= sure for request in _wishes(talk, NO_WISH | _own_intents(talk, frame)))


def _rewind_to_email(talk: Talk, frame: Frame, value: dict[str, str]) -> None:
    """Another address instead of the code: a code goes there."""
    if "email" in value and frame.slots.pop("email", ""):
        frame.step = talk.flow_of(frame).step_of("email")


def _backs_out(talk: Talk) -> bool:
    sure = talk.rules.thresholds.interrupt
    denied = any(request.intent == "deny" and request.confidence >= sure for request in talk.said.requests)
    return denied or gives_up(talk.said.text)


def _cancel(talk: Talk, frame: Frame) -> Steps[None]:
    """Drops the flow; with the question who the customer is goes the flow that wanted to know."""
    place = talk.state.stack.index(frame)
    if frame.flow == IDENTIFY and place > 0:
        frame = talk.state.stack[place - 1]
        talk.state.challenge = None
    talk.drop(frame)
    yield from talk.say("flow_cancelled")


def _misfit(talk: Talk, frame: Frame, slot: str) -> Steps[None]:
    request = talk.said.requests[0].model_copy(update={"text": talk.said.text})
    if (yield from answers.answered(talk, request)):
        return
    frame.tries += 1
    if frame.tries >= MAX_TRIES:
        frame.tries = 0
        yield from talk.say("cannot_handle_again")
        people.offer(talk)
    elif (response := f"retry_{slot}") in talk.rules.speaks:
        talk.prompt = Prompt(response)


# --- wishes ----------------------------------------------------------------------------------


def _own_intents(talk: Talk, frame: Frame) -> frozenset[str]:
    return frozenset(intent for intent, flow in talk.rules.starts.items() if flow in (frame.flow, frame.origin))


def _wishes(talk: Talk, besides: frozenset[str]) -> tuple[Request, ...]:
    """The requests that ask for something other than this, and surely enough."""
    sure = talk.rules.thresholds.interrupt
    return tuple(r for r in talk.said.requests if r.intent not in besides and r.confidence >= sure)


def serve_all(talk: Talk, requests: Sequence[Request]) -> Steps[None]:
    """Serves the requests in their order; what must wait for an answer of the customer goes on the agenda."""
    if len(requests) > 1:
        requests = [r for r in requests if r.intent not in SOCIAL | YES_OR_NO] or requests[:1]
    for request in requests:
        if talk.state.ticket is None:
            yield from serve(talk, request)


def serve(talk: Talk, request: Request) -> Steps[None]:
    """Starts the flow of this request, or answers it from the shop's pages."""
    name = talk.rules.flow_for(request)
    between = clarify.candidates(talk, request) if len(talk.said.requests) == 1 and not talk.state.stack else ()
    if between:
        clarify.ask_which(talk, request, between)
    elif name is not None:
        yield from _start(talk, name, request)
    elif request.intent in YES_OR_NO and request.confidence >= talk.rules.thresholds.flow:
        yield from talk.say("nothing_to_confirm")
    elif name is None and talk.rules.picks and looks_for_goods(request.text):
        yield from _start(talk, talk.rules.picks, request)
    else:
        yield from answers.answer(talk, request)


def _start(talk: Talk, name: str, request: Request) -> Steps[None]:
    talk.state.failures = 0
    flow = talk.rules.flows[name]
    heard = {entity.type: entity.value for entity in request.entities if entity.type in flow.slots}
    heard |= slots.heard(talk, request, request.text)
    if _sells(talk, flow):
        heard = meant.pointed_at(talk, request) | heard
    same = next((frame for frame in talk.state.stack if _is_about(talk, frame, name, request)), None)
    elsewhere = talk.busy and same is not None and heard.get("order") not in (None, same.slots.get("order"))
    if same is not None and not elsewhere:
        _say_again(talk, same, request, heard)
    elif not flow.instant and (talk.busy or _is_identifying(talk)):
        talk.state.agenda = [*talk.state.agenda, request][:MAX_AGENDA]
    else:
        talk.make_room()
        talk.push(name, request.text, mentions=heard)
        talk.busy = (yield from run(talk, len(talk.state.stack) - 1)) or talk.busy


def _sells(talk: Talk, flow: Flow) -> bool:
    """Whether the flow is about goods of the catalogue, itself or in one that it calls or always goes over to."""
    steps = [ready.step for ready in flow.steps]
    names = [name for step in steps for name in (step.call, None if step.when else step.then) if name]
    further = [talk.rules.flows[name] for name in names if name in talk.rules.flows and name != flow.name]
    return "product" in flow.collects or any(_sells(talk, one) for one in further)


def _is_about(talk: Talk, frame: Frame, name: str, request: Request) -> bool:
    """Whether the request is the wish that the frame serves: its flow, or in the same message one that leads there."""
    if name in (frame.flow, frame.origin):
        return True
    flows = talk.rules.flows
    ways = {(flow, ready.step.then) for flow in (name, frame.flow) for ready in flows[flow].steps}
    related = (name, frame.flow) in ways or (frame.flow, name) in ways
    return related and talk.busy and points_back(request.text)


def _say_again(talk: Talk, frame: Frame, request: Request, heard: dict[str, str]) -> None:
    """The customer says what they want once more: what they say now counts, on another order if they name one."""
    other = heard.get("order")
    if frame is not talk.top or other is None:
        frame.mentions.update(heard)
        return
    if other != frame.slots.get("order", other):
        corrections.correct_order(talk, frame, other)
    frame.words = request.text
    frame.mentions = {**frame.mentions, **heard, "asked_option": options.NEVER}


def _is_identifying(talk: Talk) -> bool:
    return any(frame.flow == IDENTIFY for frame in talk.state.stack)

"""One turn of the dialogue: `advance` takes what the customer did and yields what it needs of the world."""

from services.dialogue.domain import identify, people, silence, slots, trace, writes
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.expressions import FlowError
from services.dialogue.domain.listen import confirm, decline, on_text, serve
from services.dialogue.domain.rules import Rules
from services.dialogue.domain.run import run
from services.dialogue.domain.state import DialogueState, Frame, PendingPreview
from services.dialogue.domain.talk import Said, Shown, Talk, Turned


def advance(state: DialogueState, said: Said, rules: Rules) -> Steps[Turned]:
    """The next state and the plan of this turn. `state` itself is left as it is."""
    talk = Talk(state.own_copy(), said, rules, said.identity)
    trouble = None
    try:
        yield from trace.traced(talk, _turn(talk))
    except FlowError as exc:
        trouble = str(exc)
        talk.notes.append(f"failed: {trouble}")
        yield from _fail(talk)
    turned = talk.result(trouble)
    trace.keep(turned, talk)
    return turned


def _turn(talk: Talk) -> Steps[None]:
    _know_customer(talk)
    writes.note_seen(talk)
    write, said = talk.state.open_write, talk.said
    if write and (write.turn, write.client_message_id) == (said.turn, said.input.client_message_id):
        yield from writes.resume(talk, write)
    else:
        if write:
            yield from writes.settle_earlier(talk, write)
        if (yield from people.stay_silent(talk)):
            return
        yield from silence.put_away(talk)
        yield from _heed(talk)
    yield from _go_on(talk)


def _know_customer(talk: Talk) -> None:
    """Nothing begun for one customer goes on for another."""
    known, proven = talk.state.customer_id, talk.verified
    if proven is not None and known not in (None, proven):
        talk.state.forget_flows()
        talk.state.focus = None
    if proven is not None:
        talk.state.customer_id = proven
        identify.drop_if_proven(talk)


def _fail(talk: Talk) -> Steps[None]:
    """A flow is broken: what was done is still told, the rest is given up."""
    talk.state.forget_flows()
    if talk.receipt is not None:
        yield from talk.say("write_done")
    yield from talk.say("internal_error")


def _heed(talk: Talk) -> Steps[None]:
    sent = talk.said.input
    if sent.handoff:
        yield from people.hand_over(talk, "customer_asked")
    elif sent.confirm is not None:
        yield from _on_confirm(talk, sent.confirm)
    elif sent.decline is not None:
        yield from _on_decline(talk, sent.decline)
    elif sent.choose is not None:
        yield from _on_choose(talk, sent.choose)
    elif sent.identified:
        yield from talk.say("identified")
    else:
        yield from on_text(talk)


def _on_confirm(talk: Talk, preview_id: str) -> Steps[None]:
    found = _pending(talk, preview_id)
    if found is None:
        yield from talk.say("preview_gone")
    else:
        yield from confirm(talk, *found, by_words=False)


def _on_decline(talk: Talk, preview_id: str) -> Steps[None]:
    found = _pending(talk, preview_id)
    if found is None:
        yield from talk.say("preview_gone")
    else:
        yield from decline(talk, *found)


def _pending(talk: Talk, preview_id: str) -> tuple[Frame, PendingPreview] | None:
    """The pending preview if it has this id, and its flow, brought to the top."""
    pending = talk.state.pending
    frame = next((frame for frame in talk.state.stack if pending and frame.id == pending.frame), None)
    if pending is None or frame is None or pending.id != preview_id:
        return None
    _bring_to_top(talk, frame)
    return frame, pending


def _bring_to_top(talk: Talk, frame: Frame) -> None:
    """What lay on the flow that the customer goes on with is given up."""
    place = talk.state.stack.index(frame)
    if place + 1 < len(talk.state.stack):
        talk.drop(talk.state.stack[place + 1])


def _on_choose(talk: Talk, option_id: str) -> Steps[None]:
    stack = reversed(talk.state.stack)
    frame = next((frame for frame in stack if any(option.id == option_id for option in frame.options)), None)
    slot = talk.flow_of(frame).steps[frame.step].step.collect if frame else None
    if frame is None or slot is None:
        yield from talk.say("choice_gone")
        return
    _bring_to_top(talk, frame)
    frame.mentions[slot] = option_id


def _go_on(talk: Talk) -> Steps[None]:
    """Runs what is under way, then what is on the agenda, and ends with a question if one is open."""
    waiting = yield from run(talk)
    while not waiting and talk.state.agenda and talk.state.ticket is None:
        # Nothing waits any more, so that what is served now must not be put off once more.
        talk.busy = False
        talk.tick()
        yield from serve(talk, talk.state.agenda.pop(0))
        waiting = yield from run(talk)
    if waiting and talk.top is not None:
        yield from _question(talk, talk.top)
    elif not talk.replies:
        yield from people.stumble(talk)


def _question(talk: Talk, frame: Frame) -> Steps[None]:
    slot = talk.flow_of(frame).steps[frame.step].step.collect
    if slot is None:
        yield from writes.question(talk, frame)
        return
    prompt, expects = slots.question(talk, frame, slot)
    options = [option.model_dump() for option in frame.options]
    yield from talk.say(prompt.response, frame, {"options": options, **prompt.arguments}, Shown(expects=expects))

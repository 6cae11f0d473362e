"""Running flows: one function a verb, until the customer must speak or nothing is left to do."""

from collections.abc import Callable, Mapping

from services.dialogue.domain import answers, people, slots, writes
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.expressions import FlowError
from services.dialogue.domain.rules import ReadyStep
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk
from services.dialogue.domain.values import evaluate
from shared.contracts.messages import Request
from shared.shop.flows import Verb
from shared.shop.required import IDENTIFY


def run(talk: Talk, floor: int = 0) -> Steps[bool]:
    """Runs the stack down to `floor` frames. True when it stops for the customer before that."""
    while len(talk.state.stack) > floor:
        frame = talk.state.stack[-1]
        frame.waiting = False
        if (yield from _step(talk, frame)):
            frame.waiting = True
            return True
    return False


def _step(talk: Talk, frame: Frame) -> Steps[bool]:
    """One step of the frame. True when it waits for the customer."""
    talk.tick()
    flow = talk.flow_of(frame)
    if flow.needs_customer and talk.verified is None:
        email = frame.mentions.pop("email", None)
        talk.push(IDENTIFY, frame.words, mentions={"email": email} if email else {})
        return False
    if frame.step >= len(flow.steps):
        yield from _end(talk, frame)
        return False
    ready = flow.steps[frame.step]
    talk.notes.append(f"{frame.flow} step {frame.step + 1}: {ready.step.verb} {getattr(ready.step, ready.step.verb)}")
    return (yield from VERBS[ready.step.verb](talk, frame, ready))


def _end(talk: Talk, frame: Frame) -> Steps[None]:
    if talk.receipt is not None:
        yield from talk.say("write_done", frame)
    talk.drop(frame)


def _collect(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    slot, step = ready.step.collect or "", frame.step
    if (yield from slots.collect(talk, frame, slot)):
        frame.step += 1
        frame.tries = 0
        return False
    return talk.top is frame and frame.step == step


def _when(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    if ready.when is None:
        raise FlowError("a condition without an expression")
    holds = yield from evaluate(talk, frame, ready.when)
    if not holds:
        frame.step += 1
        return False
    if ready.step.say:
        yield from talk.say(ready.step.say, frame)
    jump = next((verb for verb in ready.step.verbs if verb in ("then", "call", "handoff", "end")), None)
    if jump is None:
        frame.step += 1
        return False
    return (yield from VERBS[jump](talk, frame, ready))


def _say(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    yield from talk.say(ready.step.say or "", frame)
    frame.step += 1
    return False


def _act(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    arguments = {}
    for name, expression in ready.arguments.items():
        if value := str((yield from evaluate(talk, frame, expression)) or ""):
            arguments[name] = value
    action = ready.step.act or ""
    return (yield from writes.prepare(talk, frame, action, arguments))


def _search(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    if ready.search is None:
        raise FlowError("a search without an expression")
    frame.step += 1
    text = yield from evaluate(talk, frame, ready.search)
    yield from answers.answer(talk, Request(intent="faq", confidence=1.0, text=str(text or "")))
    return False


def _then(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    yield from ()
    talk.drop(frame)
    known = {"slots": dict(frame.slots), "mentions": dict(frame.mentions), "carded": frame.carded}
    talk.push(ready.step.then or "", frame.words, origin=frame.origin or frame.flow, **known)
    return False


def _call(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    yield from ()
    frame.step += 1
    talk.push(ready.step.call or "", frame.words, slots=dict(frame.slots), mentions=dict(frame.mentions))
    return False


def _handoff(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    yield from people.hand_over(talk, ready.step.handoff or frame.flow)
    return False


def _finish(talk: Talk, frame: Frame, ready: ReadyStep) -> Steps[bool]:
    yield from _end(talk, frame)
    return False


VERBS: Mapping[Verb, Callable[[Talk, Frame, ReadyStep], Steps[bool]]] = {
    "collect": _collect,
    "when": _when,
    "say": _say,
    "act": _act,
    "search": _search,
    "then": _then,
    "call": _call,
    "handoff": _handoff,
    "end": _finish,
}

"""What an operator may read of a turn: what understanding said, which steps ran, what was asked of the world.

No words of the customer, no addresses, no codes: names, places in flows, order numbers and figures only.
"""

from typing import Any

from services.dialogue.domain import effects as fx
from services.dialogue.domain.state import DialogueState, Trace
from services.dialogue.domain.talk import Said, Talk, Turned

KEPT_TURNS = 10


def traced(talk: Talk, steps: fx.Steps[None]) -> fx.Steps[None]:
    """Passes the steps' effects on, and notes each."""
    try:
        effect = next(steps)
        while True:
            talk.notes.append(f"asks {described(effect)}")
            effect = steps.send((yield effect))
    except StopIteration:
        return


def described(effect: fx.Effect[Any]) -> str:
    """The effect's name, and what it is about where that is no secret."""
    name = type(effect).__name__
    match effect:
        case fx.LoadOrder(number=number):
            return f"{name} {number}"
        case fx.LoadProducts(ids=ids):
            return f"{name} {', '.join(ids) if ids is not None else 'all'}"
        case fx.PreviewAct(action=action, arguments=arguments):
            return f"{name} {action} ({', '.join(arguments)})"
        case fx.RecordIntent(write=write) | fx.CommitAct(write=write) | fx.ReadBack(write=write):
            return f"{name} {write.preview.action} {write.preview.target} key {write.key[:8]}"
    return name


def understood(said: Said) -> list[str]:
    """What understanding made of the message, without its words."""
    sent = said.input
    done = next((name for name in ("confirm", "decline", "choose") if getattr(sent, name) is not None), None)
    if done or sent.handoff or sent.identified:
        return [f"customer used {done or 'a button'}"]
    lines = [
        f"understood {request.intent} {request.confidence:.2f}"
        + "".join(f", or {name} {share:.2f}" for name, share in request.alternatives[:2])
        + "".join(f"; {kind}" for kind in dict.fromkeys(entity.type for entity in request.entities))
        for request in said.requests
    ]
    return lines + [f"signal {signal}" for signal in said.understanding.signals]


def keep(turned: Turned, talk: Talk) -> None:
    """Adds the turn's trace to the state, and drops the oldest."""
    said = [f"says {reply.response} ({', '.join(sorted(reply.arguments))})" for reply in turned.plan.replies]
    trace = Trace(turn=talk.said.turn, lines=(*understood(talk.said), *talk.notes, *said))
    turned.state.traces = [*turned.state.traces, trace][-KEPT_TURNS:]


def trace_of(state: DialogueState, turn: int | None) -> Trace | None:
    """The trace of this turn, of the last one for None."""
    return next((trace for trace in reversed(state.traces) if turn in (None, trace.turn)), None)

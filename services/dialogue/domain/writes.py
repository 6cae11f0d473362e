"""The one way to change the shop: preview, confirmation, recorded intent, commit once, read back, receipt."""

import hashlib
import json

from services.dialogue.domain import cards, people
from services.dialogue.domain.actions import ACTIONS, Seen
from services.dialogue.domain.effects import (
    CommitAct,
    IsUntold,
    LookUpReceipt,
    PreviewAct,
    ReadBack,
    RecordIntent,
    Steps,
    Unknown,
    ask,
)
from services.dialogue.domain.expressions import FlowError
from services.dialogue.domain.reading import is_plain_yes
from services.dialogue.domain.shop import Drifted, Preview, Receipt, Refusal
from services.dialogue.domain.state import Done, Frame, OpenWrite, PendingPreview
from services.dialogue.domain.talk import Prompt, Said, Shown, Talk
from shared.contracts.messages import Expects

PREVIEW_LASTS_S = 600
NEGATED = "negated_act"
LOOK_UP_AFTER_S = (0.2, 0.5, 1.0)
GIVEN_UP_AFTER_S = 120
"""A write without a receipt after so long did not happen."""


def prepare(talk: Talk, frame: Frame, action: str, arguments: dict[str, str]) -> Steps[bool]:
    """Shows a preview of the act. True when the customer has one to confirm."""
    # An act that nothing knows how to read back is not done at all.
    if action not in ACTIONS or action not in talk.rules.profile.actions:
        raise FlowError(f"the action {action} is not allowed")
    if talk.state.open_write is not None:
        yield from talk.say("write_still_checking", frame)
        talk.drop(frame)
        return False
    if _still_open(talk, frame):
        return True
    owner = talk.must_be_verified()
    talk.state.pending = None
    answer = yield from ask(PreviewAct(owner, action, arguments))
    if isinstance(answer, Refusal):
        yield from _refuse(talk, frame, answer)
        return False
    _bind(talk, frame, answer, (action, arguments))
    return True


def _still_open(talk: Talk, frame: Frame) -> bool:
    pending = talk.state.pending
    return pending is not None and pending.frame == frame.id and _confirmable(talk, pending)


def _bind(talk: Talk, frame: Frame, preview: Preview, asked: tuple[str, dict[str, str]]) -> None:
    """Makes the preview the one that may be confirmed; any earlier one no longer can."""
    on_order = preview.arguments.get("order", preview.target)
    if (preview.action, preview.arguments) != asked or preview.target != on_order:
        raise FlowError(f"the shop previewed {preview.action} of something else than {asked[0]} that was asked for")
    bound = f"{preview.digest}:{talk.said.conversation_id}:{talk.said.turn}:{frame.id}"
    talk.state.pending = PendingPreview(
        id=f"p_{hashlib.sha256(bound.encode()).hexdigest()[:24]}",
        frame=frame.id,
        customer_id=talk.must_be_verified(),
        preview=preview,
        expires_at=talk.said.now + PREVIEW_LASTS_S,
        turn=talk.said.turn,
    )


def _refuse(talk: Talk, frame: Frame, refusal: Refusal) -> Steps[None]:
    response = refusal.reason if refusal.reason in talk.rules.speaks else "action_refused"
    yield from talk.say(response, frame, cards.resolved(refusal.facts, talk.said.language))
    talk.drop(frame)


def question(talk: Talk, frame: Frame) -> Steps[None]:
    """Puts the pending preview before the customer, again if need be; from now on a plain yes means this one."""
    pending = talk.state.pending
    if pending is None or pending.frame != frame.id:
        raise FlowError("nothing to confirm")
    again = pending.turn != talk.said.turn
    pending.turn = talk.said.turn
    frame.carded = True  # the preview shows the order itself
    prompt = talk.prompt or Prompt(f"preview_{pending.preview.action}")
    known = cards.resolved(pending.preview.facts, talk.said.language)
    facts = {**known, **prompt.arguments, "again": again, **cards.target_facts(pending.preview)}
    expects = Expects(kind="confirmation", preview=cards.preview_shown(pending))
    shown = Shown((cards.preview_card(pending, talk.said.language),), expects=expects)
    yield from talk.say(prompt.response, frame, facts, shown)


def unclear(talk: Talk, pending: PendingPreview) -> Steps[None]:
    """Nothing is done on an answer that is neither yes nor no: the question comes once more."""
    yield from _before_question(talk, f"unclear_{pending.preview.action}", "write_unclear")


def _before_question(talk: Talk, own: str, otherwise: str) -> Steps[None]:
    """Asks with the action's own wording, if the shop has one; else says the common one, and the preview follows."""
    if own in talk.rules.speaks:
        talk.prompt = Prompt(own)
    else:
        yield from talk.say(otherwise)


# --- confirming ------------------------------------------------------------------------------


def note_seen(talk: Talk) -> None:
    """A preview was seen if the turn that showed it ended well."""
    pending = talk.state.pending
    if pending is not None and _just_shown(talk.said, pending):
        pending.seen = True


def is_confirmed_by_words(talk: Talk, pending: PendingPreview) -> bool:
    """Whether this text is a yes to exactly this preview: asked in the turn before, and nothing but a yes."""
    own = {intent for intent, flow in talk.rules.starts.items() if flow in _flows_of(talk, pending)}
    requests = talk.said.requests
    if NEGATED in talk.said.understanding.signals:
        return False
    sure = talk.rules.thresholds.affirm
    meant = requests[0].intent == "affirm" and all(r.intent in {"affirm", *own} for r in requests)
    meant = meant and all(r.confidence >= sure for r in requests if r.intent == "affirm")
    return meant and is_plain_yes(talk.said.text, pending.preview.action, pending.preview.target)


def may_confirm(talk: Talk, pending: PendingPreview, *, by_words: bool) -> bool:
    """Whether a confirmation counts now: seen, not too old, the same customer; words only right after the question."""
    return _confirmable(talk, pending) and pending.seen and (not by_words or _just_shown(talk.said, pending))


def _confirmable(talk: Talk, pending: PendingPreview) -> bool:
    return talk.said.now < pending.expires_at and talk.verified == pending.customer_id


def _just_shown(said: Said, pending: PendingPreview) -> bool:
    return said.previous_end == "completed" and pending.turn == said.turn - 1


def _flows_of(talk: Talk, pending: PendingPreview) -> set[str]:
    return {name for frame in talk.state.stack if frame.id == pending.frame for name in (frame.flow, frame.origin)}


def commit(talk: Talk, frame: Frame, pending: PendingPreview) -> Steps[None]:
    """Does what the preview said, once: intent first, then the act, then the look at what the shop shows."""
    write = OpenWrite(
        key=idempotency_key(talk.said, pending),
        turn=talk.said.turn,
        client_message_id=talk.said.input.client_message_id,
        customer_id=pending.customer_id,
        preview=pending.preview,
        preview_id=pending.id,
        language=talk.said.language,
        recorded_at=talk.said.now,
        said=tuple(talk.replies),
    )
    talk.state.pending, talk.state.open_write = None, write
    yield from ask(RecordIntent(write, talk.state.own_copy()))
    result = yield from ask(CommitAct(write))
    yield from _conclude(talk, frame, write, result)


def idempotency_key(said: Said, pending: PendingPreview) -> str:
    """The same confirmation of the same preview always has the same key."""
    act = pending.preview
    parts = [said.conversation_id, said.input.client_message_id, pending.id, act.action, act.target]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def resume(talk: Talk, write: OpenWrite) -> Steps[None]:
    """Goes on with a write that this very turn began before a crash: looks first, then commits under the same key."""
    talk.replies = list(write.said)
    frame = talk.top
    if frame is None:
        raise FlowError("a write without its flow")
    result: Receipt | Drifted | Unknown | None = yield from ask(LookUpReceipt(write.key))
    if result is None:
        result = yield from ask(CommitAct(write))
    yield from _conclude(talk, frame, write, result)


def _conclude(talk: Talk, frame: Frame, write: OpenWrite, result: Receipt | Drifted | Unknown) -> Steps[None]:
    known: Receipt | Drifted | Unknown | None = result
    if isinstance(result, Unknown):
        known = yield from _look_up(write)
    if isinstance(known, Receipt) and _proves(known, write):
        yield from _read_back(talk, frame, write, known)
    elif isinstance(known, Drifted):
        yield from _drifted(talk, frame, write, known)
    else:
        yield from _leave_open(talk, frame, write)


def _look_up(write: OpenWrite) -> Steps[Receipt | None]:
    for after_s in LOOK_UP_AFTER_S:
        found = yield from ask(LookUpReceipt(write.key, after_s))
        if isinstance(found, Receipt):
            return found
    return None


def _proves(receipt: Receipt, write: OpenWrite) -> bool:
    act = write.preview
    return (receipt.key, receipt.action, receipt.target) == (write.key, act.action, act.target)


def _read_back(talk: Talk, frame: Frame, write: OpenWrite, receipt: Receipt) -> Steps[None]:
    """Says done only if the shop shows it."""
    seen = yield from ask(ReadBack(write))
    if isinstance(seen, Unknown):
        yield from _leave_open(talk, frame, write)
        return
    talk.state.open_write = None
    talk.forget_orders()
    if _shows(seen, write, receipt):
        talk.receipt = receipt
        talk.state.done = Done(turn=talk.said.turn, number=receipt.number, preview=write.preview, flow=frame.flow)
        if seen.order is not None:
            talk.focus_on(seen.order.number)
        frame.step += 1
        frame.carded = True
        return
    yield from talk.say("write_unverified", None, {**cards.target_facts(write.preview), "number": receipt.number})
    yield from people.hand_over(talk, "write_unverified")


def _shows(seen: Seen, write: OpenWrite, receipt: Receipt) -> bool:
    """Whether the shop shows the act done, on a record of this customer's."""
    act = write.preview
    if "order" in act.arguments and (seen.order is None or seen.order.customer_id != write.customer_id):
        return False
    return ACTIONS[act.action].shows(seen, act, receipt.number)


def _drifted(talk: Talk, frame: Frame, write: OpenWrite, drift: Drifted) -> Steps[None]:
    """The order changed since the preview: a new preview, or the shop's refusal."""
    talk.state.open_write = None
    talk.forget_orders()
    if drift.preview is not None:
        _bind(talk, frame, drift.preview, (write.preview.action, write.preview.arguments))
        yield from _before_question(talk, f"preview_changed_{write.preview.action}", "preview_changed")
    else:
        yield from _refuse(talk, frame, drift.refusal or Refusal(reason="changed"))


def _leave_open(talk: Talk, frame: Frame, write: OpenWrite) -> Steps[None]:
    yield from talk.say("write_outcome_unknown", None, cards.target_facts(write.preview))
    talk.drop(frame)


def settle_earlier(talk: Talk, write: OpenWrite) -> Steps[None]:
    """Learns how a write of an earlier turn ended, and tells it unless the customer has been told."""
    receipt = yield from ask(LookUpReceipt(write.key))
    done = isinstance(receipt, Receipt) and _proves(receipt, write)
    if not done and (isinstance(receipt, Unknown) or talk.said.now - write.recorded_at < GIVEN_UP_AFTER_S):
        return
    talk.state.open_write = None
    stale = next((frame for frame in talk.state.stack if frame.slots.get("order") == write.preview.target), None)
    if stale is not None:
        talk.drop(stale)
    if not (yield from ask(IsUntold(write.key))):
        return
    talk.receipt = receipt if isinstance(receipt, Receipt) and done else None
    response = "write_confirmed_late" if done else "write_did_not_happen"
    yield from talk.say(response, None, cards.target_facts(write.preview))

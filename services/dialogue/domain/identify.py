"""Proving who the customer is with a one-time code. Whether an address is known never shows."""

import hashlib
import hmac

from services.dialogue.domain import glimpses, people
from services.dialogue.domain.effects import FindCustomer, MayTry, SealedCode, SendCode, Steps, ask
from services.dialogue.domain.state import Challenge, Frame
from services.dialogue.domain.talk import Prompt, Talk
from shared.ports import Identity
from shared.shop.required import IDENTIFY

MAX_CODES = 5
"""Codes that one conversation may ask for, so that it cannot be used to pester addresses."""


def seal(code: str, salt: str) -> SealedCode:
    """The code as it is remembered: a salted digest."""
    return SealedCode(salt, hashlib.sha256(f"{salt}:{code}".encode()).hexdigest())


def collect_email(talk: Talk, frame: Frame) -> Steps[bool]:
    """Sends a code to the address, unless none would arrive. True when there is one to go on with."""
    if glimpses.PROOF in frame.mentions:
        return (yield from glimpses.show(talk, frame))
    email = frame.mentions.pop("email", None)
    if not talk.rules.sends_codes:
        yield from _ask_for_less(talk, frame, email)
        return False
    if email is None:
        spec = talk.flow_of(frame).slots.get("email")
        talk.prompt = talk.prompt or Prompt(spec.ask if spec else "ask_email", glimpses.known(talk, frame))
        return False
    if talk.state.codes_sent >= MAX_CODES or not (yield from ask(MayTry("code", email.lower()))):
        yield from _give_up(talk, "too_many_codes")
        return False
    customer = yield from ask(FindCustomer(email=email))
    sealed = yield from ask(SendCode(customer, talk.said.language))
    expires_at = talk.said.now + talk.rules.profile.one_time_code.minutes * 60
    talk.state.codes_sent += 1
    talk.state.challenge = Challenge(
        customer_id=customer.id if customer else None, salt=sealed.salt, digest=sealed.digest, expires_at=expires_at
    )
    frame.slots["email"] = masked(email)
    return True


def collect_code(talk: Talk, frame: Frame) -> Steps[bool]:
    """Checks the code. True when the customer is proven."""
    yield from ()
    code = frame.mentions.pop("one_time_code", None)
    challenge = talk.state.challenge
    if challenge is None or talk.said.now >= challenge.expires_at:
        _ask_again(talk, frame, "code_expired")
        return False
    if code is None:
        return False
    if not _fits(challenge, code):
        _count_wrong(talk, frame, challenge)
        return False
    talk.identity = Identity("L2", challenge.customer_id)
    talk.state.customer_id, talk.state.challenge = challenge.customer_id, None
    return True


def masked(email: str) -> str:
    """The address with all but its first letter and its domain hidden."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def drop_if_proven(talk: Talk) -> None:
    """Ends a waiting question for e-mail or code when the customer was proven on another way."""
    if talk.verified is None:
        return
    talk.state.challenge = None
    talk.state.stack = [frame for frame in talk.state.stack if frame.flow != IDENTIFY]


def _fits(challenge: Challenge, code: str) -> bool:
    digest = seal(code, challenge.salt).digest
    return hmac.compare_digest(digest, challenge.digest) and challenge.customer_id is not None


def _count_wrong(talk: Talk, frame: Frame, challenge: Challenge) -> None:
    challenge.wrong += 1
    left = talk.rules.profile.one_time_code.attempts - challenge.wrong
    if left > 0:
        talk.prompt = Prompt("code_wrong", {"left": left})
    else:
        _ask_again(talk, frame, "code_used_up")


def _ask_again(talk: Talk, frame: Frame, why: str) -> None:
    talk.state.challenge = None
    frame.slots.pop("email", None)
    frame.step = talk.flow_of(frame).step_of("email")
    talk.prompt = Prompt(why)


def _ask_for_less(talk: Talk, frame: Frame, email: str | None) -> Steps[None]:
    """Where no code would arrive, a glimpse is all that can be had, for flows that it will do for."""
    if glimpses.waiting(talk, frame) is None or email is not None or frame.tries:
        yield from _give_up(talk, "cannot_verify_here")
        return
    talk.prompt = talk.prompt or Prompt("ask_order_proof", glimpses.known(talk, frame))


def _give_up(talk: Talk, why: str) -> Steps[None]:
    talk.state.forget_flows()
    yield from talk.say(why)
    people.offer(talk)

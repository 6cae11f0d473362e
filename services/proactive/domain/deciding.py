"""Whether a customer may be told of an event now: one answer, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from services.proactive.domain.records import Person, Sent
from shared.shop.proactive import Caps, ProactiveRule, QuietHours

DAY_S, WEEK_S = 86_400, 7 * 86_400


@dataclass(frozen=True)
class Limits:
    """What holds for all rules of a shop."""

    quiet: QuietHours
    caps: Caps


@dataclass(frozen=True)
class Standing:
    """How things stand with a customer: `now` on their clock, since when the event lasts, what they got before.

    `complains`: a complaint of theirs is open.
    """

    now: datetime
    since: datetime
    sent: Sequence[Sent] = ()
    complains: bool = False


Verdict = Literal["send", "opted_out", "no_consent", "too_late", "too_soon", "quiet_hours", "capped", "complaint_open"]


def decide(rule: ProactiveRule, person: Person, at: Standing, limits: Limits) -> Verdict:
    """`send`, or why not now. Only `too_late` lasts; all others may change."""
    due = at.since + timedelta(hours=rule.wait_hours)
    if not _wanted(rule, person):
        return "opted_out"
    if rule.kind == "recommendations" and "recommendations" not in person.consents:
        return "no_consent"
    if at.now > due + timedelta(hours=rule.within_hours):
        return "too_late"
    if at.now < due:
        return "too_soon"
    if at.complains and rule.kind == "recommendations":
        return "complaint_open"
    if is_quiet(at.now.time(), limits.quiet):
        return "quiet_hours"
    return "capped" if is_capped(at.sent, at.now.timestamp(), limits.caps) else "send"


def _wanted(rule: ProactiveRule, person: Person) -> bool:
    """Who stopped recommendations gets none; who stopped everything gets nothing at all."""
    stopped = set(person.opted_out)
    if {"newsletter", "recommendations"} <= stopped:
        return False
    return rule.kind == "service" or rule.kind not in stopped


def is_quiet(clock: time, quiet: QuietHours) -> bool:
    """Whether the time lies in the quiet hours, which may go over midnight; the end is no longer quiet."""
    begin, end = time.fromisoformat(quiet.begin), time.fromisoformat(quiet.end)
    now = clock.replace(tzinfo=None)
    return begin <= now < end if begin < end else now >= begin or now < end


def is_capped(sent: Sequence[Sent], now: float, caps: Caps) -> bool:
    """Whether one more message would be too many for a day, or for a week."""
    today = sum(now - message.at < DAY_S for message in sent)
    this_week = sum(now - message.at < WEEK_S for message in sent)
    return today >= caps.a_day or this_week >= caps.a_week

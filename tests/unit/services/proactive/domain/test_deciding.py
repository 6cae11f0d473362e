"""Whether a customer may be written to: a table of cases, and what must hold whatever comes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.proactive.domain.deciding import DAY_S, WEEK_S, Limits, Standing, decide, is_quiet
from services.proactive.domain.records import Person, Sent
from shared.shop.proactive import Caps, ProactiveRule, QuietHours

QUIET = QuietHours(begin="21:00", end="09:00")
LIMITS = Limits(QUIET, Caps(a_day=1, a_week=3))
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)


def rule(kind: str = "service", wait: float = 12, within: float = 48) -> ProactiveRule:
    return ProactiveRule(event="shipment_late", kind=kind, wait_hours=wait, within_hours=within, response="r")


def person(*, consents: tuple[str, ...] = (), opted_out: tuple[str, ...] = ()) -> Person:
    return Person("C1", "Ada", "en", "EUR", consents=consents, opted_out=opted_out)


LIKES = person(consents=("recommendations",))


@pytest.mark.parametrize(
    ("the_rule", "who", "at", "verdict"),
    [
        (rule(), person(), Standing(NOON, YESTERDAY), "send"),
        (rule(), person(opted_out=("recommendations",)), Standing(NOON, YESTERDAY), "send"),
        (rule(), person(opted_out=("newsletter", "recommendations")), Standing(NOON, YESTERDAY), "opted_out"),
        (rule("recommendations"), person(), Standing(NOON, YESTERDAY), "no_consent"),
        (rule("recommendations"), LIKES, Standing(NOON, YESTERDAY), "send"),
        (
            rule("recommendations"),
            person(consents=("recommendations",), opted_out=("recommendations",)),
            Standing(NOON, YESTERDAY),
            "opted_out",
        ),
        (rule("recommendations"), LIKES, Standing(NOON, YESTERDAY, complains=True), "complaint_open"),
        (rule(), person(), Standing(NOON, YESTERDAY, complains=True), "send"),
        (rule(wait=30), person(), Standing(NOON, YESTERDAY), "too_soon"),
        (rule(), person(), Standing(NOON, NOON - timedelta(days=4)), "too_late"),
        (rule(), person(), Standing(NOON.replace(hour=21), YESTERDAY), "quiet_hours"),
        (rule(), person(), Standing(NOON.replace(hour=8, minute=59), YESTERDAY), "quiet_hours"),
        (rule(), person(), Standing(NOON.replace(hour=9), YESTERDAY), "send"),
        (rule(), person(), Standing(NOON, YESTERDAY, [Sent("x", NOON.timestamp() - DAY_S + 1)]), "capped"),
        (rule(), person(), Standing(NOON, YESTERDAY, [Sent("x", NOON.timestamp() - DAY_S)]), "send"),
        (
            rule(),
            person(),
            Standing(NOON, YESTERDAY, [Sent("x", NOON.timestamp() - days * DAY_S) for days in (2, 4, 6)]),
            "capped",
        ),
    ],
)
def test_what_is_decided(the_rule: ProactiveRule, who: Person, at: Standing, verdict: str) -> None:
    assert decide(the_rule, who, at, LIMITS) == verdict


clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(clocks, clocks, clocks)
def test_quiet_hours_and_the_rest_of_the_day_share_it(begin: time, end: time, now: time) -> None:
    quiet = QuietHours(begin=f"{begin:%H:%M}", end=f"{end:%H:%M}")
    rest = QuietHours(begin=f"{end:%H:%M}", end=f"{begin:%H:%M}")
    if begin != end:
        assert is_quiet(now, quiet) != is_quiet(now, rest)


moments = st.integers(0, 10 * 24 * 60).map(lambda minutes: YESTERDAY + timedelta(minutes=minutes))
standings = st.builds(
    Standing,
    now=moments,
    since=moments,
    sent=st.just(()),
    complains=st.booleans(),
)
channels = st.lists(st.sampled_from(["newsletter", "recommendations"]), unique=True).map(tuple)


@given(
    standings, st.lists(st.floats(0, 10 * DAY_S)), channels, channels, st.sampled_from(["service", "recommendations"])
)
def test_nothing_is_sent_that_must_not_be(
    at: Standing, ages: list[float], consents: tuple[str, ...], opted_out: tuple[str, ...], kind: str
) -> None:
    now = at.now.timestamp()
    at = Standing(at.now, at.since, [Sent("x", now - age) for age in ages], at.complains)
    if decide(rule(kind), person(consents=consents, opted_out=opted_out), at, LIMITS) != "send":
        return
    assert timedelta(hours=12) <= at.now - at.since <= timedelta(hours=60)
    assert 9 <= at.now.hour < 21
    assert not any(now - one.at < DAY_S for one in at.sent)
    assert sum(now - one.at < WEEK_S for one in at.sent) < 3
    assert set(opted_out) != {"newsletter", "recommendations"}
    if kind == "recommendations":
        assert "recommendations" in consents and "recommendations" not in opted_out and not at.complains

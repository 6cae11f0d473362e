import math

import pytest

from loadtest import measures
from loadtest.records import Plan, Run, TurnRecord, Visit


def run(turns: list[TurnRecord], **fields: float) -> Run:
    plan = Plan("http://127.0.0.1", rate=1, duration_s=10, seed=1, scenarios=(), customers=())
    made = Run(plan, "", visits=[Visit(0, "faq_en", "en", "rest", 0.0)], turns=turns)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def turn(intended: float, ended: float | None, outcome: str = "completed", lag_s: float = 0.0) -> TurnRecord:
    return TurnRecord(0, "text", intended, lag_s, sent=intended + lag_s, ended=ended, seq=1, outcome=outcome)


def test_latency_counts_from_the_intended_moment_not_from_the_sending() -> None:
    late = turn(1.0, 3.0, lag_s=1.5)
    assert measures.latencies([late], measures.LATENCIES["complete"]) == [2.0]


def test_percentiles_are_in_milliseconds_to_three_digits() -> None:
    figures = measures.summary([value / 1000 for value in range(1, 1001)])
    assert figures["count"] == 1000
    for name, expected in (("p50", 500), ("p90", 900), ("p99", 990), ("max", 1000)):
        assert math.isclose(figures[name], expected, rel_tol=2e-3)


def test_nothing_measured_has_no_percentiles() -> None:
    assert measures.summary([]) == {"count": 0}


def test_every_outcome_is_counted() -> None:
    refused = turn(2, None, "refused")
    refused.seq, refused.refusals = None, ["too_many_waiting", "too_many_waiting"]
    counts = measures.outcomes(run([turn(0, 1), turn(1, 2, "expired"), turn(1, None, "lost"), refused]))
    assert (counts["sent"], counts["accepted"]) == (4, 3)
    assert [counts[name] for name in ("completed", "expired", "lost", "refused", "failed")] == [1, 1, 1, 1, 0]
    assert counts["refusals"] == {"too_many_waiting": 2}


def test_an_honest_run_has_no_doubts() -> None:
    assert measures.doubts(run([turn(0, 1, lag_s=0.001)], cpu_s=1, wall_s=10, arrivals=1), pinned=False) == []


@pytest.mark.parametrize(
    ("fields", "lag_s", "pinned", "doubt"),
    [
        ({}, 0.02, False, "late at p99"),
        ({"arrivals": 100, "dropped": 1}, 0, False, "dropped 1 of 100"),
        ({"cpu_s": 5, "wall_s": 10}, 0, False, "50% of a core"),
    ],
)
def test_a_generator_that_did_not_keep_up_is_doubted(
    fields: dict[str, float], lag_s: float, pinned: bool, doubt: str
) -> None:
    found = measures.doubts(run([turn(0, 1, lag_s=lag_s)], **fields), pinned)
    assert len(found) == 1 and doubt in found[0]


def test_a_core_of_its_own_may_be_used_up() -> None:
    assert measures.doubts(run([turn(0, 1)], cpu_s=9, wall_s=10), pinned=True) == []


def test_windows_follow_the_intended_moment_and_skip_what_was_never_sent() -> None:
    made = run([turn(0.2, 0.3), turn(0.4, 9.0), turn(1.5, 1.6), turn(5, None, "unsent")])
    first, second = measures.windows(made)
    assert ([len(first.turns), len(second.turns)], first.at) == ([2, 1], 0.5)
    assert math.isclose(second.percentile_ms(measures.LATENCIES["complete"], 99) or 0, 100, rel_tol=1e-6)
    assert second.percentile_ms(measures.LATENCIES["accept"], 50) is None

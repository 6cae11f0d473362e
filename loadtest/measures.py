"""From records to figures: percentiles from the intended moment, outcomes, and whether the run may be believed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from hdrh.histogram import HdrHistogram

from loadtest.records import Run, TurnRecord, Visit

LONGEST_US = 600_000_000
MOST_LAG_MS = 5.0
MOST_CPU_SHARE = 0.4
MOST_DROPPED = 0.001
PERCENTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9}
OUTCOMES = ("completed", "failed", "expired", "lost", "refused", "unconfirmed", "unsent")

LATENCIES: dict[str, Callable[[TurnRecord], float | None]] = {
    "accept": lambda turn: turn.accepted,
    "first": lambda turn: turn.first,
    "complete": lambda turn: turn.ended,
}


def histogram(seconds: Iterable[float]) -> HdrHistogram:
    """A histogram in microseconds with three significant digits, up to ten minutes."""
    recorded = HdrHistogram(1, LONGEST_US, 3)
    for value in seconds:
        recorded.record_value(min(LONGEST_US, max(1, round(value * 1e6))))
    return recorded


def summary(seconds: Iterable[float]) -> dict[str, float | int]:
    """Count, percentiles and maximum, in milliseconds."""
    recorded = histogram(seconds)
    count = recorded.get_total_count()
    if count == 0:
        return {"count": 0}
    values = {name: recorded.get_value_at_percentile(share) / 1000 for name, share in PERCENTILES.items()}
    return {"count": count, **values, "max": recorded.get_max_value() / 1000}


def latencies(turns: Iterable[TurnRecord], moment: Callable[[TurnRecord], float | None]) -> list[float]:
    """Seconds from the intended moment, of the turns that came so far."""
    found = [(moment(turn), turn.intended) for turn in turns]
    return [at - intended for at, intended in found if at is not None]


def openings(visits: Iterable[Visit]) -> list[float]:
    """Seconds from the intended arrival until the conversation was open."""
    return [visit.opened - visit.intended for visit in visits if visit.opened is not None]


def outcomes(run: Run) -> dict[str, Any]:
    """Every outcome counted, and every refusal that was met on the way by its name."""
    ends = Counter(turn.outcome for turn in run.turns)
    refusals = Counter(code for turn in run.turns for code in turn.refusals)
    refusals.update(code for visit in run.visits for code in visit.refusals)
    return {
        "conversations": dict(Counter(visit.outcome for visit in run.visits)),
        "sent": len(run.turns) - ends["unsent"],
        "accepted": sum(turn.seq is not None for turn in run.turns),
        **{name: ends[name] for name in OUTCOMES},
        "refusals": dict(refusals),
        "dropped_by_generator": run.dropped,
        "reconnects": sum(visit.reconnects for visit in run.visits),
        "resyncs": sum(visit.resyncs for visit in run.visits),
        "repeated_events": sum(visit.repeated_events for visit in run.visits),
    }


def lag(run: Run) -> dict[str, float | int]:
    """How late the generator itself was, in milliseconds, over arrivals and messages."""
    return summary([visit.lag_s for visit in run.visits] + [turn.lag_s for turn in run.turns])


def doubts(run: Run, pinned: bool) -> list[str]:
    """Why the latencies of this run must not be quoted; empty if they may."""
    found = []
    late_ms = lag(run).get("p99", 0.0)
    if late_ms > MOST_LAG_MS:
        found.append(f"the generator woke {late_ms:.1f} ms late at p99 (more than {MOST_LAG_MS:.0f} ms)")
    if run.arrivals and run.dropped / run.arrivals > MOST_DROPPED:
        found.append(f"the generator dropped {run.dropped} of {run.arrivals} arrivals")
    share = run.cpu_s / run.wall_s if run.wall_s else 0.0
    if not pinned and share > MOST_CPU_SHARE:
        found.append(f"the generator used {share:.0%} of a core without one of its own (see --cpu)")
    return found


@dataclass(frozen=True)
class Window:
    """A slice of the run by intended moment; `at` is its middle in seconds from the first arrival's clock."""

    at: float
    turns: tuple[TurnRecord, ...]

    def percentile_ms(self, moment: Callable[[TurnRecord], float | None], share: int) -> float | None:
        """The percentile of a latency in this slice, or None if nothing was measured."""
        values = latencies(self.turns, moment)
        if not values:
            return None
        return 1000 * (values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[share - 1])


def windows(run: Run, count: int = 60) -> list[Window]:
    """The run in slices of at least a second."""
    sent = [turn for turn in run.turns if turn.outcome != "unsent"]
    end = max((turn.intended for turn in sent), default=0.0) - run.began
    width = max(1.0, end / count)
    slices: dict[int, list[TurnRecord]] = {}
    for turn in sent:
        slices.setdefault(int((turn.intended - run.began) / width), []).append(turn)
    return [Window((place + 0.5) * width, tuple(turns)) for place, turns in sorted(slices.items())]


def by_scenario(run: Run) -> dict[str, dict[str, float | int]]:
    """Completion latency for each kind of visit."""
    names = {visit.index: visit.scenario for visit in run.visits}
    groups: dict[str, list[TurnRecord]] = {}
    for turn in run.turns:
        groups.setdefault(names[turn.visit], []).append(turn)
    return {name: summary(latencies(turns, LATENCIES["complete"])) for name, turns in sorted(groups.items())}


def throughput(run: Run) -> dict[str, float]:
    """What was offered and what came out, per second of the arrivals' time."""
    seconds = run.plan.duration_s
    done = sum(turn.ended is not None and turn.ended <= run.began + seconds for turn in run.turns)
    sent: Sequence[TurnRecord] = [t for t in run.turns if t.sent is not None and t.sent <= run.began + seconds]
    return {
        "arrivals_per_s": round(run.arrivals / seconds, 3),
        "turns_sent_per_s": round(len(sent) / seconds, 3),
        "turns_ended_per_s": round(done / seconds, 3),
    }

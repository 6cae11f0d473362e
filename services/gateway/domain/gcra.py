"""The generic cell rate algorithm: a rate with a burst, remembered as one number."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """`burst` at once, then `per_s` each second. `name` tells limits of one subject apart."""

    name: str
    burst: int
    per_s: float

    @property
    def interval_s(self) -> float:
        return 1 / self.per_s

    def halved(self) -> "Limit":
        """The limit where several servers cannot count together."""
        return Limit(self.name, max(1, self.burst // 2), self.per_s / 2)


def step(limit: Limit, theoretical: float, now: float) -> tuple[float, float]:
    """One more at `now`: (what to remember, seconds to wait); nothing changes when there is a wait."""
    base = max(theoretical, now)
    wait = base - (limit.burst - 1) * limit.interval_s - now
    return (theoretical, wait) if wait > 0 else (base + limit.interval_s, 0.0)

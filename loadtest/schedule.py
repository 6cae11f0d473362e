"""When customers come: decided before the run, from a seed."""

from random import Random


def poisson_arrivals(rate: float, duration_s: float, seed: int) -> list[float]:
    """Moments in seconds from the start, before `duration_s`, `rate` a second on average, independent of each other."""
    random = Random(f"arrivals:{seed}")
    moments: list[float] = []
    now = random.expovariate(rate)
    while now < duration_s:
        moments.append(now)
        now += random.expovariate(rate)
    return moments

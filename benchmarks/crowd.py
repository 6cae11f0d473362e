"""Turns one after another from so many customers at once: a closed loop, for throughput at a fixed number in flight."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

from loadtest.measures import summary

Turn = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Speed:
    """Turns that ended within the measured seconds, and how long each took, in seconds.

    `turns` counts those of the warm-up, too.
    """

    in_flight: int
    seconds: float
    took: tuple[float, ...]
    turns: int = 0

    @property
    def per_s(self) -> float:
        return len(self.took) / self.seconds

    def document(self) -> dict[str, object]:
        """Plain data; times in milliseconds."""
        return {"in_flight": self.in_flight, "turns_per_s": round(self.per_s, 1), "took_ms": summary(self.took)}


async def measure(turns: Sequence[Turn], warm_up_s: float, seconds: float) -> Speed:
    """Repeats every turn until the time is over; what ended during the warm-up does not count."""
    loop = asyncio.get_running_loop()
    begin = loop.time() + warm_up_s
    took: list[float] = []
    count = 0

    async def repeat(turn: Turn) -> None:
        nonlocal count
        while (started := loop.time()) < begin + seconds:
            await turn()
            count += 1
            ended = loop.time()
            if begin <= ended <= begin + seconds:
                took.append(ended - started)

    async with asyncio.TaskGroup() as crowd:
        for turn in turns:
            crowd.create_task(repeat(turn))
    return Speed(len(turns), seconds, tuple(took), count)


def joined(speeds: Sequence[Speed]) -> Speed:
    """What several rounds of the same turns amount to together."""
    took = tuple(time for speed in speeds for time in speed.took)
    seconds, turns = sum(speed.seconds for speed in speeds), sum(speed.turns for speed in speeds)
    return Speed(speeds[0].in_flight, seconds, took, turns)


def in_rotation(turns: Sequence[Turn]) -> Turn:
    """One turn at a time, each time another customer's: a customer alone may not send as fast as this."""
    order = cycle(turns)

    async def turn() -> None:
        await next(order)()

    return turn

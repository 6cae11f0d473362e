"""Faults before and after every await of a write: where they may strike, and what strikes there."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.errors import Transient, Unavailable

When = Literal["before", "after"]
Kind = Literal["crash", "timeout", "error"]
KINDS: tuple[Kind, ...] = ("crash", "timeout", "error")
POINTS = (
    "states.load", "shop.find_customer", "shop.order", "shop.preview", "intents.add", "states.save", "shop.commit",
    "shop.receipt", "shop.requests", "intents.has", "intents.remove", "intents.take", "conversations.append",
)  # fmt: skip
"""Every await between a customer's yes and the sentence about it, the settling after the turn included."""


class Crash(Exception):
    """The process dies here: nothing after it runs, and what it held in memory is gone."""


@dataclass(frozen=True)
class Fault:
    """What strikes at the `nth` call of this point. `after` a call that did its work, an error is an
    applied-then-500."""

    point: str
    nth: int
    when: When
    kind: Kind


def every_fault() -> list[Fault]:
    """Each point once, from both sides, with all that may strike."""
    return [Fault(point, 1, when, kind) for point in POINTS for when in ("before", "after") for kind in KINDS]


def some_faults(chance: random.Random) -> list[Fault]:
    """One to four faults by chance. Losing the commit's answer is likely: most of what can go wrong comes after it."""
    faults = [
        Fault(chance.choice(POINTS), chance.choice((1, 1, 1, 2, 3)), chance.choice(("before", "after")), kind)
        for kind in chance.choices(KINDS, k=chance.randint(1, 3))
    ]
    if chance.random() < 0.5:
        faults.append(Fault("shop.commit", 1, chance.choice(("before", "after")), chance.choice(KINDS)))
    return faults


@dataclass
class Faults:
    """The faults of one run, each of which strikes once. `struck` are those that did."""

    planned: Sequence[Fault] = ()
    armed: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    struck: list[Fault] = field(default_factory=list)

    def watch(self, name: str, port: Any) -> Any:
        """The port, with its awaits under these faults."""
        return _Watched(name, port, self)

    async def around(self, point: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if not self.armed:
            return await call()
        self.calls[point] += 1
        nth = self.calls[point]
        self._strike(point, nth, "before")
        answer = await call()
        self._strike(point, nth, "after")
        return answer

    def _strike(self, point: str, nth: int, when: When) -> None:
        for fault in self.planned:
            if (fault.point, fault.nth, fault.when) == (point, nth, when) and fault not in self.struck:
                self.struck.append(fault)
                raise _error(fault)


def _error(fault: Fault) -> Exception:
    if fault.kind == "crash":
        return Crash(fault.point)
    if not fault.point.startswith("shop."):
        return Unavailable(fault.kind)
    # The deadline of the dialogue's own ends as this; a backend that answered with an error raises the other.
    return TimeoutError() if fault.kind == "timeout" else Transient("500")


class _Watched:
    def __init__(self, name: str, port: Any, faults: Faults) -> None:
        self._name, self._port, self._faults = name, port, faults

    def __getattr__(self, method: str) -> Any:
        async def call(*args: Any, **named: Any) -> Any:
            real = getattr(self._port, method)
            return await self._faults.around(f"{self._name}.{method}", lambda: real(*args, **named))

        return call

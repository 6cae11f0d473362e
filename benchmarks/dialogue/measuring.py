"""Turns of a customer who asks, changes and gives up again, timed anywhere in a conversation, in any shop."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

import orjson

from tests.harness.counter import Counter, Heard

SCRIPT = ("status", "latest", "list", "address", "yes", "cancel", "never mind", "hello")
"""What the customer says, over and over: reads, two previews, one of them confirmed, the other given up."""
ALONE = ("status", "latest", "list", "address", "cancel", "hello")
"""What makes sense as the first message, too: medians are compared over these."""
WRITE = "yes"
RESPONSES: Mapping[str, str] = {
    "status": "order_status_shown", "latest": "order_status_shown", "list": "order_list_shown",
    "address": "preview_change_address", "yes": "address_changed", "cancel": "preview_cancel_order",
    "never mind": "preview_declined", "hello": "greeting",
}  # fmt: skip
"""What a turn must say; another answer would be another measurement."""


def words(kind: str, order: str, number: int) -> Heard:
    """The customer's message of this kind; `number` makes each address a new one."""
    said = {
        "status": ("Where is my order {order}?", "order_status"),
        "latest": ("Where is my latest order?", "order_status"),
        "list": ("Show me my orders", "order_list"),
        "address": ("Change the address of order {order} to Torstraße {number}, 10119 Berlin", "change_address"),
        "yes": ("yes", "affirm"),
        "cancel": ("Cancel my order {order}", "cancel_order"),
        "never mind": ("never mind", "deny"),
        "hello": ("hello", "greeting"),
    }
    text, intent = said[kind]
    return Heard(text.format(order=order, number=number), intent)


@dataclass
class Times:
    """Seconds by kind of turn, and of the floor."""

    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    floor: list[float] = field(default_factory=list)
    state_bytes: list[int] = field(default_factory=list)

    @property
    def compared(self) -> list[float]:
        """The turns that every place of a conversation can have."""
        return [seconds for kind in ALONE for seconds in self.steps[kind]]


class Speaker:
    """One customer in one conversation, with a twin that the floor is measured in."""

    names, addresses = count(), count(1)

    def __init__(self, counter: Counter, customer: str, order: str) -> None:
        self._counter, self._customer, self._order = counter, customer, order
        self._id, self._said, self._offset = f"bench-{next(self.names)}", 0, 0

    async def begin(self, turns: int = 0, offset: int = 0) -> "Speaker":
        """Opens the conversation and speaks so many turns; `offset` is the script's line after them."""
        await self._counter.begin(self._id, self._customer)
        await self._counter.begin(f"{self._id}-twin", self._customer)
        self._offset = (offset - turns) % len(SCRIPT)
        for _ in range(turns):
            await self._turn()
        return self

    async def measure(self, times: Times, turns: int) -> None:
        """Times so many turns, and after each the floor with the state that it left."""
        for _ in range(turns):
            kind, seconds = await self._turn()
            times.steps[kind].append(seconds)
            state = (await self._counter.states.load(self._id)).state or {}
            times.state_bytes.append(len(orjson.dumps(state)))
            times.floor.append(await self._counter.floor(f"{self._id}-twin", self._said, state))

    async def _turn(self) -> tuple[str, float]:
        kind = SCRIPT[(self._said + self._offset) % len(SCRIPT)]
        self._said += 1
        answered = await self._counter.turn(self._id, self._said, words(kind, self._order, next(self.addresses)))
        heard = [reply.response for reply in answered.plan.replies]
        if self._said > 1 and RESPONSES[kind] not in heard:
            raise RuntimeError(f"turn {self._said}: {kind} was answered by {heard}")
        return kind, answered.seconds

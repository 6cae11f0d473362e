"""The books: what the conversations' own logs say, held against what the customers saw."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from loadtest.records import TurnRecord, Visit
from services.commands.client import Client, Refused, Unreachable
from shared.ports import Event

READERS = 8
ENDS = ("completed", "failed", "expired")


@dataclass
class Ledger:
    """Every accepted message must have exactly one end. The lists name `conversation/seq`."""

    accepted: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    without_end: list[str] = field(default_factory=list)
    ended_twice: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """accepted = completed + failed + expired, message by message, and all logs could be read."""
        return not (self.without_end or self.ended_twice or self.vanished or self.unread)

    def add(self, conversation_id: str, events: Iterable[Event], seen: Iterable[int]) -> None:
        """Books one conversation's log. `seen` are the numbers that customers were told as accepted."""
        accepted: set[int] = set()
        ends: defaultdict[int, list[str]] = defaultdict(list)
        for event in events:
            if event.type == "message":
                accepted.add(event.data["seq"])
            elif event.type == "turn.ended":
                ends[event.data["turn"]].append(event.data["status"])
        self.accepted += len(accepted)
        self.ends.update(status for statuses in ends.values() for status in statuses[:1])
        self.without_end += _names(conversation_id, accepted - ends.keys())
        self.ended_twice += _names(conversation_id, {seq for seq, statuses in ends.items() if len(statuses) > 1})
        self.vanished += _names(conversation_id, set(seen) - accepted)

    def document(self) -> dict[str, Any]:
        """The ledger as plain data."""
        return {**asdict(self), "ends": {end: self.ends[end] for end in ENDS}, "balanced": self.balanced}


def _names(conversation_id: str, seqs: Iterable[int]) -> list[str]:
    return [f"{conversation_id}/{seq}" for seq in sorted(seqs)]


async def read_ledger(client: Client, visits: Iterable[Visit], turns: Iterable[TurnRecord]) -> Ledger:
    """Reads the log of every conversation, a few at a time, after the run."""
    ledger, seen = Ledger(), defaultdict(list)
    for turn in turns:
        if turn.seq is not None:
            seen[turn.visit].append(turn.seq)
    waiting = iter([visit for visit in visits if visit.conversation is not None])

    async def read() -> None:
        for visit in waiting:
            await _book(client, ledger, visit, seen[visit.index])

    async with asyncio.TaskGroup() as readers:
        for _ in range(READERS):
            readers.create_task(read())
    return ledger


async def _book(client: Client, ledger: Ledger, visit: Visit, seen: list[int]) -> None:
    assert visit.conversation is not None
    try:
        events = [event async for event in client.all_events(visit.conversation)]
    except (Refused, Unreachable):
        ledger.unread.append(visit.conversation.conversation_id)
    else:
        ledger.add(visit.conversation.conversation_id, events, seen)


async def read_books(client: Client) -> dict[str, int]:
    """The stack's own counters: accepted, completed, failed, expired, open."""
    books = await client.get_json("/books")
    return {name: int(books[name]) for name in ("accepted", *ENDS, "open")}


def compare_books(before: Mapping[str, int], after: Mapping[str, int], ledger: Ledger) -> dict[str, Any]:
    """What the stack counted during the run, whether that balances, and whether it is what the logs hold."""
    during = {name: after[name] - before[name] for name in after}
    ended = sum(during[end] for end in ENDS)
    same = during["accepted"] == ledger.accepted and all(during[end] == ledger.ends[end] for end in ENDS)
    return {"during": during, "balanced": during["accepted"] == ended + during["open"], "matches_logs": same}

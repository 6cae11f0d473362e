import pytest

from loadtest.ledger import Ledger, compare_books
from shared.ports import Event


def log(*entries: tuple[str, int] | tuple[str, int, str]) -> list[Event]:
    """Events: ("message", seq) and ("end", turn, status)."""
    events = []
    for place, entry in enumerate(entries, 1):
        if entry[0] == "message":
            kind, data = "message", {"seq": entry[1]}
        else:
            kind, data = "turn.ended", {"turn": entry[1], "status": entry[2]}
        events.append(Event(f"{place}.x", kind, "", data))
    return events


GOOD = log(("message", 1), ("message", 2), ("end", 1, "completed"), ("end", 2, "expired"))


def test_one_end_each_balances() -> None:
    ledger = Ledger()
    ledger.add("c", GOOD, seen=[1, 2])
    assert ledger.balanced
    assert ledger.document()["ends"] == {"completed": 1, "failed": 0, "expired": 1}


@pytest.mark.parametrize(
    ("events", "seen", "fault", "named"),
    [
        (log(("message", 1)), [1], "without_end", ["c/1"]),
        (log(("message", 1), ("end", 1, "completed"), ("end", 1, "failed")), [1], "ended_twice", ["c/1"]),
        ([], [3], "vanished", ["c/3"]),
    ],
)
def test_every_fault_unbalances_and_is_named(
    events: list[Event], seen: list[int], fault: str, named: list[str]
) -> None:
    ledger = Ledger()
    ledger.add("c", events, seen)
    assert not ledger.balanced
    assert getattr(ledger, fault) == named


def test_a_message_whose_acceptance_nobody_saw_still_counts() -> None:
    ledger = Ledger()
    ledger.add("c", GOOD, seen=[])
    assert (ledger.accepted, ledger.balanced) == (2, True)


BEFORE = {"accepted": 10, "completed": 9, "failed": 1, "expired": 0, "open": 0}


@pytest.mark.parametrize(
    ("after", "balanced", "matches"),
    [
        ({"accepted": 12, "completed": 10, "failed": 1, "expired": 1, "open": 0}, True, True),
        ({"accepted": 13, "completed": 11, "failed": 1, "expired": 1, "open": 0}, True, False),
        ({"accepted": 12, "completed": 10, "failed": 1, "expired": 0, "open": 1}, True, False),
        ({"accepted": 12, "completed": 10, "failed": 1, "expired": 0, "open": 0}, False, False),
    ],
)
def test_the_stacks_books_are_held_against_the_logs(after: dict[str, int], balanced: bool, matches: bool) -> None:
    ledger = Ledger()
    ledger.add("c", GOOD, seen=[1, 2])
    books = compare_books(BEFORE, after, ledger)
    assert (books["balanced"], books["matches_logs"]) == (balanced, matches)

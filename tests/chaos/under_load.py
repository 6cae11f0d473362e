"""Customers who keep coming while things break, and the books that are held against each other afterwards.

The load runs on a thread of its own: whoever breaks things does so from the main thread, because a server that is
started by a thread dies with that thread.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from loadtest.generator import new_run, play, sign_in
from loadtest.ledger import ENDS, Ledger, compare_books, read_books
from loadtest.records import Plan, Profile, Run
from loadtest.report import Findings, write_report
from loadtest.scenarios import LOAD_CUSTOMERS, SCENARIOS
from services.commands.client import Client, Unreachable, open_client
from services.commands.shop_state import open_shop_state
from shared.ports import Event
from tests.harness.stack import ROOT, Stack
from tests.harness.waiting import eventually

LOAD_S = 60.0
# By profile: whole conversations of nearly three messages each, or single questions. Five turns a second and more.
RATES: dict[Profile, float] = {"conversations": 2.0, "turns": 5.0}
POOL = 150
DRAINED_WITHIN_S = 60.0
LEAST_TURNS = 100
Fault = tuple[float, Callable[[], None]]


@dataclass
class Outcome:
    """What customers saw, what the logs hold, what the gateway counted, what the shop did."""

    findings: Findings
    logs: dict[str, list[Event]]
    receipts: int

    @property
    def run(self) -> Run:
        return self.findings.run


def under_load(stack: Stack, faults: Sequence[Fault], seed: int, profile: Profile = "conversations") -> Outcome:
    """Plays a minute of customers; does each fault at its second; returns when everything has drained."""
    plan = Plan(
        stack.url, RATES[profile], LOAD_S, seed, SCENARIOS, LOAD_CUSTOMERS, profile,
        rest_share=0.3, think_s=1.0, pool=POOL,
    )  # fmt: skip
    run = new_run(plan)
    with ThreadPoolExecutor(1) as thread:
        outcome = thread.submit(asyncio.run, _play(stack, run))
        _break(run, faults, outcome)
        return outcome.result()


def _break(run: Run, faults: Sequence[Fault], outcome: "Future[Outcome]") -> None:
    while not run.began and not outcome.done():
        time.sleep(0.05)
    began = time.monotonic()
    for at_s, fault in faults:
        time.sleep(max(0.0, began + at_s - time.monotonic()))
        fault()


async def _play(stack: Stack, run: Run) -> Outcome:
    async with open_client(stack.url) as client, open_client(stack.books_url.removesuffix("/books")) as internal:
        before = await read_books(internal)
        await play(client, run, await sign_in(client, run.plan))
        after = await eventually(lambda: _drained(internal), DRAINED_WITHIN_S)
        logs, ledger = await _read_logs(client, run)
    async with open_shop_state(stack.env["DESKBELL_DATABASE_URL"], ROOT / "shops" / "demo") as shop:
        receipts = await shop.receipts()
    findings = Findings(run, ledger, compare_books(before, after, ledger), ("pytest", "-m", "chaos"))
    return Outcome(findings, logs, receipts)


async def _drained(internal: Client) -> dict[str, int]:
    try:
        books = await read_books(internal)
    except Unreachable:
        return {}
    return books if books["open"] == 0 else {}


async def _read_logs(client: Client, run: Run) -> tuple[dict[str, list[Event]], Ledger]:
    logs, ledger = {}, Ledger()
    for visit in run.visits:
        if visit.conversation is not None:
            seen = [turn.seq for turn in run.turns if turn.visit == visit.index and turn.seq is not None]
            events = [event async for event in client.all_events(visit.conversation)]
            logs[visit.conversation.conversation_id] = events
            ledger.add(visit.conversation.conversation_id, events, seen)
    return logs, ledger


def check(outcome: Outcome, directory: Path, *, gateway_stays: bool = True) -> None:
    """Prints the report; every accepted message has one end, told alike by all who keep books, and nothing twice.

    While the gateway stays, every customer hears of the end in time; where it is killed, some give up before.
    """
    print(tell(outcome, directory))  # noqa: T201 - the report is what a person runs this for
    ledger, books = outcome.findings.ledger, outcome.findings.books
    assert books is not None and ledger.accepted >= LEAST_TURNS
    assert ledger.balanced, ledger.document()
    assert ledger.accepted == sum(ledger.ends[end] for end in ENDS)
    assert books["balanced"] and books["during"]["open"] == 0, books
    assert books["matches_logs"], (books, ledger.document())
    waiting = [turn for turn in outcome.run.turns if turn.outcome in ("lost", "unconfirmed")]
    assert not gateway_stays or not waiting, waiting
    _check_customers(outcome)
    _check_nothing_twice(outcome)


def _check_customers(outcome: Outcome) -> None:
    """What customers were told of the end of their messages is what the logs hold."""
    visits = {visit.index: visit for visit in outcome.run.visits}
    for turn in outcome.run.turns:
        conversation = visits[turn.visit].conversation
        if turn.ended is not None and conversation is not None:
            log = outcome.logs[conversation.conversation_id]
            ends = [e.data["status"] for e in log if e.type == "turn.ended" and e.data["turn"] == turn.seq]
            assert ends == [turn.outcome]


def _check_nothing_twice(outcome: Outcome) -> None:
    """No message, no reply stands twice in a log; every change of the shop was told once."""
    acts = 0
    for conversation_id, log in outcome.logs.items():
        messages = Counter(event.data["client_message_id"] for event in log if event.type == "message")
        replies = Counter(event.data["reply"]["id"] for event in log if event.type == "reply")
        repeated = [name for name, count in (messages + replies).items() if count > 1]
        assert not repeated, (conversation_id, repeated)
        acts += sum(len(event.data["reply"]["acts"]) for event in log if event.type == "reply")
    assert acts == outcome.receipts


def tell(outcome: Outcome, directory: Path) -> str:
    """The figures in a few lines, and where the whole report lies."""
    report = write_report(directory, outcome.findings)
    seen, ledger, latency = report["outcomes"], report["ledger"], report["latency_ms"]["complete"]
    ends = ", ".join(f"{count} {end}" for end, count in ledger["ends"].items())
    percentiles = ", ".join(f"{name} {latency[name]:.0f}" for name in ("p50", "p90", "p99", "max"))
    return "\n".join(
        (
            f"{ledger['accepted']} accepted = {ends}; the gateway counted {report['books']['during']}",
            f"sent {seen['sent']} in {seen['conversations']}, at {report['throughput']['turns_sent_per_s']} a second",
            f"refused on the way {seen['refusals']}; reconnects {seen['reconnects']}, resyncs {seen['resyncs']}",
            f"{outcome.receipts} changes of the shop; ms to the end: {percentiles}",
            f"report: {directory / 'report.html'}",
        )
    )

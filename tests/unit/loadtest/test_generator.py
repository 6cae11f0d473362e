import asyncio

import pytest

from loadtest import lines
from loadtest.generator import new_run, play, sign_in
from loadtest.ledger import Ledger, compare_books, read_books, read_ledger
from loadtest.measures import outcomes
from loadtest.records import Plan, Run
from loadtest.scenarios import LOAD_CUSTOMERS, SCENARIOS
from services.commands.client import open_client
from tests.stub_gateway import StubGateway, serve

pytestmark = pytest.mark.slow


@pytest.fixture
async def stub():
    gateway = StubGateway()
    async with serve(gateway.app) as gateway.url:
        yield gateway


async def loaded(stub: StubGateway, **fields: object) -> tuple[Run, Ledger, dict[str, object]]:
    given = {"rate": 60, "duration_s": 0.3, "seed": 1, "think_s": 0.01, "scenarios": SCENARIOS, **fields}
    plan = Plan(stub.url, customers=LOAD_CUSTOMERS, **given)
    async with asyncio.timeout(30), open_client(stub.url) as client:
        before, tokens, run = await read_books(client), await sign_in(client, plan), new_run(plan)
        await play(client, run, tokens)
        ledger = await read_ledger(client, run.visits, run.turns)
        return run, ledger, compare_books(before, await read_books(client), ledger)


async def test_every_message_has_its_end_over_both_transports(stub: StubGateway) -> None:
    run, ledger, books = await loaded(stub, rest_share=0.5)
    assert {visit.transport for visit in run.visits} == {"rest", "websocket"}
    assert {visit.outcome for visit in run.visits} == {"played"}
    assert len(run.turns) == ledger.accepted == ledger.ends["completed"] > len(run.visits)
    assert ledger.balanced and books["balanced"] and books["matches_logs"]
    assert stub.receipts > 0
    for turn in run.turns:
        assert turn.intended <= turn.sent <= turn.first <= turn.ended


async def test_signed_in_visits_come_from_the_customers_of_the_load(stub: StubGateway) -> None:
    await loaded(stub)
    customers = {talk.customer for talk in stub.talks.values()} - {None}
    assert customers and customers <= set(LOAD_CUSTOMERS)


@pytest.mark.parametrize("rest_share", [0.0, 1.0])
async def test_refusals_are_counted_and_the_message_is_sent_again(stub: StubGateway, rest_share: float) -> None:
    stub.faults.refuse = [(503, "outcome_unknown"), (429, "too_many_waiting")]
    run, ledger, _ = await loaded(stub, rest_share=rest_share)
    assert outcomes(run)["refusals"] == {"outcome_unknown": 1, "too_many_waiting": 1}
    assert outcomes(run)["completed"] == len(run.turns)
    assert ledger.balanced


async def test_a_refusal_that_will_not_change_ends_the_visit(stub: StubGateway) -> None:
    stub.faults.refuse = [(409, "id_reused")]
    run, _, _ = await loaded(stub)
    assert outcomes(run)["refused"] == 1
    assert outcomes(run)["conversations"]["cut_short"] == 1


@pytest.mark.parametrize("rest_share", [0.0, 1.0])
async def test_a_turn_without_end_is_lost_and_unbalances(
    stub: StubGateway, rest_share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "GIVE_UP_S", 1.5)
    monkeypatch.setattr(lines, "WAIT_S", 1)
    stub.faults.never_end = 1
    run, ledger, books = await loaded(stub, rest_share=rest_share)
    assert outcomes(run)["lost"] == 1
    assert len(ledger.without_end) == 1 and not ledger.balanced
    assert books["during"]["open"] == 1 and books["matches_logs"]


async def test_a_second_end_unbalances(stub: StubGateway) -> None:
    stub.faults.end_twice = 1
    _, ledger, _ = await loaded(stub)
    assert len(ledger.ended_twice) == 1 and not ledger.balanced


async def test_lost_connections_are_counted_and_lose_nothing(stub: StubGateway) -> None:
    stub.faults.cut_after_accept, stub.faults.rewind = 3, 1
    run, ledger, _ = await loaded(stub, rest_share=0.0)
    counts = outcomes(run)
    assert (counts["reconnects"], counts["completed"], counts["lost"]) == (3, len(run.turns), 0)
    assert ledger.balanced


async def test_where_too_many_are_in_flight_arrivals_are_dropped_and_counted(stub: StubGateway) -> None:
    stub.delay_s = 0.3
    run, _, _ = await loaded(stub, most_in_flight=2)
    assert run.dropped + len(run.visits) == run.arrivals
    assert run.dropped > 0


async def test_single_turns_go_over_the_pool(stub: StubGateway) -> None:
    run, ledger, _ = await loaded(stub, profile="turns", pool=5, rate=150)
    assert len(run.visits) == 5
    assert len(run.turns) + run.dropped == run.arrivals
    assert ledger.accepted == len(run.turns) > 20


async def test_a_slow_opening_counts_against_the_first_message_not_the_generator(stub: StubGateway) -> None:
    stub.opening_s = 0.5
    run, _, _ = await loaded(stub, rate=15, think_s=0.0)
    arrivals = {visit.index: visit.intended for visit in run.visits}
    first = [turn for turn in run.turns if turn.intended == arrivals[turn.visit]]
    assert len(first) == len(run.visits) > 0
    assert all(turn.sent - turn.intended >= 0.5 for turn in first)
    assert min(turn.lag_s for turn in first) < 0.25

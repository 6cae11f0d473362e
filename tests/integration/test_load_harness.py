"""Does the load generator see a stall? A server is stopped for some seconds under open-loop load.

Whoever comes while it is stopped must be charged for the rest of the stop: as many samples as arrivals fell into it,
spread evenly over its length. A closed loop under the same stop sees one bad sample for each of its connections.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from loadtest.generator import new_run, play, sign_in
from loadtest.records import Plan, Run
from loadtest.scenarios import SCENARIOS
from services.commands.client import Client, Unreachable, open_client, text_message

pytestmark = [pytest.mark.slow, pytest.mark.alone]

STOP_AT_S, STOP_S, RATE, CONNECTIONS = 1.5, 2.0, 40.0, 4
TOLERANCE = 0.15


@asynccontextmanager
async def toy_server(port: int) -> AsyncIterator[tuple[Client, int]]:
    """The stub gateway as a process of its own: a client of it, and its process id."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.stub_gateway", str(port))
    try:
        async with open_client(f"http://127.0.0.1:{port}") as client:
            async with asyncio.timeout(20):
                while not await _answers(client):  # noqa: ASYNC110 - a process that starts raises no event
                    await asyncio.sleep(0.05)
            yield client, process.pid
    finally:
        process.kill()
        await process.wait()


async def _answers(client: Client) -> bool:
    try:
        await client.get_json("/healthz")
    except Unreachable:
        return False
    return True


async def stop_for(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("rest_share", [0.0, 1.0], ids=["websocket", "rest"])
async def test_all_who_come_during_a_stop_are_charged_for_it(unused_tcp_port: int, rest_share: float) -> None:
    async with toy_server(unused_tcp_port) as (client, pid):
        plan = Plan(client.url, RATE, 5.0, 3, SCENARIOS, (), profile="turns", pool=300, rest_share=rest_share)
        run = new_run(plan)
        stopped = await _played_with_a_stop(client, run, pid)
    # A process goes on for a moment after it was told to stop: who comes in that moment may still be served.
    hit = [turn for turn in run.turns if stopped + 0.05 * STOP_S <= turn.intended < stopped + STOP_S]
    charged = [turn for turn in hit if turn.ended is not None and turn.ended - turn.intended > 0.1 * STOP_S]
    assert run.dropped == 0 and len(hit) > 0.7 * RATE * STOP_S
    # Those of the last tenth were charged too little to tell them from the rest.
    assert len(charged) == pytest.approx(0.9 * len(hit), rel=TOLERANCE)
    for turn in hit:
        rest_of_stop = stopped + STOP_S - turn.intended
        assert turn.ended is not None
        assert turn.ended - turn.intended > rest_of_stop - TOLERANCE * STOP_S
    # And not much more than that: how long the server takes to catch up is its affair, and the machine's.
    late = sorted(turn.ended - (stopped + STOP_S) for turn in hit)
    assert late[len(late) // 2] < STOP_S


async def _played_with_a_stop(client: Client, run: Run, pid: int) -> float:
    """Plays the run; stops the server once arrivals have begun. Returns when, on the run's clock."""
    tokens = await sign_in(client, run.plan)
    async with asyncio.TaskGroup() as owner:
        owner.create_task(play(client, run, tokens))
        async with asyncio.timeout(30):
            while not run.turns:  # noqa: ASYNC110 - the run is a record, it raises no event
                await asyncio.sleep(0.01)
        first_seen, loop = run.turns[0], asyncio.get_running_loop()
        origin = loop.time() - (first_seen.sent if first_seen.sent is not None else first_seen.intended)
        await asyncio.sleep(STOP_AT_S)
        stopped = loop.time() - origin
        await stop_for(pid, STOP_S)
    return stopped


async def test_a_closed_loop_would_see_one_bad_sample_a_connection(unused_tcp_port: int) -> None:
    latencies: list[float] = []
    async with toy_server(unused_tcp_port) as (client, pid), asyncio.TaskGroup() as owner:
        over = asyncio.Event()
        for _ in range(CONNECTIONS):
            owner.create_task(_closed_loop(client, over, latencies))
        await asyncio.sleep(STOP_AT_S)
        await stop_for(pid, STOP_S)
        await asyncio.sleep(0.5)
        over.set()
    bad = [latency for latency in latencies if latency > 0.5 * STOP_S]
    assert len(bad) == CONNECTIONS
    assert len(latencies) > 10 * CONNECTIONS


async def _closed_loop(client: Client, over: asyncio.Event, latencies: list[float]) -> None:
    loop, conversation = asyncio.get_running_loop(), await client.create("en")
    while not over.is_set():
        sent = loop.time()
        await client.send(conversation, text_message("hello"), wait_s=20)
        latencies.append(loop.time() - sent)
        await asyncio.sleep(0.02)

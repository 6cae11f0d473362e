"""Starts every conversation at the moment that was fixed for it, and lets nothing that is slow hold up the next.

Conversations arrive open-loop. Inside a conversation a customer waits for the end of a turn, thinks, and goes on:
the next message is intended at end + thinking time. The profile `turns` sends single messages open-loop, over a
pool of long-lived conversations.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from random import Random

from loadtest.lines import Line, open_line
from loadtest.records import Plan, Run, Transport, TurnRecord, Visit
from loadtest.scenarios import FAQ, SCENARIOS, Play, Scenario, choose_scenario
from loadtest.schedule import poisson_arrivals
from services.commands.client import Client, Refused, Unreachable
from shared.contracts.messages import CustomerInput, Expects


def new_run(plan: Plan) -> Run:
    """An empty run, to be filled while the plan is played."""
    return Run(plan, datetime.now(UTC).isoformat(timespec="seconds"))


async def play(client: Client, run: Run, tokens: Mapping[str, str]) -> None:
    """Plays the run's plan to the end of its last conversation; `tokens` sign the customers in."""
    gc.collect()
    gc.freeze()  # What lives now lives on: a later collection need not walk it while customers wait.
    cpu, wall = time.process_time(), time.monotonic()
    await (_Conversations(client, run, tokens) if run.plan.profile == "conversations" else _Turns(client, run)).run()
    run.cpu_s, run.wall_s = time.process_time() - cpu, time.monotonic() - wall
    gc.unfreeze()


async def sign_in(client: Client, plan: Plan) -> Mapping[str, str]:
    """The customers' tokens, got before the run: they are no part of the load. Raises Refused or Unreachable."""
    await client.get_json("/healthz")
    if plan.profile == "turns" or not any(scenario.signed_in for scenario in plan.scenarios):
        return {}
    return {customer: await client.demo_token(customer) for customer in plan.customers}


class _Generator:
    """What both profiles share: the clock, the arrivals, and the writing of records."""

    def __init__(self, client: Client, run: Run) -> None:
        self._client = client
        self._run = run
        self._plan = run.plan
        self._loop = asyncio.get_running_loop()
        self.started = self._loop.time()

    def _clock(self) -> float:
        return self._loop.time() - self.started

    async def _until(self, moment: float) -> float:
        """Sleeps until the moment; returns how late it became."""
        await asyncio.sleep(max(0.0, moment - self._clock()))
        return max(0.0, self._clock() - moment)

    async def _arrivals(self) -> AsyncIterator[tuple[int, float, float]]:
        """Number, intended moment and lateness of each arrival, when it is due."""
        self._run.began = self._clock()
        arrivals = poisson_arrivals(self._plan.rate, self._plan.duration_s, self._plan.seed)
        self._run.arrivals = len(arrivals)
        for index, moment in enumerate(arrivals):
            yield index, self._run.began + moment, await self._until(self._run.began + moment)

    def _visit(self, index: int, scenario: Scenario, random: Random, moment: float) -> Visit:
        transport: Transport = "rest" if random.random() < self._plan.rest_share else "websocket"
        visit = Visit(index, scenario.name, scenario.language, transport, moment)
        self._run.visits.append(visit)
        return visit

    def _record(self, visit: Visit, message: CustomerInput, moment: float) -> TurnRecord:
        kinds = ("text", "confirm", "decline", "choose")
        record = TurnRecord(visit.index, next(kind for kind in kinds if getattr(message, kind)), moment)
        self._run.turns.append(record)
        return record


class _Conversations(_Generator):
    """Whole conversations arrive; every one is a task of its own, and this loop only watches the clock."""

    def __init__(self, client: Client, run: Run, tokens: Mapping[str, str]) -> None:
        super().__init__(client, run)
        self._tokens = tokens
        self._in_flight = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as customers:
            async for index, moment, lag_s in self._arrivals():
                if self._in_flight >= self._plan.most_in_flight:
                    self._run.dropped += 1
                    continue
                self._in_flight += 1
                random = Random(f"visit:{self._plan.seed}:{index}")
                scenario = choose_scenario(self._plan.scenarios, random)
                visit = self._visit(index, scenario, random, moment)
                visit.lag_s = lag_s
                customers.create_task(self._converse(visit, scenario, random))

    async def _converse(self, visit: Visit, scenario: Scenario, random: Random) -> None:
        token = self._tokens[random.choice(self._plan.customers)] if scenario.signed_in else None
        try:
            async with open_line(self._client, visit, self._clock, token) as line:
                await self._play(visit, line, Play(scenario, random), random)
        except* (Refused, Unreachable, TimeoutError) as group:
            visit.outcome = "not_opened"
            visit.refusals += [_name(exc) for exc in _leaves(group)]
        finally:
            self._in_flight -= 1

    async def _play(self, visit: Visit, line: Line, play: Play, random: Random) -> None:
        # A first message is typed in the time that opening should have taken: a slow opening counts against it.
        moment, expects = visit.intended + self._think(random), Expects()
        while (message := play.next(expects)) is not None:
            record = self._record(visit, message, moment)
            record.lag_s = await self._until(max(moment, visit.opened or 0.0))
            expects = await line.turn(message, record)
            if record.ended is None:
                visit.outcome = "cut_short"
                return
            moment = record.ended + self._think(random)

    def _think(self, random: Random) -> float:
        return self._plan.think_s * random.uniform(0.5, 1.5)


class _Turns(_Generator):
    """Single questions arrive, over a pool of conversations that are opened beforehand."""

    async def run(self) -> None:
        async with AsyncExitStack() as stack:
            idle = [await stack.enter_async_context(self._pooled(index)) for index in range(self._plan.pool)]
            async with asyncio.TaskGroup() as customers:
                async for index, moment, lag_s in self._arrivals():
                    if not idle:
                        self._run.dropped += 1
                        continue
                    customers.create_task(self._ask(idle, index, moment, lag_s))

    @asynccontextmanager
    async def _pooled(self, index: int) -> AsyncIterator[tuple[Visit, Line]]:
        random = Random(f"visit:{self._plan.seed}:{index}")
        # Only questions are asked here: any other kind of visit needs the answers in between.
        scenario = random.choice([scenario for scenario in SCENARIOS if scenario.name.startswith("faq_")])
        visit = self._visit(index, scenario, random, self._clock())
        async with open_line(self._client, visit, self._clock, None) as line:
            yield visit, line

    async def _ask(self, idle: list[tuple[Visit, Line]], index: int, moment: float, lag_s: float) -> None:
        visit, line = idle.pop(0)
        random = Random(f"turn:{self._plan.seed}:{index}")
        text = random.choice(FAQ[visit.language])
        message = CustomerInput(client_message_id=f"{random.getrandbits(128):032x}", text=text)
        record = self._record(visit, message, moment)
        record.lag_s = lag_s
        await line.turn(message, record)
        if record.ended is not None:
            idle.append((visit, line))


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    return [
        leaf for exc in group.exceptions for leaf in (_leaves(exc) if isinstance(exc, BaseExceptionGroup) else [exc])
    ]


def _name(exc: BaseException) -> str:
    return exc.code if isinstance(exc, Refused) else type(exc).__name__.lower()

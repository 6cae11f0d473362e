"""Writes under faults: one conversation a run, up to its last sentence, compared with what the shop then holds.

`python -m tests.harness.fault_runs --runs 1000` prints a table of what struck and how it ended.
"""

import argparse
import asyncio
import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import func, insert, select

from services.dialogue.adapters import http_server
from services.dialogue.adapters.demo_codes import NoCodes
from services.dialogue.adapters.http_shop import HttpShop
from services.dialogue.adapters.redis_intents import DUE, RedisIntents
from services.dialogue.adapters.sql_shop import open_sql_shop
from services.dialogue.adapters.sql_tables import CUSTOMERS, ORDERS, RECEIPTS, REQUESTS
from services.dialogue.config import DialogueSettings
from services.dialogue.domain import writes
from services.dialogue.domain.rules import Rules
from services.dialogue.handlers import DialogueHandlers, Settler
from services.dialogue.handlers.performing import Ports
from services.dialogue.ports import ShopBackend
from services.dialogue.service import load_rules, open_tries, wording
from shared.contracts.messages import CustomerInput, Expects, MessageUnderstood, ReplyPlanned
from shared.errors import DeskbellError
from shared.ports import Identity, TurnRef
from shared.shop import Shop, load_shop
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.desk import RedisDesk
from shared.store.sql import Database, open_database
from shared.store.states import STAGE, DialogueStates
from shared.store.turns import RedisTurns
from shared.wording import Wording
from tests.harness.fault_points import Crash, Fault, Faults, every_fault, some_faults
from tests.harness.shop_faults import Faulty
from tests.harness.shop_server import TOKEN, serving
from tests.harness.valkey import running_valkey
from tests.unit.services.dialogue.desk import NoPages, understood

ACTS = {"cancel_order": "order_cancelled", "urge_delivery": "delivery_urged"}
TOLD_DONE = {*ACTS.values(), "write_confirmed_late"}
TOLD_NOT = {"write_did_not_happen", "shop_unreachable"}
SETTLES_AFTER_S = (20.0, 130.0, 150.0, 170.0, 190.0, 210.0)
"""When the settling loop looks, after the turn: soon, and past the time at which a write is given up."""
SERVER_FAULTS = (
    "applied_then_500", "applied_then_dropped", "applied_then_slow", "failing", "dropped", "slow", "busy", "garbage",
)  # fmt: skip
SERVER_TIMEOUT_S = 0.25
REST_S = 0.05


@dataclass(frozen=True)
class World:
    """What all runs share: the stores, the shop, and its server if it is asked over HTTP."""

    redis: Any
    database: Database
    shop: ShopBackend
    rules: Rules
    wording: Wording
    server: Faulty | None = None


@dataclass(frozen=True)
class Plan:
    """One run: its number, its act, the turn under faults, and how the customer goes on."""

    number: int
    action: str
    faults: Sequence[Fault]
    server_fault: tuple[str, str, int] | None = None
    early: bool = False
    goes_on: str = "waits"


@dataclass(frozen=True)
class Result:
    """What the run told last, what the shop holds, and what struck."""

    plan: Plan
    told: tuple[str, ...]
    applied: int
    shows: bool
    struck: tuple[Fault, ...]
    befallen: int

    @property
    def verdict(self) -> str:
        """`done`, `not done`, or `nothing` where no sentence spoke of the write's end."""
        ends = [response for response in self.told if response in TOLD_DONE | TOLD_NOT]
        return "nothing" if not ends else "done" if ends[-1] in TOLD_DONE else "not done"

    @property
    def wrong(self) -> str | None:
        """What is wrong with it, if anything."""
        verdicts = {response in TOLD_DONE for response in self.told if response in TOLD_DONE | {"write_did_not_happen"}}
        if self.applied > 1:
            return f"{self.applied} mutations"
        if bool(self.applied) != self.shows:
            return f"the shop's receipts say {self.applied}, its records {self.shows}"
        if (self.verdict == "done") != bool(self.applied):
            return f"told {self.verdict}, and the shop has {self.applied}"
        return "told both that it was done and that it was not" if len(verdicts) > 1 else None


class Run:
    """A conversation of one customer with one order."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.world, self.plan = world, plan
        self.faults = Faults(plan.faults)
        self.conversation, self.customer, self.order = f"f-{plan.number}", f"F{plan.number}", order_number(plan.number)
        self.shift, self.sent = 0.0, 0
        self.told: list[str] = []
        self.conversations, self.turns = Conversations(world.redis), RedisTurns(world.redis)

    async def play(self) -> Result:
        await self.conversations.create(self.conversation, "en", "digest", Identity("L2", self.customer), 3600)
        self.faults.armed = self.plan.early
        shown = await self.say(self.plan.action, text=f"about {self.order}, please")
        preview = shown.replies[-1].expects.preview if shown and shown.replies else None
        if preview is not None:
            self.faults.armed = True
            self._turn_server_fault()
            await self.say(confirm=preview.id)
        await self._go_on(preview.id if preview else "")
        await self._spare_server()
        for after_s in SETTLES_AFTER_S:
            self.shift = after_s
            if await self.world.redis.zcard(DUE):
                await self.settle()
        self.faults.armed = False
        self.told += await self._settled()
        return await self._result()

    async def _go_on(self, preview: str) -> None:
        if self.plan.goes_on == "confirms again" and preview:
            await self.say(confirm=preview)
        elif self.plan.goes_on == "speaks soon":
            await self.say("greeting", text="hello?")
        elif self.plan.goes_on == "speaks late":
            await self._spare_server()
            self.shift = SETTLES_AFTER_S[1]
            await self.say("greeting", text="hello?")

    def _turn_server_fault(self) -> None:
        if self.world.server and self.plan.server_fault:
            self.world.server.turn(*self.plan.server_fault)

    async def _spare_server(self) -> None:
        """The server is well again, and asked again: a breaker has no event for that."""
        if self.world.server:
            self.world.server.fault = "none"
            await asyncio.sleep(2 * REST_S)

    async def say(self, *intents: str, **fields: Any) -> ReplyPlanned | None:
        """One turn to its end, by as many deliveries as it takes; None if every attempt failed."""
        self.sent += 1
        sent = CustomerInput(client_message_id=f"m{self.sent}", **fields)
        drive = (await self.conversations.accept(self.conversation, sent)).drive
        assert drive is not None
        message, plan = understood(drive, intents), None
        while plan is None:
            claim = await self.turns.touch(TurnRef.of(message), STAGE, redelivered=True)
            if claim.outcome != "go":
                break
            plan = await self._deliver(message, claim)
        await self._finish(message, plan)
        return plan

    async def _deliver(self, message: MessageUnderstood, claim: Any) -> ReplyPlanned | None:
        try:
            (plan,) = [plan async for plan in self.handlers().on_message_understood(message, claim)]
        except (Crash, DeskbellError):
            return None
        return plan

    async def _finish(self, message: MessageUnderstood, plan: ReplyPlanned | None) -> None:
        self.told += [reply.response for reply in plan.replies] if plan else ["turn_failed"]
        expects = plan.replies[-1].expects if plan and plan.replies else Expects()
        ended = "completed" if plan else "failed"
        finished = await self.conversations.finish(TurnRef.of(message), ended, [], expects)  # type: ignore[arg-type]
        assert finished.outcome == "finished"

    def handlers(self) -> DialogueHandlers:
        """Those of a process that has just started."""
        return DialogueHandlers(self._ports(), self.world.rules)

    def _ports(self) -> Ports:
        redis, watch = self.world.redis, self.faults.watch
        return Ports(
            shop=watch("shop", self.world.shop),
            knowledge=NoPages(),
            codes=NoCodes(),
            states=watch("states", DialogueStates(redis)),
            desk=RedisDesk(redis),
            intents=watch("intents", RedisIntents(redis)),
            tries=open_tries(redis, DialogueSettings(), demo=True),
            clock=lambda: time.time() + self.shift,
            code_digits=6,
        )

    async def settle(self) -> None:
        """One look of the settling loop, which goes on after an error and starts again after a crash."""
        ports = self._ports()
        log = self.faults.watch("conversations", self.conversations)
        settler = Settler(ports.shop, ports.states, ports.intents, log, self.world.wording, ports.clock)
        try:
            await settler.settle_due()
        except (Crash, DeskbellError, TimeoutError):
            return

    async def _settled(self) -> list[str]:
        events = await self.conversations.events(self.conversation) or []
        replies = [event.data["reply"] for event in events if event.type == "reply"]
        return ["write_confirmed_late" if reply["acts"] else "write_did_not_happen" for reply in replies]

    async def _result(self) -> Result:
        async with self.world.database.reading() as connection:
            mine = select(func.count()).select_from(RECEIPTS).where(RECEIPTS.c.customer_id == self.customer)
            applied = int((await connection.execute(mine)).scalar_one())
            if self.plan.action == "cancel_order":
                order = select(ORDERS.c.status).where(ORDERS.c.number == self.order)
                shows = (await connection.execute(order)).scalar_one() == "cancelled"
            else:
                asked = select(func.count()).select_from(REQUESTS).where(REQUESTS.c.customer_id == self.customer)
                shows = int((await connection.execute(asked)).scalar_one()) == 1
        befallen = self.world.server.befallen if self.world.server and self.plan.server_fault else 0
        return Result(self.plan, tuple(self.told), applied, shows, tuple(self.faults.struck), befallen)


@contextmanager
def impatient() -> Iterator[None]:
    """No pauses between looks at the receipt, and a server that failed is asked again soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writes, "LOOK_UP_AFTER_S", (0.0, 0.0, 0.0))
        patch.setattr(http_server, "REST_S", REST_S)
        patch.setattr(http_server, "LONGEST_REST_S", REST_S)
        yield


# --- what is played --------------------------------------------------------------------------


def order_number(number: int) -> str:
    return f"MB{50_000 + number}"


def plans(runs: int, seed: int, *, http: bool = False) -> list[Plan]:
    """Every single fault first, where there is room for them; then combinations by chance."""
    chance = random.Random(seed)
    singles = [] if http else [[fault] for fault in every_fault()]
    chosen = singles[:runs] + [some_faults(chance) for _ in range(runs - len(singles))]
    return [
        Plan(
            number,
            chance.choice(tuple(ACTS)),
            faults if not http or chance.random() < 0.5 else (),
            (chance.choice(SERVER_FAULTS), chance.choice(("commits$", "receipts", "commits$|receipts", "")),
             chance.choice((1, 2, 4))) if http else None,
            early=len(faults) > 1 and chance.random() < 0.2,
            goes_on=chance.choice(("waits", "waits", "confirms again", "speaks soon", "speaks late")),
        )
        for number, faults in enumerate(chosen)
    ]  # fmt: skip


async def crowd(database: Database, runs: int) -> None:
    """Adds a customer and an order for each run."""
    async with database.writing() as connection:
        person = (await connection.execute(select(CUSTOMERS).where(CUSTOMERS.c.id == "C002"))).mappings().one()
        order = (await connection.execute(select(ORDERS).where(ORDERS.c.number == "MB10002"))).mappings().one()
        people = [{**person, "id": f"F{n}", "email": f"f{n}@example.com"} for n in range(runs)]
        orders = [{**order, "number": order_number(n), "customer_id": f"F{n}"} for n in range(runs)]
        await connection.execute(insert(CUSTOMERS), people)
        await connection.execute(insert(ORDERS), orders)


@asynccontextmanager
async def open_world(state_url: str, folder: Path, runs: int, *, http: bool) -> AsyncIterator[World]:
    """The stores and the shop, with orders for so many runs."""
    shop = load_shop(Path("shops/demo"))
    url = f"sqlite+aiosqlite:///{folder / 'shop.db'}"
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(open_redis(state_url))
        backend: Any = await stack.enter_async_context(open_sql_shop(url, shop, 10))
        database = await stack.enter_async_context(open_database(url, 10))
        await crowd(database, runs)
        world = World(redis, database, backend, load_rules(shop, DialogueSettings()), wording(shop))
        if http:
            world = await _over_http(stack, world, shop)
        yield world


async def _over_http(stack: AsyncExitStack, world: World, shop: Shop) -> World:
    server = await stack.enter_async_context(serving(world.shop, shop))  # type: ignore[arg-type]
    connection = await stack.enter_async_context(
        http_server.open_shop_server(server.url, SecretStr(TOKEN), SERVER_TIMEOUT_S, 16)
    )
    return replace(world, shop=HttpShop(connection), server=server)


Change = Callable[[World], World]


async def play(
    state_url: str, folder: Path, runs: int, seed: int = 1, *, http: bool = False, change: Change = lambda world: world
) -> list[Result]:
    """The results of so many runs, one after another, in the world that `change` makes."""
    async with open_world(state_url, folder, runs, http=http) as opened:
        world = change(opened)
        return [await Run(world, plan).play() for plan in plans(runs, seed, http=http)]


def table(results: Sequence[Result]) -> str:
    """What struck, from which side, and how often the runs that it struck ended how."""
    rows: dict[tuple[str, str, str], Counter[str]] = {}
    for result in results:
        struck = [(fault.point, fault.when, fault.kind) for fault in result.struck]
        if result.befallen and result.plan.server_fault:
            struck.append((f"server {result.plan.server_fault[1] or 'any call'}", "", result.plan.server_fault[0]))
        for key in struck:
            rows.setdefault(key, Counter())[result.verdict] += 1
    lines = [f"{'point':<28} {'when':<7} {'what':<21} {'runs':>5} {'done':>5} {'not done':>9} {'nothing':>8}"]
    for (point, when, what), ends in sorted(rows.items()):
        counts = f"{ends.total():>5} {ends['done']:>5} {ends['not done']:>9} {ends['nothing']:>8}"
        lines.append(f"{point:<28} {when:<7} {what:<21} {counts}")
    wrong = [result for result in results if result.wrong]
    unstruck = sum(not result.struck and not result.befallen for result in results)
    lines.append(
        f"{len(results)} runs, {unstruck} without a fault, {sum(result.applied for result in results)} changes, "
        f"{sum(result.applied > 1 for result in results)} doubled, {len(wrong)} wrong"
    )
    return "\n".join(lines)


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--http", action="store_true")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with impatient(), running_valkey() as server, tempfile.TemporaryDirectory() as folder:
        results = asyncio.run(play(server.url, Path(folder), asked.runs, asked.seed, http=asked.http))
    print(table(results))  # noqa: T201 - the command's answer
    for result in results:
        if result.wrong:
            print(result.wrong, result)  # noqa: T201


if __name__ == "__main__":
    _main()

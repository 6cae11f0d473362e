"""Two weeks of the demo shop on a clock of the test's own, with the real stores: who got what, and when."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from services.dialogue.adapters.sql_shop import open_sql_shop
from services.proactive.adapters.sql_ledger import SqlLedger
from services.proactive.adapters.sql_tables import CUSTOMERS, SENT
from services.proactive.handlers import Proactive
from services.proactive.ports import Message
from services.proactive.service import open_proactive
from shared.bus.memory import open_memory_bus
from shared.config import Settings
from shared.ports import Identity
from shared.service import World
from shared.shop import load_shop
from shared.shop.proactive import Caps
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.desk import RedisDesk
from shared.store.sql import Database, open_database

SHOP = Path("shops/demo")
HOUR, DAY, WEEK = 3_600, 86_400, 7 * 86_400
ZONES = {"CNY": ZoneInfo("Asia/Shanghai"), "EUR": ZoneInfo("Europe/Berlin")}
SERVICE = {"late_shipment", "back_in_stock", "after_delivery_care"}


@dataclass
class Bench:
    """The shop, two instances of the service, and a clock that the test moves."""

    world: World
    database: Database
    services: list[Proactive]
    conversations: Conversations
    clock: list[float]
    met: dict[str, str] = field(default_factory=dict)

    async def meets(self, customer: str, conversation: str) -> None:
        """The customer opens a conversation."""
        await self.conversations.create(conversation, "en", "digest", Identity("L2", customer), 90 * DAY)
        self.met[customer] = conversation

    async def rows(self) -> list[Any]:
        async with self.database.reading() as connection:
            return list((await connection.execute(select(SENT).order_by(SENT.c.at))).all())

    async def told(self, customer: str) -> list[dict[str, Any]]:
        events = await self.conversations.events(self.met[customer])
        return [event.data["reply"] for event in events or []]

    async def run(self, sql: str, **values: Any) -> None:
        async with self.database.writing() as connection:
            await connection.execute(text(sql), values)

    async def pass_time(self, hours: int, step: int = 2) -> None:
        for _ in range(0, hours, step):
            self.clock[0] += step * HOUR
            for service in self.services:
                await service.look_once()


@asynccontextmanager
async def open_bench(state_url: str, folder: Path, database_url: str = "") -> AsyncIterator[Bench]:
    url, shop = database_url or f"sqlite+aiosqlite:///{folder / 'shop.db'}", load_shop(SHOP)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_sql_shop(url, shop))
        redis = await stack.enter_async_context(open_redis(state_url))
        bus = await stack.enter_async_context(open_memory_bus())
        world = World(Settings(), bus, redis, redis, url)
        database = await stack.enter_async_context(open_database(url, 5))
        clock = [datetime.now(UTC).timestamp()]
        services = [await open_proactive(world, shop, database, 30, lambda: clock[0]) for _ in range(2)]
        yield Bench(world, database, services, Conversations(redis), clock)


@pytest.mark.slow
async def test_caps_quiet_hours_consent_and_opt_outs_hold(state_url: str, tmp_path: Path) -> None:
    async with open_bench(state_url, tmp_path) as bench:
        people = {person.id: person for person in load_shop(SHOP).customers}
        for customer in people:
            await bench.meets(customer, f"conversation-{customer}")
        await bench.run(
            "UPDATE shop_customers SET opted_out = '[\"newsletter\", \"recommendations\"]' WHERE id = 'C004'"
        )
        await bench.pass_time(7 * 24)
        stopped_at = bench.clock[0]
        await bench.run(
            "UPDATE shop_customers SET opted_out = '[\"newsletter\", \"recommendations\"]' WHERE id = 'C001'"
        )
        await bench.pass_time(7 * 24)

        rows = await bench.rows()
        assert {row.rule for row in rows} >= SERVICE - {"back_in_stock"} | {"basket_left"}
        by_customer = defaultdict(list)
        for row in rows:
            by_customer[row.customer_id].append(row.at)
            hour = datetime.fromtimestamp(row.at, ZONES[people[row.customer_id].currency]).hour
            assert 9 <= hour < 21, row.key
            if row.rule not in SERVICE:
                assert "recommendations" in people[row.customer_id].consents
            if row.coupon:
                assert row.coupon["percent"] <= 10
        for times in by_customer.values():
            assert all(later - before >= DAY for before, later in zip(times, times[1:], strict=False))
            assert all(sum(0 <= one - at < WEEK for one in times) <= 3 for at in times)
        assert by_customer["C004"] == []
        assert all(at <= stopped_at for at in by_customer["C001"])
        for customer in people:
            told = await bench.told(customer)
            assert len(told) == len(by_customer[customer])
            assert len({reply["id"] for reply in told}) == len(told)
            for reply in told:
                assert reply["turn"] is None
                assert "no more messages" in reply["text"] or "不要再给我发消息" in reply["text"]


async def test_whoever_is_away_gets_it_when_they_come_back(state_url: str, tmp_path: Path) -> None:
    async with open_bench(state_url, tmp_path) as bench:
        await bench.pass_time(26)
        assert await bench.rows() == []
        await bench.meets("C006", "back")
        await bench.pass_time(26)
        rows = await bench.rows()  # a day apart: at some hours of the day the second one falls into the 26, too
        assert rows and {row.customer_id for row in rows} == {"C006"}
        assert len({row.rule for row in rows}) == len(rows) == len(await bench.told("C006"))


async def test_a_crash_between_ledger_and_conversation_is_made_good_once(
    state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(Exception):
        pass

    async with open_bench(state_url, tmp_path) as bench:
        await bench.meets("C006", "here")
        first = bench.services[0]

        async def dies(_: object) -> None:
            raise Crash

        with monkeypatch.context() as patched:
            patched.setattr(first, "_deliver", dies)
            with pytest.raises(Crash):
                for _ in range(7 * 24):
                    bench.clock[0] += HOUR
                    await first.look_once()
        assert await bench.told("C006") == []
        await bench.pass_time(2, step=1)
        await bench.run("UPDATE proactive_sent SET finished = 0")  # told, but the last step was lost
        await bench.pass_time(2, step=1)
        assert len(await bench.told("C006")) == 1


async def test_nothing_is_sold_while_a_complaint_is_open_or_a_person_has_the_word(
    state_url: str, tmp_path: Path
) -> None:
    async with open_bench(state_url, tmp_path) as bench:
        await bench.meets("C006", "quiet")
        await RedisDesk(bench.world.state).open("quiet", "customer_asked", "zh")
        await bench.run(
            "INSERT INTO shop_requests VALUES ('R1', 'C004', 'file_complaint', 'shop', '{}', :at)",
            at=datetime.fromtimestamp(bench.clock[0], UTC).isoformat(),
        )
        await bench.meets("C004", "angry")
        await bench.pass_time(50)
        assert await bench.told("C006") == []
        assert [row.rule for row in await bench.rows() if row.customer_id == "C004" and row.rule not in SERVICE] == []


async def test_goods_that_are_back_are_told_to_whoever_asked(state_url: str, tmp_path: Path) -> None:
    async with open_bench(state_url, tmp_path) as bench:
        await bench.meets("C008", "waits")
        moment = datetime.fromtimestamp(bench.clock[0], UTC).isoformat()
        await bench.run(
            "INSERT INTO shop_requests VALUES ('R2', 'C008', 'notify_stock', 'P1001-BLK-43', '{}', :at)", at=moment
        )
        await bench.pass_time(26)
        assert not any(row.rule == "back_in_stock" for row in await bench.rows())
        await bench.run("UPDATE shop_variants SET stock = 5 WHERE sku = 'P1001-BLK-43'")
        await bench.pass_time(48)
        (row,) = [row for row in await bench.rows() if row.rule == "back_in_stock"]
        assert "山径跑鞋 2" in row.reply["text"]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_two_instances_at_once_cannot_exceed_the_caps(
    state_url: str, tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgres" else ""
    async with open_bench(state_url, tmp_path, url) as bench, open_database(bench.world.database_url, 5) as other:
        ledgers, now, caps = [SqlLedger(bench.database), SqlLedger(other)], bench.clock[0], Caps(a_day=2, a_week=9)
        coupon = {"code": "BIRD-1", "percent": 8}
        made = [Message(f"rule:{n}", "C006", "rule", "c", {}, coupon) for n in range(3)]
        claims = [ledger.claim(message, now, caps) for message in made for ledger in ledgers]
        assert sorted(await asyncio.gather(*claims)) == [False] * 4 + [True] * 2
        assert not any([await ledgers[0].claim(message, now, caps) for message in made])
        async with bench.database.reading() as connection:
            coupons = (await connection.execute(select(CUSTOMERS.c.coupons).where(CUSTOMERS.c.id == "C006"))).scalar()
        assert [one["code"] for one in coupons or []] == ["BIRD-1", "BIRD-1"]
        assert await bench.services[0].look_once() is not None

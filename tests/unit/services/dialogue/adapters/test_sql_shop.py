"""The embedded shop under any order of events, with many orders, and with a database that cannot be used."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from services.commands.cases import ShopState
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.adapters.sql_tables import ORDERS
from services.dialogue.domain.shop import Drifted, Preview, Receipt
from services.dialogue.ports import ShopBackend
from shared.errors import ConfigError, Transient
from shared.shop import load_shop
from shared.store.sql import open_database
from tests.harness.postgres import Postgres
from tests.harness.proxy import FaultProxy

SMALL = load_shop(Path(__file__).parents[4] / "fixtures/shop_small")
CANCEL = {"order": "SM10003", "reason": "no_longer_needed"}


@asynccontextmanager
async def small_shop(folder: Path, timeout_s: float = 10) -> AsyncIterator[SqlShop]:
    async with open_sql_shop(f"sqlite+aiosqlite:///{folder / 'shop.db'}", SMALL, timeout_s=timeout_s) as shop:
        yield shop


async def test_it_is_a_shop_backend_and_a_shop_state(tmp_path: Path) -> None:
    async with small_shop(tmp_path) as shop:
        backend: ShopBackend = shop
        state: ShopState = shop
        assert backend is state


# --- any order of events ---------------------------------------------------------------------

OWNERS = {"SM10001": "C001", "SM10002": "C001", "SM10003": "C002"}
Commit = tuple[str, str, bool]
commits = st.tuples(st.sampled_from(sorted(OWNERS)), st.sampled_from("abcd"), st.booleans())
changes = st.tuples(st.sampled_from(sorted(OWNERS)), st.sampled_from(["pending", "packed", "shipped"]))
rounds = st.lists(st.tuples(st.lists(changes, max_size=2), st.lists(commits, min_size=1, max_size=5)), max_size=5)


class Played:
    """A shop under test, the previews that customers saw first, and what every key has ever brought."""

    def __init__(self, shop: SqlShop, first: dict[str, Preview]) -> None:
        self.shop, self.first = shop, first
        self.receipts: dict[str, Receipt] = {}

    async def round(self, changed: list[tuple[str, str]], asked: list[Commit]) -> None:
        for order, status in changed:
            await self.shop.set_status(order, status)
        before = await self.shop.order_statuses(OWNERS)
        previews = [await self.preview(order, fresh=fresh) for order, _, fresh in asked]
        answers = await asyncio.gather(
            *(
                self.shop.commit(OWNERS[order], preview, key)
                for (order, key, _), preview in zip(asked, previews, strict=True)
            )
        )
        self.check(before, await self.shop.order_statuses(OWNERS), asked, answers)
        assert await self.shop.receipts() == len(self.receipts)

    async def preview(self, order: str, *, fresh: bool) -> Preview:
        now = await self.shop.preview(OWNERS[order], "cancel_order", {**CANCEL, "order": order})
        return now if fresh and isinstance(now, Preview) else self.first[order]

    def check(
        self, before: dict[str, str], after: dict[str, str], asked: list[Commit], answers: list[Receipt | Drifted]
    ) -> None:
        known = set(self.receipts)
        for (_, key, _), answer in zip(asked, answers, strict=True):
            if isinstance(answer, Receipt):
                assert self.receipts.setdefault(key, answer) == answer
            else:
                assert key not in known
        made = Counter(self.receipts[key].target for key in set(self.receipts) - known)
        for order, status in before.items():
            # One change at most, from a status that allows it; and no change without its receipt.
            assert made[order] == (status == "pending" and after[order] == "cancelled")
            assert after[order] == ("cancelled" if made[order] else status)


@given(rounds)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.slow
def test_no_order_of_events_makes_two_changes_of_one_confirmation(played: list[tuple[Any, Any]]) -> None:
    async def play() -> None:
        with TemporaryDirectory() as folder:
            async with small_shop(Path(folder)) as shop:
                run = Played(shop, {order: await first(shop, order) for order in OWNERS})
                for changed, asked in played:
                    await run.round(changed, asked)

    asyncio.run(play())


async def first(shop: SqlShop, order: str) -> Preview:
    preview = await shop.preview(OWNERS[order], "cancel_order", {**CANCEL, "order": order})
    assert isinstance(preview, Preview)
    return preview


# --- many orders -----------------------------------------------------------------------------


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """The SELECTs that any engine runs within the block."""
    seen: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.slow
async def test_a_hundred_thousand_orders_are_never_walked_through(tmp_path: Path) -> None:
    async with (
        small_shop(tmp_path) as shop,
        open_database(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", 60) as database,
    ):
        async with database.writing() as connection:
            await connection.execute(insert(ORDERS), [many_orders(index) for index in range(100_000)])
        with statements() as seen:
            assert (await shop.find_customer(email="anna.berg@example.com")) is not None
            assert len(await shop.orders("C77")) == 10
            preview = await shop.preview("C002", "cancel_order", CANCEL)
            assert isinstance(preview, Preview) and isinstance(await shop.commit("C002", preview, "key"), Receipt)
        assert len(seen) >= 8
        async with database.reading() as connection:
            for statement, parameters in seen:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                assert not [row for row in plan if re.match("SCAN", row[3])], statement


def many_orders(index: int) -> dict[str, Any]:
    return {
        "number": f"SM{200_000 + index}", "customer_id": f"C{index % 10_000}", "status": "pending",
        "placed_at": datetime(2026, 11, 1, tzinfo=UTC), "currency": "EUR", "shipping_fee": Decimal("0.00"),
        "lines": [{"sku": "P3-WHT", "quantity": 1, "price": "26.00"}], "payment_method": "paypal", "payment_last4": "",
        "carrier": "", "tracking_number": "", "postcode": "", "address": "",
    }  # fmt: skip


# --- databases that cannot be used -----------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite+aiosqlite:////proc/nowhere/shop.db", "the folder of /proc/nowhere/shop.db cannot be made"),
        ("sqlite+aiosqlite:////proc/version", "the shop's database sqlite.* cannot be opened: "),
        ("nonsense", "DESKBELL_DATABASE_URL cannot be used"),
        ("postgresql+asyncpg://a:secret@127.0.0.1:1/x", r"a:\*\*\*@127.0.0.1:1/x cannot be opened: "),
    ],
)
async def test_a_database_that_cannot_be_opened_is_one_sentence(url: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as raised:
        async with open_sql_shop(url, SMALL, wait_s=0):
            raise AssertionError("opened")
    assert "\n" not in str(raised.value) and "secret" not in str(raised.value)


@pytest.mark.parametrize(("order", "status"), [("SM99999", "shipped"), ("SM10001", "eaten")])
async def test_the_staff_cannot_set_what_does_not_exist(tmp_path: Path, order: str, status: str) -> None:
    async with small_shop(tmp_path) as shop:
        with pytest.raises(ConfigError):
            await shop.set_status(order, status)


ProxyTo = Callable[[int], AbstractAsyncContextManager[FaultProxy]]


async def test_a_server_that_freezes_or_goes_is_transient_until_it_is_back(
    database_server: Postgres, proxy_to: ProxyTo
) -> None:
    url = database_server.url(database_server.fresh_database())
    async with proxy_to(database_server.port) as proxy:
        through = url.replace(f":{database_server.port}/", f":{proxy.port}/")
        async with open_sql_shop(through, SMALL, timeout_s=1) as shop:
            proxy.freeze()
            async with asyncio.timeout(10):
                for _ in range(3):
                    with pytest.raises(Transient):
                        await shop.order("SM10003")
            proxy.thaw()
            assert await shop.order("SM10003") is not None
            proxy.cut()
            assert await shop.order("SM10003") is not None
            proxy.refuse = True
            proxy.cut()
            with pytest.raises(Transient):
                await shop.order("SM10003")

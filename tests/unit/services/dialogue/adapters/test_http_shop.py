"""A shop's server that fails, lies or is slow: no record of it reaches anybody, and nothing is done twice."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.dialogue.adapters import http_server
from services.dialogue.adapters.http_server import ShopFault
from services.dialogue.adapters.http_shop import HttpShop, open_http_shop
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.domain.shop import Preview, Receipt
from services.dialogue.ports import ShopBackend
from shared.errors import ConfigError, Transient
from shared.shop import load_shop
from tests.harness.proxy import FaultProxy
from tests.harness.shop_faults import FAULTS, Faulty, answer
from tests.harness.shop_server import TOKEN, listening, serving
from tests.harness.waiting import eventually

SMALL = load_shop(Path(__file__).parents[4] / "fixtures/shop_small")
CANCEL = {"order": "SM10003", "reason": "no_longer_needed"}
TIMEOUT_S = 1.0


@asynccontextmanager
async def client_of(url: str, **limits: Any) -> AsyncIterator[HttpShop]:
    async with open_http_shop(url, SecretStr(TOKEN), SMALL.name, limits.pop("timeout_s", TIMEOUT_S), **limits) as shop:
        yield shop


@pytest.fixture
async def sql(tmp_path: Path) -> AsyncIterator[SqlShop]:
    async with open_sql_shop(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", SMALL, timeout_s=10) as backend:
        yield backend


@pytest.fixture
async def server(sql: SqlShop) -> AsyncIterator[Faulty]:
    async with serving(sql, SMALL) as faulty:
        faulty.other_customer = "C001"
        yield faulty


@pytest.fixture
async def shop(server: Faulty) -> AsyncIterator[HttpShop]:
    async with client_of(server.url) as backend:
        backend_is_a_port: ShopBackend = backend
        assert backend_is_a_port is backend
        yield backend


async def previewed(shop: ShopBackend) -> Preview:
    preview = await shop.preview("C002", "cancel_order", CANCEL)
    assert isinstance(preview, Preview)
    return preview


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


# --- replies that cannot be used -------------------------------------------------------------

Call = Callable[[HttpShop], Any]
READS: dict[str, Call] = {
    "customer": lambda shop: shop.find_customer(customer_id="C002"),
    "lookup": lambda shop: shop.find_customer(email="anna.berg@example.com"),
    "orders": lambda shop: shop.orders("C002"),
    "order": lambda shop: shop.order("SM10003"),
    "products": lambda shop: shop.products(["P1"]),
    "requests": lambda shop: shop.requests("C002"),
    "preview": lambda shop: shop.preview("C002", "cancel_order", CANCEL),
    "receipt": lambda shop: shop.receipt("k"),
}
ENDS = {
    "garbage": "garbage", "broken_json": "garbage", "slow": "slow", "dripping": "slow", "failing": "failing",
    "dropped": "unreachable", "applied_then_500": "failing", "applied_then_dropped": "unreachable",
    "applied_then_slow": "slow", "huge": "too_large", "packed": "garbage", "redirect": "redirected", "busy": "busy",
    "unauthorised": "unauthorised", "no_such_page": "garbage",
}  # fmt: skip


@pytest.mark.parametrize("fault", ENDS)
async def test_no_read_gets_anything_from_a_reply_that_cannot_be_used(
    server: Faulty, shop: HttpShop, fault: str
) -> None:
    server.turn(fault)
    for name, call in READS.items():
        if name == "receipt" and fault == "broken_json":
            continue  # half a 404 is whole when cut off behind its code
        async with asyncio.timeout(5):
            with pytest.raises(ShopFault) as raised:
                await call(shop)
        assert raised.value.end in (ENDS[fault], "resting"), name
    assert server.seen["/trap"] == 0


@pytest.mark.parametrize("fault", ["wrong_schema", "strange_values"])
@pytest.mark.parametrize("name", ["orders", "order", "preview"])
async def test_a_reply_that_breaks_the_contract_is_no_reply(
    server: Faulty, shop: HttpShop, fault: str, name: str
) -> None:
    server.turn(fault)
    with pytest.raises(ShopFault, match="garbage"):
        await READS[name](shop)


def test_every_fault_is_tried() -> None:
    assert set(FAULTS) == {*ENDS, "wrong_schema", "strange_values", "wrong_customer"}


# --- somebody else's records -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["customer", "orders", "preview"])
async def test_the_wrong_customers_records_are_dropped_and_counted(server: Faulty, shop: HttpShop, name: str) -> None:
    kind = {"orders": "order"}.get(name, name)
    before = figure("deskbell_shop_foreign_records_total", kind=kind)
    server.turn("wrong_customer")
    with capture_logs() as logs, pytest.raises(ShopFault, match="garbage"):
        await READS[name](shop)
    assert figure("deskbell_shop_foreign_records_total", kind=kind) > before
    assert not re.search("C001|Wang|SM1", str(logs))


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[str]:
    """A server that says the same to everything but /about."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        about = f'{{"shop": "{SMALL.name}", "api": 1}}'.encode()
        await answer(send, 200, about if scope["path"] == "/about" else reply)

    server = Faulty(app)
    async with listening(server):
        yield server.url


async def test_of_a_mixed_list_only_the_own_records_are_kept(sql: SqlShop) -> None:
    mixed = [*await sql.orders("C001"), *await sql.orders("C002")]
    body = f'{{"orders": [{",".join(order.model_dump_json() for order in mixed)}]}}'
    before = figure("deskbell_shop_foreign_records_total", kind="order")
    async with answering(body.encode()) as url, client_of(url) as shop:
        assert {order.customer_id for order in await shop.orders("C002")} == {"C002"}
    assert figure("deskbell_shop_foreign_records_total", kind="order") == before + 2


async def test_another_order_and_another_address_are_not_what_was_asked_for(sql: SqlShop) -> None:
    order, customer = await sql.order("SM10001"), await sql.find_customer(customer_id="C001")
    assert order is not None and customer is not None
    async with answering(order.model_dump_json().encode()) as url, client_of(url) as shop:
        with pytest.raises(ShopFault):
            await shop.order("SM10003")
    async with answering(customer.model_dump_json().encode()) as url, client_of(url) as shop:
        with pytest.raises(ShopFault):
            await shop.find_customer(email="anna.berg@example.com")


# --- once only -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["applied_then_500", "applied_then_dropped", "applied_then_slow", "failing", "slow"])
async def test_a_commit_whose_answer_is_lost_is_found_by_its_key_and_never_made_twice(
    server: Faulty, shop: HttpShop, sql: SqlShop, fault: str
) -> None:
    preview = await previewed(shop)
    server.turn(fault, on="commits")
    with pytest.raises(Transient):
        await shop.commit("C002", preview, "key")
    assert (await shop.receipt("key") is not None) == fault.startswith("applied")
    server.turn("none")
    again = await shop.commit("C002", preview, "key")
    assert isinstance(again, Receipt) and again == await shop.receipt("key")
    assert await sql.receipts() == 1


async def test_a_commit_that_arrives_too_late_is_not_applied(server: Faulty, sql: SqlShop) -> None:
    async with http_server.open_shop_server(server.url, SecretStr(TOKEN), 5, 4) as connection:
        late = HttpShop(connection, clock=lambda: datetime.now(UTC) - timedelta(minutes=2))
        with pytest.raises(ShopFault, match="rejected"):
            await late.commit("C002", await previewed(late), "key")
    assert await sql.receipts() == 0


# --- staying within limits -------------------------------------------------------------------


async def test_a_server_that_keeps_failing_is_left_alone_and_tried_again(
    server: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "REST_S", 0.3)
    async with client_of(server.url) as shop:
        server.turn("failing")
        for _ in range(http_server.FAILURES):
            with pytest.raises(ShopFault, match="failing"):
                await shop.order("SM10003")
        asked = server.seen["/orders/SM10003"]
        with pytest.raises(ShopFault, match="resting"):
            await shop.order("SM10003")
        assert server.seen["/orders/SM10003"] == asked
        server.turn("none")

        async def back() -> bool:
            try:
                return await shop.order("SM10003") is not None
            except ShopFault:
                return False

        assert await eventually(back, 5)
        assert await shop.order("SM10003") is not None


async def test_a_server_that_asks_to_be_left_alone_is(server: Faulty, shop: HttpShop) -> None:
    server.turn("busy", times=1)
    with pytest.raises(ShopFault, match="busy"):
        await shop.order("SM10003")
    with pytest.raises(ShopFault, match="resting"):
        await shop.order("SM10003")


async def test_one_record_that_cannot_be_read_does_not_close_the_shop_to_others(server: Faulty, shop: HttpShop) -> None:
    server.turn("strange_values", on="SM10003")
    for _ in range(3 * http_server.FAILURES):
        with pytest.raises(ShopFault, match="garbage"):
            await shop.order("SM10003")
    assert await shop.order("SM10001") is not None


async def test_no_more_requests_than_allowed_are_under_way(server: Faulty) -> None:
    async with client_of(server.url, concurrency=2) as shop:
        server.turn("slow")
        results = await asyncio.gather(*(shop.order("SM10003") for _ in range(6)), return_exceptions=True)
    assert all(isinstance(result, ShopFault) for result in results)
    assert sorted(result.end for result in results if isinstance(result, ShopFault)) == ["crowded"] * 4 + ["slow"] * 2
    assert server.seen["/orders/SM10003"] == 2


ProxyTo = Callable[[int], AbstractAsyncContextManager[FaultProxy]]


async def test_a_connection_that_broke_meanwhile_is_opened_anew(server: Faulty, proxy_to: ProxyTo) -> None:
    port = int(server.url.rpartition(":")[2])
    async with proxy_to(port) as proxy, client_of(f"http://127.0.0.1:{proxy.port}") as shop:
        assert await shop.order("SM10003") is not None
        proxy.cut()
        assert await shop.order("SM10003") is not None
        proxy.refuse = True
        proxy.cut()
        with pytest.raises(ShopFault, match="unreachable"):
            await shop.order("SM10003")


# --- the address and the token ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["SM10001?x=1", "%2e%2e", "%2F", "x#y", "订单", "a;b", "a:b@c"])
async def test_what_a_customer_types_never_leads_to_another_address(server: Faulty, shop: HttpShop, name: str) -> None:
    before = set(server.seen)
    assert await shop.order(name) is None
    assert set(server.seen) - before <= {f"/orders/{name}"}


@pytest.mark.parametrize("name", ["", ".", "..", "../customers/C001", "a/b", "a\\b", "a\r\nb", "\0", "x" * 201])
async def test_what_no_address_can_hold_is_not_asked_for(server: Faulty, shop: HttpShop, name: str) -> None:
    before = server.seen.total()
    assert await shop.order(name) is None and await shop.find_customer(customer_id=name) is None
    assert server.seen.total() == before


@pytest.mark.parametrize(
    "url", ["shop.example", "ftp://shop.example", "https://me:secret@shop.example", "https://shop.example?q=secret",
            "http://", "https://shop.example:port"],
)  # fmt: skip
async def test_an_unusable_address_is_one_sentence_without_the_address(url: str) -> None:
    with pytest.raises(ConfigError, match="DESKBELL_SHOP_URL") as raised:
        async with client_of(url):
            raise AssertionError("opened")
    assert "secret" not in str(raised.value)


async def test_a_refused_token_and_another_shop_are_told_at_the_start(server: Faulty) -> None:
    with pytest.raises(ConfigError, match="DESKBELL_SHOP_TOKEN"):
        async with open_http_shop(server.url, SecretStr("another"), SMALL.name):
            raise AssertionError("opened")
    with pytest.raises(ConfigError, match="DESKBELL_SHOP_TOKEN"):
        async with open_http_shop(server.url, SecretStr("two words"), SMALL.name):
            raise AssertionError("opened")
    with pytest.raises(ConfigError, match="not the server of othershop"):
        async with open_http_shop(server.url, SecretStr(TOKEN), "othershop"):
            raise AssertionError("opened")


async def test_a_server_that_is_away_at_the_start_is_waited_for(server: Faulty) -> None:
    server.turn("failing", times=1)
    async with client_of(server.url) as shop:
        assert await shop.order("SM10003") is not None


async def test_neither_logs_nor_errors_hold_the_token_or_a_record(server: Faulty, shop: HttpShop) -> None:
    told = []
    with capture_logs() as logs:
        for fault in ENDS:
            server.turn(fault)
            for call in READS.values():
                try:
                    await call(shop)
                except ShopFault as exc:
                    told.append(f"{exc!r} {exc.__cause__!r}")
    assert told and not re.search(f"{TOKEN}|anna|SM1000|Bearer", f"{logs} {told}")

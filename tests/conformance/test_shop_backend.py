"""What every shop backend does, stated once: embedded on SQLite, on PostgreSQL where there is one, and over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.adapters.sql_tables import ORDERS
from services.dialogue.domain.shop import Drifted, Preview, Receipt, Refusal
from services.dialogue.ports import ShopBackend
from shared.errors import Transient
from shared.shop import load_shop
from shared.store.sql import open_database
from tests.harness.shop_server import HttpOverSql, over_http

SMALL = load_shop(Path(__file__).parents[1] / "fixtures/shop_small")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CANCEL = {"order": "SM10003", "reason": "no_longer_needed"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'shop.db'}"


@pytest.fixture(params=["sql", "http"])
async def shop(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[SqlShop | HttpOverSql]:
    async with open_sql_shop(database_url, SMALL, clock=lambda: NOW) as backend:
        if request.param == "sql":
            yield backend
            return
        async with over_http(backend, SMALL) as client:
            yield client


async def previewed(shop: ShopBackend, order: str = "SM10003", customer: str = "C002") -> Preview:
    preview = await shop.preview(customer, "cancel_order", {**CANCEL, "order": order})
    assert isinstance(preview, Preview)
    return preview


# --- reading ---------------------------------------------------------------------------------


async def test_customers_are_found_by_id_and_by_address_in_any_case(shop: SqlShop) -> None:
    by_id = await shop.find_customer(customer_id="C002")
    assert by_id is not None and (by_id.name, by_id.tier) == ("Anna Berg", "standard")
    assert await shop.find_customer(email=" Anna.BERG@example.com ") == by_id


@pytest.mark.parametrize("who", [{}, {"customer_id": "C9"}, {"email": "nobody@example.com"}, {"email": "%"}])
async def test_an_unknown_customer_is_none(shop: SqlShop, who: dict[str, str]) -> None:
    assert await shop.find_customer(**who) is None


async def test_a_customers_orders_come_newest_first(shop: SqlShop) -> None:
    assert [order.number for order in await shop.orders("C001")] == ["SM10002", "SM10001"]
    assert await shop.orders("C9") == ()


async def test_an_order_carries_names_options_and_total(shop: SqlShop) -> None:
    order = await shop.order("SM10002")
    assert order is not None
    assert (order.customer_id, order.status, order.total) == ("C001", "pending", Decimal("927.00"))
    assert [(line.name["zh"], line.quantity, line.price) for line in order.lines] == [
        ("口袋音箱", 2, Decimal("199.00")),
        ("防雨夹克", 1, Decimal("529.00")),
    ]
    assert order.lines[1].options["size"] == {"en": "M", "zh": "M"}
    assert order.placed_at == datetime.fromisoformat("2026-11-20T20:05:00+08:00")
    assert await shop.order("SM99999") is None


async def test_a_delivery_is_told_as_far_as_it_has_come(shop: SqlShop) -> None:
    order = await shop.order("SM10004")
    assert order is not None
    assert (order.carrier, order.tracking_number, order.delivered_at) == ("DHL", "JD0140000001", None)
    assert order.expected_at == datetime.fromisoformat("2026-11-24T18:00:00+01:00")


@pytest.mark.parametrize(
    ("number", "proof", "status"),
    [
        ("SM10003", "POSTCODE", "pending"),
        ("SM10003", "PHONE", "pending"),
        ("SM10003", "00000", None),
        ("SM10003", "0", None),
        ("SM10001", "POSTCODE", None),
        ("SM99999", "POSTCODE", None),
    ],
)
async def test_who_knows_an_order_sees_its_status_and_nothing_else(
    shop: SqlShop, number: str, proof: str, status: str | None
) -> None:
    order, customer = await shop.order("SM10003"), await shop.find_customer(customer_id="C002")
    assert order is not None and customer is not None
    known = {"POSTCODE": order.postcode, "PHONE": customer.phone[-4:]}
    found = await shop.glimpse(number, known.get(proof, proof))
    assert (found.status if found else None) == status
    if found:
        assert set(found.model_dump()) == {"number", "status", "shipped_at", "expected_at", "delivered_at"}


async def test_products_come_in_the_catalogues_order_with_their_variants(shop: SqlShop) -> None:
    products = await shop.products()
    assert [product.id for product in products] == ["P1", "P2", "P3"]
    assert [variant.sku for variant in products[0].variants] == ["P1-BLK-42", "P1-BLU-43"]
    assert products[0].variants[0].prices == {"CNY": Decimal("399.00"), "EUR": Decimal("52.00")}


# --- writing ---------------------------------------------------------------------------------


async def test_a_preview_changes_nothing(shop: SqlShop) -> None:
    before = await shop.order("SM10003")
    preview = await previewed(shop)
    assert (preview.facts["amount"], preview.facts["refund_days"]) == ("58.90", "5-7")
    assert (await shop.order("SM10003"), await shop.receipts()) == (before, 0)


@pytest.mark.parametrize(
    ("customer", "action", "order", "reason"),
    [
        ("C001", "cancel_order", "SM10003", "order_not_found"),
        ("C002", "cancel_order", "SM99999", "order_not_found"),
        ("C002", "cancel_order", "SM10004", "cancel_too_late"),
        ("C003", "cancel_order", "SM10006", "order_already_cancelled"),
        ("C002", "burn_order", "SM10003", "action_not_allowed"),
    ],
)
async def test_what_the_rules_forbid_is_refused(
    shop: SqlShop, customer: str, action: str, order: str, reason: str
) -> None:
    answer = await shop.preview(customer, action, {**CANCEL, "order": order})
    assert isinstance(answer, Refusal) and answer.reason == reason


async def test_a_commit_changes_the_order_and_leaves_a_receipt(shop: SqlShop) -> None:
    preview = await previewed(shop)
    assert await shop.receipt("key") is None
    receipt = await shop.commit("C002", preview, "key")
    assert isinstance(receipt, Receipt)
    assert (receipt.action, receipt.target, receipt.committed_at) == ("cancel_order", "SM10003", NOW)
    assert receipt.facts == preview.facts
    assert await shop.receipt("key") == receipt
    assert await shop.order_statuses(["SM10003", "SM10001", "SM99999"]) == {
        "SM10003": "cancelled",
        "SM10001": "pending",
    }


async def test_the_same_key_yields_the_same_receipt_and_no_second_change(shop: SqlShop) -> None:
    preview = await previewed(shop)
    first = await shop.commit("C002", preview, "key")
    await shop.set_status("SM10003", "pending")
    assert await shop.commit("C002", preview, "key") == first
    assert await shop.order_statuses(["SM10003"]) == {"SM10003": "pending"}


async def test_an_order_that_shipped_in_between_is_not_cancelled(shop: SqlShop) -> None:
    preview = await previewed(shop)
    await shop.set_status("SM10003", "shipped")
    answer = await shop.commit("C002", preview, "key")
    assert isinstance(answer, Drifted) and answer.refusal is not None and answer.refusal.reason == "cancel_too_late"
    assert (await shop.receipt("key"), await shop.order_statuses(["SM10003"])) == (None, {"SM10003": "shipped"})


async def test_an_effect_that_changed_in_between_is_previewed_anew(shop: SqlShop, database_url: str) -> None:
    preview = await previewed(shop)
    async with open_database(database_url, 5) as database, database.writing() as connection:
        await connection.execute(
            ORDERS.update().where(ORDERS.c.number == "SM10003").values(shipping_fee=Decimal("0.00"))
        )
    answer = await shop.commit("C002", preview, "key")
    assert isinstance(answer, Drifted) and answer.preview is not None
    assert (answer.preview.facts["amount"], await shop.receipts()) == ("52.00", 0)
    assert isinstance(await shop.commit("C002", answer.preview, "key"), Receipt)


@pytest.mark.parametrize(
    "forged",
    [
        {"digest": "0" * 64},
        {"arguments": {**CANCEL, "order": "SM10001"}},
        {"arguments": {**CANCEL, "reason": "another"}},
        {"target": "SM10001", "arguments": {**CANCEL, "order": "SM10001"}},
    ],
)
async def test_a_preview_that_was_not_shown_is_not_committed(shop: SqlShop, forged: dict[str, object]) -> None:
    preview = (await previewed(shop)).model_copy(update=forged)
    assert isinstance(await shop.commit("C002", preview, "key"), Drifted)
    assert await shop.receipts() == 0


async def test_another_customer_cannot_commit_a_preview(shop: SqlShop) -> None:
    preview = await previewed(shop)
    assert isinstance(await shop.commit("C001", preview, "key"), Drifted)
    assert await shop.receipts() == 0


@pytest.mark.parametrize("keys", [1, 4, 20])
async def test_twenty_commits_at_once_have_one_effect(shop: SqlShop, keys: int) -> None:
    preview = await previewed(shop)
    answers = await asyncio.gather(*(shop.commit("C002", preview, f"key{index % keys}") for index in range(20)))
    numbers = [answer.number for answer in answers if isinstance(answer, Receipt)]
    assert (len(numbers), len(set(numbers))) == (20 // keys, 1)
    assert (await shop.receipts(), await shop.order_statuses(["SM10003"])) == (1, {"SM10003": "cancelled"})


async def test_one_key_for_two_orders_changes_one_of_them(shop: SqlShop) -> None:
    previews = [await previewed(shop, "SM10001", "C001"), await previewed(shop, "SM10002", "C001")] * 5
    answers = await asyncio.gather(*(shop.commit("C001", preview, "key") for preview in previews))
    assert len({answer.target for answer in answers if isinstance(answer, Receipt)}) == 1
    assert not [answer for answer in answers if isinstance(answer, Drifted)]
    assert sorted((await shop.order_statuses(["SM10001", "SM10002"])).values()) == ["cancelled", "pending"]


async def test_a_commit_that_has_to_wait_too_long_is_transient_and_can_be_repeated(database_url: str) -> None:
    async with open_sql_shop(database_url, SMALL, timeout_s=0.3) as shop, open_database(database_url, 5) as other:
        preview = await previewed(shop)
        async with other.writing() as holder:
            await holder.execute(select(ORDERS).with_for_update())
            with pytest.raises(Transient, match="database did not answer"):
                await shop.commit("C002", preview, "key")
        assert isinstance(await shop.commit("C002", preview, "key"), Receipt)
        assert await shop.receipts() == 1


# --- filling ---------------------------------------------------------------------------------


async def test_what_was_changed_is_there_after_a_restart(shop: SqlShop, database_url: str) -> None:
    receipt = await shop.commit("C002", await previewed(shop), "key")
    async with open_sql_shop(database_url, SMALL) as again:
        assert await again.order_statuses(["SM10003"]) == {"SM10003": "cancelled"}
        kept = await again.receipt("key")
        assert kept is not None and kept.model_dump() == receipt.model_dump()


async def test_a_reset_brings_the_catalogue_back(shop: SqlShop) -> None:
    before = await shop.orders("C002")
    await shop.commit("C002", await previewed(shop), "key")
    await shop.reset()
    assert (await shop.orders("C002"), await shop.receipts()) == (before, 0)


async def test_many_processes_may_open_an_empty_database_at_once(database_url: str) -> None:
    async def count() -> int:
        async with open_sql_shop(database_url, SMALL, timeout_s=10) as shop:
            return len(await shop.products())

    assert await asyncio.gather(*(count() for _ in range(6))) == [3] * 6

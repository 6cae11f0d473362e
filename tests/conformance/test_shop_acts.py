"""Every act on the embedded shop, and over HTTP: once per key, read back, and in step with what the preview said."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.domain.actions import ACTIONS, Seen
from services.dialogue.domain.shop import Drifted, Preview, Receipt
from shared.shop import load_shop
from tests.harness.shop_server import HttpOverSql, over_http
from tests.unit.services.dialogue.domain.test_acts import ALLOWED, Asked

DEMO = load_shop(Path(__file__).parents[2] / "shops/demo")
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ACTS = [row for row in ALLOWED if row[0] != "claim_price_protection"]
"""The catalogue as it stands has nothing that became cheaper."""


@pytest.fixture(params=["sqlite", "http", pytest.param("postgres", marks=pytest.mark.postgres)])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlShop | HttpOverSql]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgres":
        url = str(request.getfixturevalue("postgres_url"))
    async with open_sql_shop(url, DEMO, timeout_s=10, clock=lambda: NOW) as backend:
        if request.param != "http":
            yield backend
            return
        async with over_http(backend, DEMO) as client:
            yield client


async def shown(shop: SqlShop, action: str, customer: str, asked: Asked) -> Preview:
    preview = await shop.preview(customer, action, asked)
    assert isinstance(preview, Preview), preview
    return preview


async def seen(shop: SqlShop, customer: str, asked: Asked) -> Seen:
    order = await shop.order(asked["order"]) if "order" in asked else None
    return Seen(order, await shop.find_customer(customer_id=customer), await shop.requests(customer))


@pytest.mark.parametrize(("action", "customer", "asked"), ACTS)
async def test_an_act_is_done_once_and_shows(shop: SqlShop, action: str, customer: str, asked: Asked) -> None:
    preview = await shown(shop, action, customer, asked)
    before = await seen(shop, customer, asked)
    assert not ACTIONS[action].shows(before, preview, "R-0")
    answers = await asyncio.gather(*(shop.commit(customer, preview, "key") for _ in range(4)))
    (receipt,) = {answer.model_dump_json(): answer for answer in answers}.values()
    assert isinstance(receipt, Receipt)
    after = await seen(shop, customer, asked)
    assert ACTIONS[action].shows(after, preview, receipt.number)
    assert len(after.requests) - len(before.requests) <= 1
    assert (await shop.receipts(), receipt.facts) == (1, preview.facts)


async def test_another_variant_moves_the_stock(shop: SqlShop) -> None:
    asked = {"order": "MB10006", "item": "P2008-GRN-S", "option": "P2008-GRN-M"}
    first = await shown(shop, "change_item", "C004", asked)
    (product,) = await shop.products(["P2008"])
    stock = next(variant.stock for variant in product.variants if variant.sku == "P2008-GRN-M")
    assert isinstance(await shop.commit("C004", first, "key"), Receipt)
    (product,) = await shop.products(["P2008-GRN-M"])
    assert next(variant.stock for variant in product.variants if variant.sku == "P2008-GRN-M") == stock - 1


@pytest.mark.parametrize(("action", "customer", "asked"), [row for row in ACTS if "order" in row[2]])
async def test_what_changed_in_between_is_not_done(shop: SqlShop, action: str, customer: str, asked: Asked) -> None:
    preview = await shown(shop, action, customer, asked)
    await shop.set_status(asked["order"], "cancelled")
    assert isinstance(await shop.commit(customer, preview, "key"), Drifted)
    assert (await shop.receipts(), await shop.requests(customer)) == (0, ())


async def test_a_catalogue_of_another_day_is_moved_to_today(tmp_path: Path) -> None:
    later = datetime(2027, 3, 3, 4, 0, tzinfo=UTC)
    async with open_sql_shop(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}", DEMO, clock=lambda: later) as shop:
        order = await shop.order("MB10010")
        assert order is not None and order.delivered_at is not None
        assert (later.date() - order.delivered_at.date()).days == 16

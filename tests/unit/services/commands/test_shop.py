"""`deskbell shop reset` sets the embedded shop of a folder back to its catalogue."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services import runner
from services.commands.shop import shop_app
from services.dialogue.adapters.sql_shop import open_sql_shop
from shared.config import Settings
from shared.shop import load_shop

SMALL = Path(__file__).parents[3] / "fixtures/shop_small"


async def set_status(url: str, order: str, status: str) -> None:
    async with open_sql_shop(url, load_shop(SMALL)) as shop:
        await shop.set_status(order, status)


async def status(url: str, order: str) -> str:
    async with open_sql_shop(url, load_shop(SMALL)) as shop:
        return (await shop.order_statuses([order]))[order]


def test_a_reset_brings_back_the_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path))
    url = runner.database_url(Settings(shop_dir=SMALL))
    asyncio.run(set_status(url, "SM10001", "shipped"))
    result = CliRunner().invoke(shop_app, ["reset", "--shop", str(SMALL)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert asyncio.run(status(url, "SM10001")) == "pending"

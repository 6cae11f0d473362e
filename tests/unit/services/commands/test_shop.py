"""`deskbell shop reset` sets the embedded shop of a folder back to its catalogue."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services import runner
from services.commands.shop import shop_app
from services.dialogue.adapters.sql_shop import open_sql_shop
from shared.config import Settings
from shared.errors import ConfigError
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


@pytest.mark.parametrize("command", [["reset"], ["export", "--format", "csv", "--out", "{out}"]])
def test_a_shop_on_a_server_of_its_own_is_not_ours_to_reset_or_export(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path))
    url = runner.database_url(Settings(shop_dir=SMALL))
    asyncio.run(set_status(url, "SM10001", "shipped"))
    monkeypatch.setenv("DESKBELL_SHOP_URL", "https://shop.example/deskbell")
    out = tmp_path / "out"
    arguments = [part.format(out=out) for part in command]
    result = CliRunner().invoke(shop_app, [*arguments, "--shop", str(SMALL)])
    assert isinstance(result.exception, ConfigError) and "DESKBELL_SHOP_URL" in str(result.exception)
    assert asyncio.run(status(url, "SM10001")) == "shipped"
    assert not out.exists()

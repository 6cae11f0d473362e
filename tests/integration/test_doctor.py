"""`deskbell doctor` before real servers."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from services.commands import doctor
from services.commands.doctor import Finding
from services.dialogue.adapters.sql_shop import open_sql_shop
from shared.config import Settings
from shared.shop import load_shop
from tests.harness.rabbitmq import RabbitMQ
from tests.harness.shop_server import TOKEN, serving


async def findings(**urls: str) -> dict[str, Finding]:
    settings = Settings(**{name: SecretStr(url) for name, url in urls.items()})  # type: ignore[arg-type]
    return {finding.subject: finding async for finding in doctor.servers(settings)}


async def test_a_broker_that_answers(rabbitmq_url: str) -> None:
    assert (await findings(bus_url=rabbitmq_url, state_url="redis://x"))["bus"].state == "ok"


async def test_a_broker_that_refuses_the_password(broker: RabbitMQ) -> None:
    bus = (await findings(bus_url=f"amqp://guest:guess@127.0.0.1:{broker.port}/"))["bus"]
    assert bus.state == "wrong" and bus.remedy == "mend DESKBELL_BUS_URL"
    assert "guess" not in str(bus)


async def test_a_database_that_answers(postgres_url: str) -> None:
    assert (await findings(database_url=postgres_url))["database"].state == "ok"


SMALL = Path(__file__).parents[1] / "fixtures/shop_small"


@pytest.mark.parametrize(
    ("token", "fault", "state", "told"),
    [
        (TOKEN, "none", "ok", "answers: contract 1"),
        ("another-token", "none", "wrong", "DESKBELL_SHOP_TOKEN"),
        (TOKEN, "garbage", "wrong", "garbage"),
        (TOKEN, "failing", "wrong", "failing"),
    ],
)
async def test_a_shops_own_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, fault: str, state: str, told: str
) -> None:
    shop = load_shop(SMALL)
    async with open_sql_shop(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", shop) as sql, serving(sql, shop) as server:
        server.turn(fault)
        monkeypatch.setenv("DESKBELL_SHOP_URL", server.url)
        monkeypatch.setenv("DESKBELL_SHOP_TOKEN", token)
        found = await doctor.shop_server(SMALL)
    assert (found.state, told in found.detail, token in str(found)) == (state, True, False)


async def test_the_embedded_shop_needs_no_server() -> None:
    assert (await doctor.shop_server(SMALL)).state == "ok"

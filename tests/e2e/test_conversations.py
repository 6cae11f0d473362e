"""The demo shop's conversations over every road: what was said, and what became of the shop.

The same scripts over the memory bus, over one that delivers everything twice, and over RabbitMQ
with a process a service. `ROUNDS=4 pytest tests/e2e/test_conversations.py` plays each four times.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from services import runner
from services.commands.cases import Played, Player
from services.commands.client import open_client
from services.commands.shop_state import open_shop_state
from shared.bus.memory import MemoryBus
from shared.config import Settings
from shared.contracts.envelope import Message
from shared.service import World
from shared.shop import load_shop
from shared.store.client import open_redis
from tests.harness.program import free_port
from tests.harness.stack import embedded, processes
from tests.harness.waiting import eventually

ROUNDS = int(os.environ.get("ROUNDS", "1"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(500 * ROUNDS)]
SHOP = Path(__file__).resolve().parents[2] / "shops" / "demo"


async def play_all(url: str, database_url: str) -> list[Played]:
    async with open_shop_state(database_url, SHOP) as shop, open_client(url) as client:
        player = Player(client, shop)
        return [await player.play(case) for _ in range(ROUNDS) for case in load_shop(SHOP).conversations]


def no_failures(played: list[Played]) -> None:
    wrong = [f"{one.name}: {'; '.join(one.failures)}\n{_shown(one)}" for one in played if not one.passed]
    assert not wrong, f"{len(wrong)} of {len(played)} conversations failed:\n" + "\n".join(wrong)
    assert len(played) >= 40


def _shown(played: Played) -> str:
    return "\n".join(f"    {who}: {text}" for who, text in played.transcript)


def test_over_memory(tmp_path: Path, var: Path) -> None:
    settings = Settings(var=var, shop_dir=SHOP)
    with embedded(tmp_path, var, SHOP) as stack:
        no_failures(asyncio.run(play_all(stack.url, runner.database_url(settings))))


@pytest.fixture
def services(
    tmp_path: Path, var: Path, rabbitmq_url: str, state_url: str, postgres_url: str
) -> Iterator[tuple[str, str]]:
    env = {
        "DESKBELL_BUS_URL": rabbitmq_url, "DESKBELL_STATE_URL": state_url, "DESKBELL_DATABASE_URL": postgres_url,
        "DESKBELL_SHOP_DIR": str(SHOP),
    }  # fmt: skip
    with processes(tmp_path, env, var) as stack:
        yield stack.url, postgres_url


@pytest.mark.rabbitmq
@pytest.mark.postgres
def test_over_rabbitmq(services: tuple[str, str]) -> None:
    no_failures(asyncio.run(play_all(*services)))


class TwiceBus(MemoryBus):
    """Delivers everything twice, as brokers may."""

    async def publish(self, message: Message) -> None:
        await super().publish(message)
        await super().publish(message)


@asynccontextmanager
async def twice(state_url: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, str]]:
    port = free_port()
    monkeypatch.setenv("DESKBELL_PORT", str(port))
    monkeypatch.setenv("DESKBELL_INTERNAL_PORT", str(free_port()))
    database_url = f"sqlite+aiosqlite:///{directory}/shop.db"
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(open_redis(state_url))
        bus = TwiceBus()
        stack.push_async_callback(bus.close)
        world = World(Settings(shop_dir=SHOP), bus, redis, redis, database_url)
        await stack.enter_async_context(runner.running(world))
        url = f"http://127.0.0.1:{port}"
        async with open_client(url) as client:

            async def ready() -> bool:
                return (await client.get_json("/readyz")) is not None

            await eventually(ready, 30)
        yield url, database_url


async def test_over_a_bus_that_delivers_everything_twice(
    state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with twice(state_url, tmp_path, monkeypatch) as (url, database_url):
        no_failures(await play_all(url, database_url))

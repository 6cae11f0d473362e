"""Conversations with a shop behind a server that lies, breaks or is slow: honest sentences, and every turn ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import yaml
from prometheus_client import REGISTRY

from services import runner
from services.commands.cases import Player
from services.commands.client import Client, Conversation, Turn, open_client, text_message
from services.dialogue.adapters import http_server
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.service import wording
from shared.bus.memory import MemoryBus
from shared.config import Settings
from shared.contracts.messages import CustomerInput
from shared.service import World
from shared.shop import load_shop
from shared.shop.conversations import Conversation as Case
from shared.store.client import open_redis
from tests.harness.program import free_port
from tests.harness.shop_faults import Faulty
from tests.harness.shop_server import TOKEN, serving
from tests.harness.valkey import Valkey
from tests.harness.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500), pytest.mark.asyncio(loop_scope="module")]
SHOP_DIR = Path(__file__).resolve().parents[2] / "shops" / "demo"
SHOP = load_shop(SHOP_DIR)
SAYS = wording(SHOP)
ASKS = {"en": "Where is my order MB10002?", "zh": "我的订单MB10001到哪儿了？"}
LISTS = {"en": "Show my orders", "zh": "看看我的订单"}
CANCELS = {"en": "Please cancel order MB10002", "zh": "帮我取消订单MB10001"}
WHO = {"en": ("C002", "MB10002"), "zh": ("C001", "MB10001")}
STRANGER = "C004"


@dataclass
class Road:
    """The stack over the shop's server, and the shop itself."""

    client: Client
    server: Faulty
    sql: SqlShop

    async def conversation(self, language: str) -> Conversation:
        token = await self.client.demo_token(WHO[language][0])
        return await self.client.create(language, token)

    async def say(self, conversation: Conversation, text: str) -> Turn:
        return await self.client.turn(conversation, text_message(text))

    async def well_again(self, language: str, conversation: Conversation) -> Turn:
        """The answer once the shop is asked again."""

        async def answered() -> Turn | None:
            turn = await self.say(conversation, ASKS[language])
            return None if text(turn) == SAYS.say("shop_unreachable", language, {}) else turn

        turn = await eventually(answered, 60)
        assert turn is not None
        return turn


def text(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def road(
    state_server: Valkey, tmp_path_factory: pytest.TempPathFactory, make_var: Callable[[Path], Path]
) -> AsyncIterator[Road]:
    state_server.empty()
    directory = tmp_path_factory.mktemp("served")
    port, database = free_port(), f"sqlite+aiosqlite:///{directory}/shop.db"
    async with AsyncExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setattr(http_server, "REST_S", 1.0)
        sql = await stack.enter_async_context(open_sql_shop(database, SHOP, 10))
        server = await stack.enter_async_context(serving(sql, SHOP))
        server.other_customer = STRANGER
        for name, value in {
            "VAR": str(make_var(directory)), "PORT": str(port), "INTERNAL_PORT": str(free_port()),
            "SHOP_URL": server.url, "SHOP_TOKEN": TOKEN, "DIALOGUE_SHOP_TIMEOUT_S": "1",
        }.items():  # fmt: skip
            environment.setenv(f"DESKBELL_{name}", value)
        redis = await stack.enter_async_context(open_redis(state_server.url))
        bus = MemoryBus()
        stack.push_async_callback(bus.close)
        # A database of its own: what is said about orders can only come from the server.
        world = World(Settings(shop_dir=SHOP_DIR), bus, redis, redis, f"sqlite+aiosqlite:///{directory}/pages.db")
        await stack.enter_async_context(runner.running(world))
        client = await stack.enter_async_context(open_client(f"http://127.0.0.1:{port}"))

        async def ready() -> bool:
            return (await client.get_json("/readyz")) is not None

        await eventually(ready, 60)
        yield Road(client, server, sql)


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def healthy(road: Road) -> AsyncIterator[None]:
    await road.sql.reset()
    yield
    road.server.turn("none")


def resting() -> float:
    return REGISTRY.get_sample_value("deskbell_shop_calls_total", {"end": "resting"}) or 0.0


@pytest.mark.parametrize(
    "fault", ["garbage", "strange_values", "wrong_customer", "slow", "failing", "dropped", "huge", "redirect"]
)
async def test_of_a_shop_that_cannot_be_trusted_nothing_is_told(road: Road, fault: str) -> None:
    stranger = await road.sql.find_customer(customer_id=STRANGER)
    assert stranger is not None
    canaries = [stranger.name, stranger.email, *(order.number for order in await road.sql.orders(STRANGER))]

    async def one(language: str) -> None:
        conversation = await road.conversation(language)
        asked = (
            ASKS[language] if fault != "wrong_customer" else {"en": "Show my orders", "zh": "看看我的订单"}[language]
        )
        turn = await road.say(conversation, asked)
        assert (turn.status, text(turn)) == ("completed", SAYS.say("shop_unreachable", language, {}))
        shown = [reply.model_dump_json() for reply in turn.replies]
        assert not [canary for canary in canaries if any(canary in reply for reply in shown)]
        assert not any(reply.components for reply in turn.replies)

    road.server.turn(fault, on="^/(customers|orders)")
    await asyncio.gather(one("en"), one("zh"))
    road.server.turn("none")
    for language in ("en", "zh"):
        turn = await road.well_again(language, await road.conversation(language))
        assert WHO[language][1] in text(turn)


async def test_a_shop_that_is_down_is_left_alone_and_then_asked_again(road: Road) -> None:
    conversations, before = [await road.conversation("en") for _ in range(4)], resting()
    road.server.turn("failing")
    turns = await asyncio.gather(*(road.say(conversation, ASKS["en"]) for conversation in conversations))
    assert {turn.status for turn in turns} == {"completed"}
    assert resting() > before
    road.server.turn("none")
    assert "MB10002" in text(await road.well_again("en", conversations[0]))


async def previewed(road: Road, language: str, conversation: Conversation) -> str:
    turn = await road.say(conversation, CANCELS[language])
    preview = turn.replies[-1].expects.preview
    assert preview is not None, text(turn)
    return preview.id


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("fault", ["applied_then_500", "applied_then_slow", "applied_then_dropped"])
async def test_a_change_whose_answer_was_lost_is_told_as_done_once(road: Road, language: str, fault: str) -> None:
    conversation = await road.conversation(language)
    preview = await previewed(road, language, conversation)
    road.server.turn(fault, on="commits$", times=1)
    turn = await road.client.turn(conversation, CustomerInput(client_message_id="yes", confirm=preview))
    (act,) = turn.replies[0].acts
    assert (turn.status, act.target) == ("completed", WHO[language][1])
    assert act.receipt in text(turn)
    assert await road.sql.order_statuses([act.target]) == {act.target: "cancelled"}
    assert await road.sql.receipts() == 1


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_change_that_never_arrived_is_said_to_be_open_and_then_not_done(
    road: Road, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("domain.writes", "handlers.settling"):
        monkeypatch.setattr(f"services.dialogue.{module}.GIVEN_UP_AFTER_S", 2)
    conversation = await road.conversation(language)
    preview = await previewed(road, language, conversation)
    number = WHO[language][1]
    road.server.turn("failing", on="commits$|receipts")
    turn = await road.client.turn(conversation, CustomerInput(client_message_id="yes", confirm=preview))
    known = {"target": number, "is_order": True, "action": "cancel_order"}
    assert (turn.status, text(turn)) == ("completed", SAYS.say("write_outcome_unknown", language, known))
    road.server.turn("none")

    async def settled() -> list[str]:
        events = [event async for event in road.client.all_events(conversation)]
        replies = [event.data["reply"] for event in events if event.type == "reply"]
        return [reply["text"] for reply in replies if reply["turn"] is None]

    assert await eventually(settled, 30) == [SAYS.say("write_did_not_happen", language, known)]
    assert await road.sql.order_statuses([number]) == {number: "pending"}
    assert await road.sql.receipts() == 0


def told_apart() -> list[Case]:
    """The demo's conversations that change something, and those about who the customer is."""
    about_identity = {case["name"] for case in yaml.safe_load((SHOP_DIR / "conversations/identity.yaml").read_text())}
    return [case for case in SHOP.conversations if case.name in about_identity or case.final.made or case.final.writes]


async def test_the_demos_conversations_go_as_in_the_embedded_shop(road: Road) -> None:
    player = Player(road.client, road.sql)
    played = [await player.play(case) for case in told_apart()]
    assert len(played) >= 30
    assert not [(one.name, one.failures) for one in played if not one.passed]
    assert road.server.seen["/customers/lookup"] and road.server.seen["/orders/lookup"]

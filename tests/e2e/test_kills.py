"""Processes killed in the middle of a turn: the accepted message gets its one answer, the shop its one change."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from services import runner
from services.commands.cases import ShopState
from services.commands.client import Client, Conversation, open_client
from services.commands.shop_state import open_shop_state
from shared.config import Settings
from shared.contracts.messages import CustomerInput
from shared.ports import Event
from shared.store.client import open_redis
from shared.store.keys import ConversationKeys
from tests.harness.stack import ROOT, Stack, embedded, processes
from tests.harness.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]
SHOP = ROOT / "shops" / "demo"
TRIES = 6


@dataclass
class Talk:
    """A signed-in customer's conversation and the shop behind it."""

    client: Client
    shop: ShopState
    conversation: Conversation

    async def confirmation(self) -> CustomerInput:
        """Goes as far as the preview; returns what confirms it."""
        turn = await self.client.turn(self.conversation, text("Please cancel my order MB10002"))
        while turn.replies[-1].expects.kind == "choice":
            option = turn.replies[-1].expects.options[0].id
            turn = await self.client.turn(
                self.conversation, CustomerInput(client_message_id=uuid4().hex, choose=option)
            )
        preview = turn.replies[-1].expects.preview
        assert preview
        return CustomerInput(client_message_id=uuid4().hex, confirm=preview.id)

    async def end_of(self, seq: int) -> Event:
        """The event that ended the turn."""

        async def ended() -> Event | None:
            events = [event async for event in self.client.all_events(self.conversation)]
            return next((e for e in events if e.type == "turn.ended" and e.data["turn"] == seq), None)

        return await eventually(ended, 60)  # type: ignore[return-value]

    async def cancelled_once(self, seq: int) -> None:
        """One end, one reply with one receipt, one change."""
        events = [event async for event in self.client.all_events(self.conversation)]
        assert [e.data["status"] for e in events if e.type == "turn.ended" and e.data["turn"] == seq] == ["completed"]
        replies = [e.data["reply"] for e in events if e.type == "reply" and e.data["reply"]["turn"] == seq]
        assert [act["action"] for reply in replies for act in reply["acts"]] == ["cancel_order"]
        assert await self.shop.receipts() == 1
        assert await self.shop.order_statuses(["MB10002"]) == {"MB10002": "cancelled"}


@asynccontextmanager
async def talking(url: str, database_url: str) -> AsyncIterator[Talk]:
    async with open_shop_state(database_url, SHOP) as shop, open_client(url) as client:
        await shop.reset()
        yield Talk(client, shop, await client.create("en", await client.demo_token("C002")))


def text(words: str) -> CustomerInput:
    return CustomerInput(client_message_id=uuid4().hex, text=words)


async def test_the_embedded_process(tmp_path: Path, var: Path) -> None:
    """Killed right after it accepted the confirmation; started again, it finishes the turn."""
    database_url = runner.database_url(Settings(var=var, shop_dir=SHOP))
    with embedded(tmp_path, var, SHOP) as stack:
        for _ in range(TRIES):
            async with talking(stack.url, database_url) as talk:
                accepted = await talk.client.send(talk.conversation, await talk.confirmation())
                stack.kill("embedded")
                started = datetime.now(UTC)
                stack.start("embedded")
                end = await talk.end_of(accepted.seq)
                await talk.cancelled_once(accepted.seq)
                if datetime.fromisoformat(end.at) > started:
                    return  # the kill did come in the middle of the turn
    raise AssertionError(f"in {TRIES} tries the turn was always over before the kill")


@pytest.fixture
def env(rabbitmq_url: str, state_url: str, postgres_url: str) -> dict[str, str]:
    return {
        "DESKBELL_BUS_URL": rabbitmq_url, "DESKBELL_STATE_URL": state_url, "DESKBELL_DATABASE_URL": postgres_url,
        "DESKBELL_SHOP_DIR": str(SHOP),
    }  # fmt: skip


async def in_hands_of(stage: int, conversation: Conversation, seq: int, redis: Redis) -> None:
    """Waits until the turn waits for this stage: its frozen worker has the message, unacked."""
    key = f"{ConversationKeys(conversation.conversation_id).base}:turn:{seq}"

    async def reached() -> bool:
        found = await redis.hget(key, "stage")  # type: ignore[misc]
        return found == str(stage)

    await eventually(reached, 20)


async def kill_in_the_middle(stack: Stack, name: str, talk: Talk, redis: Redis) -> int:
    """Sends the confirmation, kills the service while the turn is in its hands, and starts it again."""
    confirmation = await talk.confirmation()
    if name == "gateway":
        accepted = await talk.client.send(talk.conversation, confirmation)
        stack.kill(name)
    else:
        stack.programs[name].send(signal.SIGSTOP)
        accepted = await talk.client.send(talk.conversation, confirmation)
        await in_hands_of(("nlu", "dialogue", "generator").index(name) + 1, talk.conversation, accepted.seq, redis)
        stack.kill(name)
    await asyncio.to_thread(stack.start, name)
    return accepted.seq


async def test_each_service_in_turn(env: dict[str, str], tmp_path: Path, var: Path) -> None:
    with processes(tmp_path, env, var) as stack:
        async with open_redis(env["DESKBELL_STATE_URL"]) as redis:
            for name in ("nlu", "dialogue", "generator", "gateway"):
                async with talking(stack.url, env["DESKBELL_DATABASE_URL"]) as talk:
                    seq = await kill_in_the_middle(stack, name, talk, redis)
                    await talk.end_of(seq)
                    await talk.cancelled_once(seq)

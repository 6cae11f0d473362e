"""Without a language model's settings the generator asks nobody; half of them are an error."""

from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.generator.service import build
from shared.config import ROOT, Settings
from shared.contracts.messages import PlannedReply, ReplyPlanned
from shared.errors import ConfigError
from shared.ports import Claim, Identity
from shared.service import World
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from tests.harness.fake_llm import fake_llm

PASSAGE = "You can return unworn items within 30 days of delivery."
PLANNED = ReplyPlanned(
    message_id="m",
    conversation_id="c",
    turn=1,
    token="t",
    deadline_at=4e9,
    language="en",
    replies=(
        PlannedReply(id="r", response="answer_from_knowledge", arguments={"question": "Returns?", "passage": PASSAGE}),
    ),
)


@asynccontextmanager
async def world(state_url: str):
    settings = Settings(shop_dir=Path(ROOT / "tests/fixtures/shop_small"))
    async with open_redis(state_url) as redis:
        await Conversations(redis).create("c", "en", "digest", Identity(), 60)
        yield World(settings=settings, bus=None, state=redis, cache=redis, database_url="")  # type: ignore[arg-type]


async def said(state_url: str) -> tuple[str, str]:
    async with world(state_url) as around, build(around) as service:
        (completed,) = [done async for done in service.handles[ReplyPlanned](PLANNED, Claim("go", 1))]
    (reply,) = completed.replies  # type: ignore[attr-defined]
    return reply.text, reply.by


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "MODEL", "API_KEY"):
        monkeypatch.delenv(f"DESKBELL_LLM_{name}", raising=False)


async def test_without_settings_the_page_speaks(state_url: str) -> None:
    assert await said(state_url) == (PASSAGE, "knowledge")


async def test_with_a_server_the_model_speaks(monkeypatch: pytest.MonkeyPatch, state_url: str) -> None:
    async with fake_llm() as server:
        server.answer = "You have 30 days to return unworn items."
        monkeypatch.setenv("DESKBELL_LLM_URL", server.url)
        monkeypatch.setenv("DESKBELL_LLM_MODEL", "test")
        assert await said(state_url) == (server.answer, "llm")
        assert server.requests[0].path == "/v1/chat/completions"


async def test_a_server_without_a_model_is_an_error(monkeypatch: pytest.MonkeyPatch, state_url: str) -> None:
    monkeypatch.setenv("DESKBELL_LLM_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(ConfigError, match="DESKBELL_LLM_MODEL"):
        async with world(state_url) as around, build(around):
            pass

"""What phrasing stands on, held in memory, for tests that look at one side of it."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from services.generator.adapters.openai import OpenAiModel
from services.generator.handlers.asking import Around, Rung
from services.generator.ports import Attention, Limits
from shared.contracts.messages import ReplyChunk
from shared.llm import Breaker, LlmServer, open_llm
from tests.harness.fake_llm import FakeLlm, fake_llm

QUICK = Limits(first_token_s=0.4, token_s=0.4, total_s=1.5)


@dataclass
class Listener:
    """The customer: sees chunks, and may stop or leave. Also the budget, which counts, and the kept failures."""

    chunks: list[ReplyChunk] = field(default_factory=list)
    saw: asyncio.Event = field(default_factory=asyncio.Event)
    attentions: list[Attention] = field(default_factory=list)
    tokens_left: int = 10**9
    failed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """The text of the last attempt."""
        last = max((chunk.attempt for chunk in self.chunks), default=0)
        return "".join(chunk.text for chunk in self.chunks if chunk.attempt == last)

    async def chunk(self, conversation_id: str, chunk: ReplyChunk) -> None:
        self.chunks.append(chunk)
        self.saw.set()

    @contextmanager
    def following(self, conversation_id: str, turn: int) -> Iterator[Attention]:
        self.attentions.append(Attention(conversation_id, turn))
        yield self.attentions[-1]

    async def take(self, conversation_id: str, tokens: int) -> "Spent | None":
        if tokens > self.tokens_left:
            return None
        self.tokens_left -= tokens
        return Spent(self, tokens)

    async def keep(self, record: dict[str, Any]) -> None:
        self.failed.append(record)

    def around(self) -> Around:
        return Around(channel=self, audience=self, budget=self, failures=self)


@dataclass
class Spent:
    """Tokens set aside of a listener's."""

    listener: Listener
    tokens: int

    async def settle(self, used: int) -> None:
        self.listener.tokens_left += self.tokens - used


@asynccontextmanager
async def fake_rung(name: str = "server", limits: Limits = QUICK, breaker: Breaker | None = None):
    """A fake server, and the rung that asks it: (FakeLlm, Rung)."""
    async with fake_llm() as server, open_llm(LlmServer(_url(server), "test")) as client:
        yield server, Rung(name, OpenAiModel(client), limits, breaker or Breaker())


def _url(server: FakeLlm) -> SecretStr:
    return SecretStr(f"{server.url}/chat/completions")

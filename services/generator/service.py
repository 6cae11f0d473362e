"""Generation: joins the shop's responses, and a language model if one is set, to the queue."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from services.generator.adapters.failed_replies import FailedReplies, NoFailures
from services.generator.adapters.local import open_local, shipped_adapter
from services.generator.adapters.openai import OpenAiModel
from services.generator.adapters.redis_audience import RedisAudience
from services.generator.adapters.redis_budget import Caps, RedisBudget
from services.generator.config import GeneratorSettings
from services.generator.handlers.asking import Around, Rung
from services.generator.handlers.phrasing import Phraser
from services.generator.handlers.planned import Generator
from services.generator.ports import Limits
from shared.contracts.messages import ReplyPlanned
from shared.llm import open_llm
from shared.service import Service, World
from shared.shop import load_shop
from shared.store.conversations import Conversations
from shared.wording import open_wording

LOCAL_TOKENS = 120
"""A small model has said what it knows by then."""


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Reads the shop's responses. Raises ConfigError for files or settings that cannot be used."""
    settings = GeneratorSettings()
    shop = load_shop(world.settings.shop_dir)
    async with AsyncExitStack() as stack:
        rungs = [rung async for rung in _rungs(settings, stack)]
        audience = RedisAudience(world.cache, world.state)
        phraser = Phraser(rungs, _around(world, settings, audience)) if rungs else None
        yield Service(
            "generator",
            handles={ReplyPlanned: Generator(open_wording(shop), phraser).on_reply_planned},
            loops=(audience.look_for_ever,) if phraser else (),
            prefetch=settings.generator_prefetch,
        )


async def _rungs(settings: GeneratorSettings, stack: AsyncExitStack) -> AsyncIterator[Rung]:
    """The models, the best first."""
    limits = Limits(settings.generator_first_token_s, settings.generator_token_s, settings.generator_total_s)
    if server := settings.llm_server:
        yield Rung("server", OpenAiModel(await stack.enter_async_context(open_llm(server))), limits)
    if source := settings.llm_local:
        adapter = settings.llm_local_adapter or shipped_adapter(source)
        model = await stack.enter_async_context(open_local(source, adapter))
        yield Rung("local", model, replace(limits, max_tokens=LOCAL_TOKENS))


def _around(world: World, settings: GeneratorSettings, audience: RedisAudience) -> Around:
    conversations = Conversations(world.state)
    caps = Caps(settings.generator_customer_tokens, settings.generator_address_tokens, settings.generator_daily_tokens)
    most = settings.generator_keep_failed
    return Around(
        channel=conversations,
        audience=audience,
        budget=RedisBudget(world.state, conversations, caps),
        failures=FailedReplies(world.settings.var, most) if most else NoFailures(),
    )

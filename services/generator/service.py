"""Generation: joins the shop's responses, and a language model if one is set, to the queue."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from services.generator.adapters.openai import OpenAiModel
from services.generator.config import GeneratorSettings
from services.generator.handlers import Generator, Phraser
from shared.contracts.messages import ReplyPlanned
from shared.llm import open_llm
from shared.service import Service, World
from shared.shop import load_shop
from shared.wording import open_wording


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Reads the shop's responses. Raises ConfigError for files or settings that cannot be used."""
    settings = GeneratorSettings()
    shop = load_shop(world.settings.shop_dir)
    async with AsyncExitStack() as stack:
        phraser = None
        if server := settings.llm_server:
            phraser = Phraser(OpenAiModel(await stack.enter_async_context(open_llm(server))))
        generator = Generator(open_wording(shop), phraser)
        prefetch = settings.generator_prefetch
        yield Service("generator", handles={ReplyPlanned: generator.on_reply_planned}, prefetch=prefetch)

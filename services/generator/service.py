"""Generation: joins the shop's responses to the queue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.generator.config import GeneratorSettings
from services.generator.handlers import Generator
from shared.contracts.messages import ReplyPlanned
from shared.service import Service, World
from shared.shop import load_shop
from shared.wording import open_wording


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Reads the shop's responses. Raises ConfigError for files that cannot be used."""
    prefetch = GeneratorSettings().generator_prefetch
    shop = load_shop(world.settings.shop_dir)
    generator = Generator(open_wording(shop))
    yield Service("generator", handles={ReplyPlanned: generator.on_reply_planned}, prefetch=prefetch)

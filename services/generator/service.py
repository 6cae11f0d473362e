"""Generation: joins the shop's responses to the queue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.generator.handlers import Generator
from shared.contracts.messages import ReplyPlanned
from shared.service import Service, World
from shared.shop import load_shop
from shared.wording import Wording


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Reads the shop's responses. Raises ConfigError for files that cannot be used."""
    shop = load_shop(world.settings.shop_dir)
    known = {"shop": shop.profile.model_dump(mode="json"), "policies": dict(shop.policies)}
    generator = Generator(Wording(shop.responses, known))
    yield Service("generator", handles={ReplyPlanned: generator.on_reply_planned})

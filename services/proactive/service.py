"""Proactive: joins the rules, the shop's tables, the ledger and the conversations. It has no queue, only a loop."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from services.proactive.adapters.redis_conversations import RedisConversations
from services.proactive.adapters.sql_ledger import SqlLedger
from services.proactive.adapters.sql_shop import SqlShopReads
from services.proactive.config import ProactiveSettings
from services.proactive.handlers import Proactive, Rulebook
from services.proactive.handlers import World as Ports
from shared.service import Service, World
from shared.shop import Shop, load_shop
from shared.store.sql import Database, open_database
from shared.wording import open_wording

TIMEOUT_S = 5.0
log = structlog.get_logger()


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Does nothing in a shop without proactive.yaml. Raises ConfigError for files or a database that cannot be used."""
    settings, shop = ProactiveSettings(), load_shop(world.settings.shop_dir)
    async with AsyncExitStack() as stack:
        if shop.proactive is None:
            log.info("proactive.no_rules")
            yield Service("proactive", {})
            return
        database = await stack.enter_async_context(open_database(world.database_url, TIMEOUT_S))
        proactive = await open_proactive(world, shop, database, settings.proactive_every_s)
        yield Service("proactive", {}, loops=(proactive.look,))


async def open_proactive(
    world: World, shop: Shop, database: Database, every_s: float, clock: Callable[[], float] = time.time
) -> Proactive:
    """The loop of a shop with rules, its tables made."""
    assert shop.proactive is not None
    ledger = SqlLedger(database)
    await ledger.prepare()
    ports = Ports(SqlShopReads(database), ledger, RedisConversations(world.state), open_wording(shop), clock)
    book = Rulebook(shop.proactive, shop.policies, shop.profile.timezone, shop.profile.languages)
    return Proactive(ports, book, every_s)

"""Dialogue: joins the engine, the shop, the pages, the desk and the stores to the queue."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import structlog

from services.dialogue.adapters.demo_codes import DemoCodes, NoCodes
from services.dialogue.adapters.redis_intents import RedisIntents
from services.dialogue.adapters.redis_silences import RedisSilences
from services.dialogue.config import DialogueSettings
from services.dialogue.domain.rules import Rules, Thresholds, compile_rules
from services.dialogue.handlers import DialogueHandlers, Reminder, Settler
from services.dialogue.handlers.performing import Ports
from services.dialogue.ports import CodeSender
from shared.contracts.messages import MessageUnderstood
from shared.service import Service, World
from shared.shop import Shop, load_shop
from shared.store.conversations import Conversations
from shared.store.desk import RedisDesk
from shared.store.states import DialogueStates
from shared.wording import Wording, open_wording

log = structlog.get_logger()


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Opens the shop's database and pages. Raises ConfigError for files or a database that cannot be used."""
    from services.dialogue.adapters.knowledge.live import Home, open_knowledge
    from services.dialogue.adapters.sql_shop import open_sql_shop
    from shared.encoder import open_encoder

    settings = DialogueSettings()
    shop = load_shop(world.settings.shop_dir)
    codes = _codes(world)
    rules = load_rules(shop, settings, sends_codes=codes is not None)
    states, intents, silences = DialogueStates(world.state), RedisIntents(world.state), RedisSilences(world.state)
    conversations = Conversations(world.state)
    async with AsyncExitStack() as stack:
        backend = await stack.enter_async_context(
            open_sql_shop(world.database_url, shop, settings.dialogue_shop_timeout_s)
        )
        encoder = await stack.enter_async_context(open_encoder(kept=world.settings.var / "encoder"))
        home = Home(world.settings.shop_dir, world.settings.var, world.database_url, world.cache)
        knowledge = await stack.enter_async_context(
            open_knowledge(home, encoder, settings.dialogue_knowledge_threshold)
        )
        ports = Ports(
            shop=backend,
            knowledge=knowledge,
            codes=codes or NoCodes(),
            states=states,
            desk=RedisDesk(world.state),
            intents=intents,
            clock=time.time,
            code_digits=shop.profile.one_time_code.digits,
            silences=silences,
        )
        settler = Settler(backend, states, intents, conversations, wording(shop), time.time)
        reminder = Reminder(states, silences, conversations, wording(shop), rules, time.time)
        handlers = DialogueHandlers(ports, rules)
        yield Service(
            "dialogue",
            handles={MessageUnderstood: handlers.on_message_understood},
            loops=(settler.resolve_intents, reminder.remind_for_ever, knowledge.follow),
        )


def load_rules(shop: Shop, settings: DialogueSettings, *, sends_codes: bool = True) -> Rules:
    """The shop's flows and what they need, compiled. Raises ConfigError."""
    thresholds = Thresholds(knowledge=settings.dialogue_knowledge_threshold)
    rules = compile_rules(shop.flows, shop.responses, shop.policies, shop.profile, thresholds)
    return replace(rules, sends_codes=sends_codes)


def wording(shop: Shop) -> Wording:
    """Words the few replies that come outside of turns."""
    return open_wording(shop)


def _codes(world: World) -> CodeSender | None:
    """The demo shows codes to whoever looks; a shop in production must not, and has nobody yet to deliver them."""
    if world.settings.embedded or world.settings.env == "dev":
        return DemoCodes(world.cache)
    log.warning("dialogue.no_code_sender")
    return None

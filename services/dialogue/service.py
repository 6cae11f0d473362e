"""Dialogue: joins the engine, the shop, the pages, the desk and the stores to the queue."""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from math import inf

import structlog
from redis.asyncio import Redis

from services.dialogue.adapters.demo_codes import DemoCodes, NoCodes
from services.dialogue.adapters.knowledge.shop_documents import attribute_names
from services.dialogue.adapters.redis_intents import RedisIntents
from services.dialogue.adapters.redis_silences import RedisSilences
from services.dialogue.adapters.redis_tries import RedisTries
from services.dialogue.adapters.smtp_codes import SUBJECT, TEXT, SmtpCodes, parse_mail_server
from services.dialogue.config import DialogueSettings
from services.dialogue.domain.rules import Rules, Thresholds, compile_rules
from services.dialogue.handlers import DialogueHandlers, Reminder, Settler
from services.dialogue.handlers.performing import Ports
from services.dialogue.ports import CodeSender, ShopBackend
from shared.contracts.messages import MessageUnderstood
from shared.errors import ConfigError
from shared.service import Service, World
from shared.shop import Shop, load_shop
from shared.store.conversations import Conversations
from shared.store.desk import RedisDesk
from shared.store.states import DialogueStates
from shared.wording import Wording, open_wording

TRIES_PER_HOUR = 5
log = structlog.get_logger()


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Opens the shop's database and pages. Raises ConfigError for files or a database that cannot be used."""
    from services.dialogue.adapters.knowledge.live import Home, open_knowledge
    from shared.encoder import open_encoder

    settings = DialogueSettings()
    shop = load_shop(world.settings.shop_dir)
    codes = open_codes(world, settings, shop)
    rules = load_rules(shop, settings, sends_codes=codes is not None)
    states, intents, silences = DialogueStates(world.state), RedisIntents(world.state), RedisSilences(world.state)
    conversations = Conversations(world.state)
    async with AsyncExitStack() as stack:
        backend = await stack.enter_async_context(open_shop(world, shop, settings))
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
            tries=open_tries(world.state, settings, demo=is_demo(world)),
            clock=time.time,
            code_digits=shop.profile.one_time_code.digits,
            silences=silences,
        )
        settler = Settler(backend, states, intents, conversations, wording(shop), time.time)
        reminder = Reminder(states, silences, conversations, wording(shop), rules, time.time)
        handlers = DialogueHandlers(ports, rules)
        mailing = (codes.deliver,) if isinstance(codes, SmtpCodes) else ()
        yield Service(
            "dialogue",
            handles={MessageUnderstood: handlers.on_message_understood},
            loops=(settler.resolve_intents, reminder.remind_for_ever, knowledge.follow, *mailing),
        )


def open_shop(world: World, shop: Shop, settings: DialogueSettings) -> AbstractAsyncContextManager[ShopBackend]:
    """The shop's own server where one is set, else the embedded shop. Opening raises ConfigError."""
    if settings.shop_url is not None:
        from services.dialogue.adapters.http_shop import open_http_shop

        return open_http_shop(
            settings.shop_url.get_secret_value(),
            settings.shop_token,
            shop.name,
            settings.dialogue_shop_timeout_s,
            settings.shop_concurrency,
        )
    from services.dialogue.adapters.sql_shop import open_sql_shop

    return open_sql_shop(world.database_url, shop, settings.dialogue_shop_timeout_s, world.settings.start_wait_s)


def open_tries(redis: Redis, settings: DialogueSettings, *, demo: bool) -> RedisTries:
    """What is counted, and how much of each an hour may see. In the demo everybody is the same few customers."""
    usual = inf if demo else TRIES_PER_HOUR
    most = {"code": settings.dialogue_codes_per_hour, "glimpse": settings.dialogue_lookups_per_hour}
    return RedisTries(redis, {kind: limit or usual for kind, limit in most.items()})


def is_demo(world: World) -> bool:
    """Where the shop's development key signs customers in, and codes are shown to whoever looks."""
    return world.settings.embedded or world.settings.env == "dev"


def load_rules(shop: Shop, settings: DialogueSettings, *, sends_codes: bool = True) -> Rules:
    """The shop's flows and what they need, compiled. Raises ConfigError."""
    thresholds = Thresholds(knowledge=settings.dialogue_knowledge_threshold)
    rules = compile_rules(shop.flows, shop.responses, shop.policies, shop.profile, thresholds)
    return replace(rules, sends_codes=sends_codes, attribute_names=attribute_names())


def wording(shop: Shop) -> Wording:
    """Words the few replies that come outside of turns."""
    return open_wording(shop)


def open_codes(world: World, settings: DialogueSettings, shop: Shop) -> CodeSender | None:
    """By e-mail where a mail server is set. Else the demo shows codes to whoever looks, and production has none.

    Raises ConfigError for settings that are wrong, or a shop without words for the mail.
    """
    if settings.smtp_url is not None:
        if missing := [name for texts in shop.responses.values() for name in (SUBJECT, TEXT) if name not in texts]:
            raise ConfigError(
                f"the response `{missing[0]}` for mails with codes is missing; the demo shop has one to copy"
            )
        server = parse_mail_server(settings.smtp_url.get_secret_value(), settings.smtp_from)
        return SmtpCodes(server, wording(shop), shop.profile.one_time_code.minutes)
    if is_demo(world):
        return DemoCodes(world.cache)
    log.warning("dialogue.no_code_sender")
    return None

"""The gateway: `reply.completed` in, `message.received` out, and the customers between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial

import structlog

from services.gateway.adapters.apps import Parts, internal_app, public_app
from services.gateway.adapters.clients import Connections
from services.gateway.adapters.redis_limits import RedisLimiter
from services.gateway.adapters.redis_stops import RedisStops
from services.gateway.adapters.servers import internal_server, listen, public_server, serve
from services.gateway.adapters.shop_texts import ShopTexts
from services.gateway.config import GatewaySettings, customer_keys, is_demo
from services.gateway.domain.customer_token import Verifier
from services.gateway.domain.origins import OriginRule
from services.gateway.handlers.reception import House, Reception
from services.gateway.handlers.turns import Turns
from shared.contracts.messages import ReplyCompleted
from shared.service import Service, World
from shared.shop.load import Shop, load_shop
from shared.store.conversations import Conversations

log = structlog.get_logger()


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Opens both ports. Raises ConfigError when one is taken, or the shop's files or keys are wrong."""
    settings = GatewaySettings()
    shop = load_shop(world.settings.shop_dir)
    conversations = Conversations(world.state)
    turns = Turns(conversations, world.bus, ShopTexts(shop))
    parts = _parts(world, settings, shop, conversations)
    with (
        closing(listen(settings.host, settings.port, "DESKBELL_PORT")) as public_socket,
        closing(
            listen(settings.internal_host, settings.actual_internal_port, "DESKBELL_INTERNAL_PORT")
        ) as internal_socket,
    ):
        app = public_app(parts)
        connections = parts.connections
        public = public_server(app, settings.connections, settings.proxies)
        internal = internal_server(internal_app(parts, app))
        log.info("gateway.listening", url=f"http://{settings.host}:{public_socket.getsockname()[1]}")
        yield Service(
            "gateway",
            handles={ReplyCompleted: turns.on_reply_completed},
            loops=(
                partial(serve, public, public_socket, connections.drain, lambda: connections.open),
                partial(serve, internal, internal_socket, connections.drain, lambda: 0),
                turns.sweep_for_ever,
                conversations.relay_hints,
            ),
        )


def _parts(world: World, settings: GatewaySettings, shop: Shop, conversations: Conversations) -> Parts:
    keys = customer_keys(world.settings, settings, shop.name)
    house = House(shop.profile.languages[0], settings.life_s, settings.per_conversation, settings.per_address)
    reception = Reception(
        conversations=conversations,
        bus=world.bus,
        limiter=RedisLimiter(world.cache),
        verifier=Verifier(keys, shop.name, settings.customer_issuer),
        stops=RedisStops(world.cache),
        house=house,
    )
    return Parts(
        reception=reception,
        connections=Connections(
            settings.connections, settings.address_connections, limit_loopback=settings.limit_loopback
        ),
        shop=shop,
        origins=OriginRule.of(settings.origins, settings.host),
        state=world.state,
        cache=world.cache,
        bus=world.bus,
        demo=is_demo(world.settings),
    )

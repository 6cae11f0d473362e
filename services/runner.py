"""The composition root: settings -> bus and stores -> services."""

import asyncio
import hashlib
import importlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import structlog

from shared.bus.consumer import Consumer
from shared.config import Settings
from shared.contracts.topology import WORK_QUEUES
from shared.errors import ConfigError
from shared.ports import Bus
from shared.service import World
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.turns import RedisTurns

QUEUED = tuple(queue.service for queue in WORK_QUEUES)
SERVICES = (*QUEUED, "proactive")
"""Services in the order of a turn; the last one only looks at the shop and has no queue."""
STOP_WITHIN_S = 20
log = structlog.get_logger()


def state_dir(settings: Settings) -> Path:
    """Where this shop's embedded data lies: shops that differ in path never share it."""
    shop = settings.shop_dir.resolve()
    return settings.var.resolve() / f"{shop.name}-{hashlib.sha256(str(shop).encode()).hexdigest()[:8]}"


def database_url(settings: Settings) -> str:
    """The SQL database: the configured one, else SQLite beside the embedded state."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite+aiosqlite:///{state_dir(settings) / 'deskbell.db'}"


@asynccontextmanager
async def open_world(settings: Settings) -> AsyncIterator[World]:
    """The bus and the stores. In embedded mode this process owns the private server of its shop."""
    make_dir(state_dir(settings))
    async with AsyncExitStack() as stack:
        state_url = await stack.enter_async_context(open_state(settings))
        cache_url = settings.cache_url.get_secret_value() if settings.cache_url else state_url
        state = await stack.enter_async_context(open_redis(state_url))
        cache = await stack.enter_async_context(open_redis(cache_url))
        await _until_ready(state, "DESKBELL_STATE_URL", settings.start_wait_s)
        await _until_ready(cache, "DESKBELL_CACHE_URL", settings.start_wait_s)
        bus = await stack.enter_async_context(open_bus(settings.bus_url.get_secret_value()))
        if settings.embedded:
            # The memory bus begins empty: what was under way when the last process ended is driven again at once.
            await Conversations(state).look_at_all_open()
        yield World(settings, bus, state, cache, database_url(settings))


@asynccontextmanager
async def running(world: World, names: Sequence[str] = SERVICES) -> AsyncIterator[asyncio.TaskGroup]:
    """The named services, consuming and looping until the block ends; one that dies ends them all."""
    turns = RedisTurns(world.state)
    async with AsyncExitStack() as stack:
        # The gateway first: that its port is taken is told before models are loaded.
        order = sorted(names, key=lambda name: (name in QUEUED, SERVICES.index(name)), reverse=True)
        services = [await stack.enter_async_context(_build(name, world)) for name in order]
        for service in services:
            if service.name not in QUEUED:
                continue
            await stack.enter_async_context(Consumer(world.bus, turns, service).running(STOP_WITHIN_S))
        async with asyncio.TaskGroup() as owner:
            loops = [owner.create_task(loop()) for service in services for loop in service.loops]
            try:
                yield owner
            finally:
                for task in loops:
                    task.cancel()


def _build(name: str, world: World) -> Any:
    """The service's context, its module imported only now: a gateway must start without torch."""
    module = importlib.import_module(f"services.{name}.service")
    build: Callable[[World], Any] = module.build
    return build(world)


@asynccontextmanager
async def open_bus(url: str) -> AsyncIterator[Bus]:
    """The bus that the URL names. Raises ConfigError for another scheme or a broker that is away."""
    scheme = url.partition(":")[0]
    if scheme == "memory":
        from shared.bus.memory import open_memory_bus

        async with open_memory_bus() as memory:
            yield memory
    elif scheme in ("amqp", "amqps"):
        from shared.bus.rabbitmq import open_rabbitmq_bus

        async with open_rabbitmq_bus(url) as rabbitmq:
            yield rabbitmq
    else:
        raise ConfigError(f"DESKBELL_BUS_URL begins with {scheme!r}; use memory://, amqp:// or amqps://")


@asynccontextmanager
async def open_state(settings: Settings, running_url: str | None = None) -> AsyncIterator[str]:
    """The URL of the state server: a running one, the configured one, else a private one that this process starts."""
    configured = settings.state_url.get_secret_value() if settings.state_url else None
    if running_url or configured:
        yield running_url or str(configured)
        return
    from shared.store.private import open_private_server

    async with open_private_server(state_dir(settings)) as url:
        yield url


async def _until_ready(redis: Any, setting: str, within_s: float) -> None:
    """Waits for the server: the order in which things start does not matter."""
    try:
        async with asyncio.timeout(within_s):
            if not await _answers(redis):
                log.warning("runner.waiting_for_redis", setting=setting, seconds=within_s)
            while not await _answers(redis):  # noqa: ASYNC110 - a server that is away raises no event
                await asyncio.sleep(0.5)
    except TimeoutError:
        raise ConfigError(f"Redis does not answer; start it, or mend {setting}") from None


async def _answers(redis: Any) -> bool:
    from redis.exceptions import AuthenticationError, RedisError

    try:
        return bool(await redis.ping())
    except AuthenticationError as exc:
        raise ConfigError("Redis refuses the password in DESKBELL_STATE_URL or DESKBELL_CACHE_URL") from exc
    except (RedisError, OSError, TimeoutError):
        return False


def make_dir(path: Path) -> None:
    """Makes the folder; raises ConfigError where that is forbidden."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(path)
    except OSError as exc:
        raise ConfigError(f"cannot write to {path}; give this user the right to, or set DESKBELL_VAR") from exc

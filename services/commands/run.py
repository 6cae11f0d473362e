"""`deskbell run`: all services in this process, or the named ones over a network bus."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from services import runner
from services.internal import InternalSettings, serve_internal
from services.stack import Stack, announced
from shared.config import Settings
from shared.errors import ConfigError
from shared.service import World
from shared.telemetry import configure_logging


def run(
    services: Annotated[list[str] | None, typer.Argument(help="which services; default: all of them")] = None,
    shop: Annotated[Path | None, typer.Option(help="the shop's folder")] = None,
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on")] = None,
) -> None:
    """Runs Deskbell until it is told to stop: http://127.0.0.1:8000 unless told otherwise."""
    given = {"SHOP_DIR": shop, "HOST": host, "PORT": port}
    os.environ.update({f"DESKBELL_{name}": str(value) for name, value in given.items() if value is not None})
    settings = Settings()
    names = _names(services or [], settings)
    configure_logging(settings.log_level, json=settings.log_json and not sys.stderr.isatty())
    try:
        import uvloop

        uvloop.run(serve(settings, names))
    except* ConfigError as group:
        # A failing start is one mistake, whatever owned the task that met it.
        raise _first(group) from None


def _names(services: Sequence[str], settings: Settings) -> Sequence[str]:
    for name in services:
        if name not in runner.SERVICES:
            raise ConfigError(f"there is no service {name!r}; there are {', '.join(runner.SERVICES)}")
    if services and settings.embedded and set(services) != set(runner.SERVICES):
        raise ConfigError("named services need a network bus; set DESKBELL_BUS_URL=amqp://... and DESKBELL_STATE_URL")
    if not settings.shop_dir.is_dir():
        raise ConfigError(f"there is no shop folder {settings.shop_dir}; name one with --shop")
    return services or runner.SERVICES


async def serve(settings: Settings, names: Sequence[str]) -> None:
    """Runs the services until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(runner.open_world(settings))
        owner = await stack.enter_async_context(runner.running(world, names))
        internal = None
        if "gateway" not in names:
            internal = owner.create_task(serve_internal(InternalSettings(), lambda: ready(world)))
        if settings.embedded:
            stack.enter_context(announced(runner.state_dir(settings), _stack(world)))
        await stopping.wait()
        if internal is not None:
            internal.cancel()


async def ready(world: World) -> bool:
    """Whether the stores and the bus answer now."""
    from shared.errors import Unavailable
    from shared.store.client import unavailable

    try:
        async with asyncio.timeout(3):
            with unavailable():
                await world.state.ping()
            return await world.bus.healthy()
    except (Unavailable, TimeoutError):
        return False


def _stack(world: World) -> Stack:
    from services.gateway.config import GatewaySettings

    gateway = GatewaySettings()
    path = world.state.connection_pool.connection_kwargs.get("path", "")
    return Stack(os.getpid(), f"unix://{path}", f"http://{gateway.host}:{gateway.port}")


def _first(group: BaseExceptionGroup[ConfigError]) -> ConfigError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, ConfigError)
    return error

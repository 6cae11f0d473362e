"""`deskbell doctor`: what is installed, reachable and configured, and what to do about the rest."""

import asyncio
import importlib.metadata
import os
import platform
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import typer

from services import runner
from services.commands.test import PACKAGES, missing_packages
from services.stack import find_stack
from shared.config import ROOT, Settings
from shared.errors import ConfigError, DeskbellError, Transient

ANSWER_WITHIN_S = 5
# A package that stands for its set, and the command that installs the set.
SETS = {"tests": ("pytest", "./deskbell test"), "load reports": ("locust", "./deskbell load --help")}


@dataclass(frozen=True)
class Finding:
    """One line of the answer. `off` is no mistake: something that may be had, and how."""

    state: Literal["ok", "off", "wrong"]
    subject: str
    detail: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" -> {self.remedy}" if self.remedy else ""
        return f"{self.state:<6} {self.subject:<12} {self.detail}{remedy}"


def doctor(shop: Annotated[Path | None, typer.Option(help="the shop's folder")] = None) -> None:
    """One line for each thing that Deskbell needs or can use; exit code 1 if something that it needs is wrong."""
    settings = Settings(shop_dir=shop) if shop else Settings()
    findings = asyncio.run(_examine(settings))
    for finding in findings:
        typer.echo(str(finding))
    wrong = sum(finding.state == "wrong" for finding in findings)
    typer.echo(f"{wrong} wrong" if wrong else "all that is needed is there", err=True)
    raise typer.Exit(1 if wrong else 0)


async def _examine(settings: Settings) -> list[Finding]:
    findings = [*installed(), shop_folder(settings.shop_dir), data_folder(settings.var)]
    findings += [finding async for finding in servers(settings)]
    findings.append(await shop_server(settings.shop_dir))
    return [*findings, *address(settings), *identity(settings), *machine()]


def installed() -> Iterator[Finding]:
    """Python, and the sets of packages."""
    yield Finding("ok", "python", f"{platform.python_version()} in {sys.prefix}")
    yield Finding("ok", "deskbell", str(ROOT))
    for name, (package, command) in SETS.items():
        try:
            yield Finding("ok", name, f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            yield Finding("off", name, "not installed", f"{command} installs them")


def shop_folder(path: Path) -> Finding:
    """Whether the shop's files can be read; `deskbell check` goes deeper."""
    from shared.shop.load import load_shop

    try:
        shop = load_shop(path)
    except (DeskbellError, OSError) as exc:
        return Finding("wrong", "shop", f"{path}: {str(exc).splitlines()[0]}", f"./deskbell check {path}")
    return Finding("ok", "shop", f"{shop.name} in {path}")


def data_folder(path: Path) -> Finding:
    """Whether embedded data can be written."""
    existing = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    if existing.is_dir() and os.access(existing, os.W_OK):
        return Finding("ok", "data", f"{path} can be written")
    return Finding("wrong", "data", f"{path} cannot be written", "give this user the right to, or set DESKBELL_VAR")


async def servers(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the bus, the stores and the database that are configured answer."""
    urls = {
        "bus": (settings.bus_url.get_secret_value(), "DESKBELL_BUS_URL", _ask_broker),
        "state": (_secret(settings.state_url), "DESKBELL_STATE_URL", _ask_redis),
        "cache": (_secret(settings.cache_url), "DESKBELL_CACHE_URL", _ask_redis),
        "database": (_secret(settings.database_url), "DESKBELL_DATABASE_URL", _ask_database),
    }
    own = {
        "bus": "in this process", "state": "a private Valkey, started when needed",
        "cache": "with the state", "database": "SQLite beside the state",
    }  # fmt: skip
    for subject, (url, setting, ask) in urls.items():
        if not url or url.startswith(("memory:", "sqlite")):
            yield Finding("ok", subject, own[subject])
        else:
            yield await _answers(subject, url, setting, ask)
    if not settings.embedded and settings.state_url is None:
        yield Finding("wrong", "state", "services that run apart need one server", "set DESKBELL_STATE_URL")


async def shop_server(shop_dir: Path) -> Finding:
    """Whether the shop's own server answers, takes our token, and is this shop's."""
    from services.dialogue.config import DialogueSettings

    url = _secret(DialogueSettings().shop_url)
    if not url:
        return Finding("ok", "shop server", "none: the embedded shop")

    async def ask(_: str) -> str:
        return await _ask_shop(shop_dir)

    return await _answers("shop server", url, "DESKBELL_SHOP_URL", ask)


async def _ask_shop(shop_dir: Path) -> str:
    from services.dialogue.adapters.http_shop import open_http_shop
    from services.dialogue.config import DialogueSettings
    from shared.shop.load import load_shop

    settings, shop = DialogueSettings(), load_shop(shop_dir)
    async with open_http_shop(_secret(settings.shop_url), settings.shop_token, shop.name) as backend:
        try:
            about = await backend.about()
        except Transient as exc:
            raise ConfigError(str(exc)) from exc
    return f"contract {about.api}" if about else "nothing"


async def _answers(subject: str, url: str, setting: str, ask: Callable[[str], Awaitable[str]]) -> Finding:
    where = _without_password(url)
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return Finding("ok", subject, f"{where} answers: {await ask(url)}")
    except ConfigError as exc:
        return Finding("wrong", subject, f"{where}: {exc}", f"mend {setting}")
    except (OSError, TimeoutError) as exc:
        why = str(exc) or f"no answer in {ANSWER_WITHIN_S} s"
        return Finding("wrong", subject, f"{where}: {why.splitlines()[0]}", f"start it, or mend {setting}")


async def _ask_broker(url: str) -> str:
    import aio_pika
    from aio_pika.exceptions import AMQPError

    try:
        async with await aio_pika.connect(url) as connection:
            properties = connection.transport.connection.server_properties  # type: ignore[union-attr]
            return f"version {properties.get('version')!s}"
    except AMQPError as exc:
        raise ConfigError(f"refused ({type(exc).__name__})") from exc


async def _ask_redis(url: str) -> str:
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        async with Redis.from_url(url, protocol=2, decode_responses=True) as client:
            server = await client.info("server")
            fsync = (await client.config_get("appendfsync")).get("appendfsync")
            return f"version {server['redis_version']}, appendfsync {fsync}"
    except RedisError as exc:
        raise ConfigError(str(exc)) from exc


async def _ask_database(url: str) -> str:
    from sqlalchemy.exc import ArgumentError, DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine

    try:
        engine = create_async_engine(url)
    except (ArgumentError, ImportError) as exc:
        raise ConfigError(str(exc).splitlines()[0]) from exc
    try:
        async with engine.connect() as connection:
            return f"{engine.dialect.name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"
    except DBAPIError as exc:
        raise ConfigError(str(exc.orig).splitlines()[0]) from exc
    finally:
        await engine.dispose()


def address(settings: Settings) -> Iterator[Finding]:
    """Whether the public port is free, or ours."""
    from services.gateway.config import GatewaySettings

    gateway = GatewaySettings()
    stack = find_stack(runner.state_dir(settings))
    if stack:
        yield Finding("ok", "running", f"{stack.url} (process {stack.pid})")
        return
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex((gateway.host, gateway.port)) == 0
    where = f"{gateway.host}:{gateway.port}"
    if taken:
        yield Finding("off", "address", f"{where} is taken by another program", "set DESKBELL_PORT")
    else:
        yield Finding("ok", "address", f"{where} is free; nothing runs", "./deskbell run")


def identity(settings: Settings) -> Iterator[Finding]:
    """Whether customers can prove who they are."""
    from services.gateway.config import GatewaySettings

    if GatewaySettings().customer_keys.get_secret_value():
        yield Finding("ok", "customers", "DESKBELL_CUSTOMER_KEYS is set")
    elif settings.embedded or settings.env == "dev":
        yield Finding(
            "off", "customers", "the shop's development key", "set DESKBELL_CUSTOMER_KEYS before going public"
        )
    else:
        remedy = "set DESKBELL_CUSTOMER_KEYS, see .env.example"
        yield Finding("off", "customers", "no key: only one-time codes prove who a customer is", remedy)


def machine() -> Iterator[Finding]:
    """Programs that the tests and the compose stack use."""
    missing = missing_packages()
    if missing:
        yield Finding("off", "test servers", f"{', '.join(missing)} not installed", "./deskbell test, as root")
    else:
        yield Finding("ok", "test servers", ", ".join(PACKAGES))
    docker = shutil.which("docker")
    yield Finding("ok" if docker else "off", "docker", docker or "not installed", "" if docker else "only for compose")


def _secret(value: object) -> str:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else ""


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"

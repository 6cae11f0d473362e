"""The one way to Redis: strict timeouts, no retries inside the library, errors of our own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, RedisError, ResponseError

from shared.errors import ConfigError, Unavailable

LUA_DIR = Path(__file__).parent / "lua"
CANNOT_WRITE = ("OOM", "MISCONF", "READONLY", "MASTERDOWN", "NOREPLICAS")


@asynccontextmanager
async def open_redis(url: str) -> AsyncIterator[Redis]:
    """A client whose calls take at most 1 s and are never repeated behind our back.

    redis-py repeats a timed-out command by itself unless told otherwise, which would run a script
    twice; our scripts are repeated by their callers, who know that they may be. Raises ConfigError for a URL that
    is none.
    """
    client = Redis(connection_pool=_pool(url))
    try:
        yield client
    finally:
        await client.aclose(close_connection_pool=True)


def _pool(url: str) -> BlockingConnectionPool:
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=64,
            timeout=1,
            socket_timeout=1,
            socket_connect_timeout=0.5,
            health_check_interval=15,
            retry=Retry(NoBackoff(), 0),
            retry_on_error=[],
            protocol=2,
            decode_responses=True,
        )
    except ValueError:
        # What is wrong is not repeated: the URL may hold a password.
        raise ConfigError(
            "the URL of Redis is none; write redis://HOST:PORT/0 in DESKBELL_STATE_URL and DESKBELL_CACHE_URL, "
            "in a password / : @ # % as %2F and so on"
        ) from None


@cache
def script_source(name: str) -> str:
    """The script with the shared functions before it; the flags make Redis refuse it whole when out of memory."""
    common, body = (LUA_DIR / "common.lua").read_text(), (LUA_DIR / f"{name}.lua").read_text()
    return f"#!lua flags=\n{common}\n{body}"


class Scripts:
    """Runs the Lua scripts of `shared/store/lua` by name."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._shas: dict[str, str] = {}

    async def run(self, name: str, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """The script's answer. Raises Unavailable when the server cannot be reached or cannot write."""
        with unavailable():
            try:
                return await self.redis.evalsha(self._shas[name], len(keys), *keys, *args)
            except (KeyError, NoScriptError):
                self._shas[name] = await self.redis.script_load(script_source(name))
                return await self.redis.evalsha(self._shas[name], len(keys), *keys, *args)


class unavailable:  # noqa: N801 - reads as a statement: `with unavailable(): ...`
    """Turns the driver's errors into Unavailable; a mistake in a command of ours stays what it is.

    The driver sends with `asyncio.wait_for`, which in Python 3.11 swallows a cancellation that comes
    while it sends. A task so robbed would never stop, so the cancellation is raised here again.
    """

    def __enter__(self) -> None:
        self._cancellations = _cancellations()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, asyncio.CancelledError) and _cancellations() > self._cancellations:
            raise asyncio.CancelledError from error
        if isinstance(error, ResponseError) and not _cannot_write(error):
            return
        if isinstance(error, RedisError | OSError | TimeoutError):
            raise Unavailable("the state store did not answer") from error


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _cannot_write(error: ResponseError) -> bool:
    return isinstance(error, OutOfMemoryError | ReadOnlyError) or str(error).startswith(CANNOT_WRITE)

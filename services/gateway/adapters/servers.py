"""The servers: own listening sockets, strict limits, and a stop that tells clients when to come back."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

from shared.errors import ConfigError

USER_TIMEOUT_MS = 30_000
MAX_FRAME = 16 * 1024
PING_S = 20
DRAIN_WITHIN_S = 3
STOP_WITHIN_S = 5
BACKLOG = 1024
log = structlog.get_logger()


def listen(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket. Raises ConfigError when the port is taken or the address is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as exc:
        raise ConfigError(f"{host!r} is no address to listen on: {exc.strerror}") from exc
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # A peer that neither reads nor answers is dropped by the kernel; closing it from here would wait.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as exc:
        listener.close()
        raise ConfigError(_why(exc, host, port, setting)) from exc
    return listener


def _why(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; stop what uses it, or set {setting} to another port"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs more rights than this user has; set {setting} to one above 1023"
    return f"cannot listen on {host}:{port} ({error.strerror}); mend DESKBELL_HOST or {setting}"


class Server(uvicorn.Server):
    """uvicorn without a say about signals: the runner owns them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def public_server(app: ASGIApp, connections: int, proxies: list[str]) -> Server:
    """The server that customers reach."""
    return Server(uvicorn.Config(
        app,
        http="httptools", ws="websockets-sansio", loop="none", lifespan="off",
        ws_max_size=MAX_FRAME, ws_per_message_deflate=False, ws_ping_interval=PING_S, ws_ping_timeout=PING_S,
        limit_concurrency=2 * connections, timeout_graceful_shutdown=STOP_WITHIN_S,
        proxy_headers=bool(proxies), forwarded_allow_ips=proxies,
        server_header=False, access_log=False, log_config=None, log_level="warning",
    ))  # fmt: skip


def internal_server(app: ASGIApp) -> Server:
    """The server for operators."""
    return Server(uvicorn.Config(
        app, loop="none", lifespan="off", ws="none", proxy_headers=False, timeout_graceful_shutdown=1,
        server_header=False, access_log=False, log_config=None, log_level="warning",
    ))  # fmt: skip


async def serve(server: Server, listener: socket.socket, drain: Callable[[], None], left: Callable[[], int]) -> None:
    """Serves until cancelled; then asks clients to leave, waits a little for them, and stops."""
    quiet_uvicorn()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        drain()
        await _until_empty(left)
        server.should_exit = True
        await serving
        raise


async def _until_empty(left: Callable[[], int]) -> None:
    try:
        async with asyncio.timeout(DRAIN_WITHIN_S):
            while left():  # noqa: ASYNC110 - connections end by themselves, and there are many
                await asyncio.sleep(0.05)
    except TimeoutError:
        log.info("gateway.left_open", connections=left())


class NoPrivateText(logging.Filter):
    """Tracebacks can quote what customers wrote: only the kind of error and its place are logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
            record.msg, record.args, record.exc_info = f"{type(error).__name__} at {where}", (), None
        return True


def quiet_uvicorn() -> None:
    """Keeps what customers wrote out of the library's log."""
    logger = logging.getLogger("uvicorn.error")
    if not any(isinstance(known, NoPrivateText) for known in logger.filters):
        logger.addFilter(NoPrivateText())

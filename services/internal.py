"""The internal port of a service process: alive, ready, figures. Never on a public address."""

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.config import DeskbellSettings
from shared.errors import ConfigError

READ_WITHIN_S = 5
Ready = Callable[[], Awaitable[bool]]


class InternalSettings(DeskbellSettings):
    """Where the internal port listens."""

    internal_host: str = "127.0.0.1"
    internal_port: int = 8001


async def serve_internal(settings: InternalSettings, ready: Ready) -> None:
    """Answers `/healthz`, `/readyz` and `/metrics` until cancelled. Raises ConfigError if the port is taken."""

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                request = await reader.readline()
                path = request.split(b" ")[1:2]
                writer.write(await _response(path[0].decode("latin-1") if path else "", ready))
                await writer.drain()
        except (TimeoutError, OSError):
            return
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(on_connection, settings.internal_host, settings.internal_port)
    except OSError as exc:
        where = f"{settings.internal_host}:{settings.internal_port}"
        raise ConfigError(f"cannot listen on {where} ({exc.strerror}); set DESKBELL_INTERNAL_PORT") from exc
    async with server:
        await server.serve_forever()


async def _response(path: str, ready: Ready) -> bytes:
    if path == "/healthz":
        return _http("200 OK", b"ok\n")
    if path == "/readyz":
        return _http("200 OK", b"ready\n") if await ready() else _http("503 Service Unavailable", b"not ready\n")
    if path == "/metrics":
        return _http("200 OK", generate_latest(), CONTENT_TYPE_LATEST)
    return _http("404 Not Found", b"not found\n")


def _http(status: str, body: bytes, content_type: str = "text/plain") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body

"""A TCP proxy on the loopback that makes a network bad: slow, frozen, cut, or closed to newcomers."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

RESET = struct.pack("ii", 1, 0)  # SO_LINGER that makes close() send RST
CHUNK = 65536


class FaultProxy:
    """Forwards every connection to `target`; its switches may be turned at any moment."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self.latency_s = 0.0
        self.refuse = False
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()

    def freeze(self) -> None:
        """Connections stay open, and nothing passes in either direction."""
        self._open.clear()

    def thaw(self) -> None:
        self._open.set()

    def cut(self, *, reset: bool = True) -> None:
        """Ends every connection at both ends: with RST, or politely with FIN."""
        for writer in self._writers:
            if reset:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()
            else:
                writer.close()

    async def on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self.refuse:
                return
            upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers.add(upstream)
            try:
                async with asyncio.TaskGroup() as owner:
                    owner.create_task(self._pump(reader, upstream))
                    owner.create_task(self._pump(upstream_reader, writer))
            finally:
                self._close(upstream)
        except OSError:
            return
        finally:
            self._close(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(CHUNK):
                await asyncio.sleep(self.latency_s)
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            return
        finally:
            writer.close()

    def _close(self, writer: asyncio.StreamWriter) -> None:
        self._writers.discard(writer)
        writer.close()


@asynccontextmanager
async def fault_proxy(target: int) -> AsyncIterator[FaultProxy]:
    """A proxy before the port `target` of the loopback; its own is `proxy.port`."""
    proxy = FaultProxy(target)
    server = await asyncio.start_server(proxy.on_connection, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.thaw()
        proxy.cut()
        await server.wait_closed()

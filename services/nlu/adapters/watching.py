"""Sees that another model was put live, and takes it over while messages are being read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from services.nlu.adapters.store import ModelStore
from services.nlu.handlers import Mind, NluHandlers
from shared.errors import ConfigError, Transient

LOOK_EVERY_S = 1.0
OWN = "own"
"""Stands for the model that the service fits by itself to the shop's examples."""
Opener = Callable[[Path | None], AbstractAsyncContextManager[Mind]]
"""Opens the promoted model in a folder, or for None the service's own."""
log = structlog.get_logger(__name__)


@dataclass
class _Held:
    name: str
    mind: Mind
    stack: AsyncExitStack

    async def close(self) -> None:
        """Not before the last text has been read with it."""
        await self.mind.idle.wait()
        await self.stack.aclose()


class Watcher:
    """Holds the model in use. `loop` exchanges it when the store names another one."""

    def __init__(self, store: ModelStore, opener: Opener):
        self._store = store
        self._opener = opener
        self._stamp = store.stamp()
        self._held: _Held | None = None
        self._handlers: NluHandlers | None = None

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Mind]:
        """Opens the promoted model, or the service's own where there is none or it cannot be used."""
        self._held = await self._first()
        try:
            yield self._held.mind
        finally:
            await self._held.stack.aclose()

    def serve(self, handlers: NluHandlers) -> None:
        """From now on these handlers get what is put live."""
        self._handlers = handlers

    async def loop(self) -> None:
        """Looks again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Exchanges the model if `live.json` has changed; one that cannot be used is told, and the old one stays."""
        stamp = self._store.stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            folder = self._store.live_folder()
            new = await self._open(folder)
        except (ConfigError, Transient) as exc:
            log.error("nlu.model_refused", reason=str(exc), stays=self._held.name if self._held else None)
            return
        old, self._held = self._held, new
        if self._handlers is not None:
            self._handlers.exchange(new.mind)
        log.info("nlu.model_exchanged", model=new.name, before=old.name if old else None)
        if old is not None:
            await old.close()

    async def _first(self) -> _Held:
        for folder in self._candidates():
            try:
                held = await self._open(folder)
            except ConfigError as exc:
                if folder is None:
                    raise
                log.error("nlu.model_refused", reason=str(exc), stays=OWN)
            else:
                log.info("nlu.model", model=held.name)
                return held
        raise ConfigError("no model of understanding could be opened")

    def _candidates(self) -> Sequence[Path | None]:
        try:
            folder = self._store.live_folder()
        except ConfigError as exc:
            log.error("nlu.model_refused", reason=str(exc), stays=OWN)
            folder = None
        return (None,) if folder is None else (folder, None)

    async def _open(self, folder: Path | None) -> _Held:
        stack = AsyncExitStack()
        mind = await stack.enter_async_context(self._opener(folder))
        return _Held(OWN if folder is None else folder.name, mind, stack)

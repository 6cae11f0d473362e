"""Work that is given up as soon as nobody wants it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def unless(ended: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """The work's result; None if `ended` was set before there was one. The work is over in any case."""
    working = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        waiting.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)

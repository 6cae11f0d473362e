"""Waiting for what has no event of its own: asked again and again, until a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Answer = TypeVar("Answer")
EVERY_S = 0.02


async def eventually(ask: Callable[[], Awaitable[Answer]], within_s: float = 10, every_s: float = EVERY_S) -> Answer:
    """The first true answer of `ask`. Raises TimeoutError if there is none in time."""
    async with asyncio.timeout(within_s):
        while not (answer := await ask()):
            await asyncio.sleep(every_s)
    return answer

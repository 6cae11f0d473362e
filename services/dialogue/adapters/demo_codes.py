"""One-time codes of the demo: on the console, and in the outbox that `/demo/outbox` shows."""

from datetime import UTC, datetime
from typing import Any

import orjson
from redis.asyncio import Redis
from rich.console import Console

from services.dialogue.domain.shop import Customer
from shared.errors import Rejected
from shared.store.client import unavailable

OUTBOX = "deskbell:demo:outbox"
KEPT = 50


class DemoCodes:
    """Port `CodeSender` without a mail server. Raises Unavailable."""

    def __init__(self, cache: Redis) -> None:
        self._cache: Any = cache  # the driver types every reply as a union of all replies
        self._console = Console(stderr=True, highlight=False, markup=False)

    async def send(self, customer: Customer, code: str, language: str) -> None:
        entry = {"to": customer.email, "code": code, "at": datetime.now(UTC).isoformat()}
        with unavailable():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.lpush(OUTBOX, orjson.dumps(entry).decode())
                pipe.ltrim(OUTBOX, 0, KEPT - 1)
                await pipe.execute()
        self._console.print(f"one-time code for {customer.email}: {code}")


class NoCodes:
    """Outside the demo nothing delivers codes yet: customers are proven by the shop's signed token.

    The engine promises no code here, so a call is a mistake of ours.
    """

    async def send(self, customer: Customer, code: str, language: str) -> None:
        """Raises Rejected."""
        raise Rejected("one-time codes are not delivered here")

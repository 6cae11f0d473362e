"""What models may spend in a day, counted in Redis by all processes together."""

from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

from redis.asyncio import Redis

from services.generator.ports import Spending
from shared.errors import Unavailable
from shared.store.budget import DailyBudget, Taken
from shared.store.conversations import Conversations

ANY_NUMBER = 10**12


@dataclass(frozen=True)
class Caps:
    """Tokens a day: of one customer, of all from one address, of all."""

    customer: int
    address: int
    everybody: int


class RedisBudget:
    """Port `Budget`. An unknown customer is their conversation; the address is the one that began it."""

    def __init__(self, redis: Redis, conversations: Conversations, caps: Caps) -> None:
        self._redis, self._conversations, self._caps = redis, conversations, caps

    async def take(self, conversation_id: str, tokens: int) -> Spending | None:
        """See the port. Nothing stays set aside where one of the pots has not enough."""
        meta = await self._conversations.meta(conversation_id)
        if meta is None:
            return None
        pots = [
            ("llm", self._caps.everybody),
            (f"llm:customer:{meta.identity.customer_id or conversation_id}", self._caps.customer),
        ]
        if meta.address:
            pots.append((f"llm:address:{meta.address}", self._caps.address))
        spending = _Spending([])
        async with AsyncExitStack() as undo:
            undo.push_async_callback(spending.settle, 0)
            for name, cap in pots:
                budget = DailyBudget(self._redis, name, ANY_NUMBER, cap)
                taken = await budget.take(tokens)
                if taken is None:
                    return None
                spending.pots.append((budget, taken))
            undo.pop_all()
        return spending


@dataclass(frozen=True)
class _Spending:
    pots: list[tuple[DailyBudget, Taken]]

    async def settle(self, used: int) -> None:
        for budget, taken in self.pots:
            with suppress(Unavailable):
                await budget.settle(taken, used)

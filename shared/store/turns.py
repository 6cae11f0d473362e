"""TOUCH, RENEW, RELEASE and PASS ON: how a stage takes a turn, keeps it, and lets it go."""

from typing import Any

from redis.asyncio import Redis

from shared.ports import Claim, TurnRef
from shared.store.client import Scripts
from shared.store.keys import ConversationKeys

LEASE_MS = 10_000
MAX_ATTEMPTS = 5


class RedisTurns:
    """The stages' view of a turn (port `Turns`). Every call is one script and raises Unavailable."""

    def __init__(self, redis: Redis, lease_ms: int = LEASE_MS) -> None:
        self._scripts = Scripts(redis)
        self._lease_ms = lease_ms

    async def touch(self, ref: TurnRef, stage: int, *, redelivered: bool) -> Claim:
        """Asks to work on the turn; `exhausted` says that every attempt of this stage has failed."""
        outcome, attempt = await self._run("touch", ref, stage, int(redelivered), self._lease_ms, MAX_ATTEMPTS)
        return Claim(outcome, int(attempt))

    async def renew(self, ref: TurnRef, stage: int, attempt: int) -> bool:
        """Extends the lease; False says that it is lost and nothing may be written any more."""
        return bool(await self._run("renew", ref, stage, attempt, self._lease_ms))

    async def release(self, ref: TurnRef, stage: int, attempt: int) -> None:
        """Gives the turn back to the broker, where a retry of the same stage waits."""
        await self._run("hand_on", ref, stage, attempt, stage)

    async def pass_on(self, ref: TurnRef, stage: int, attempt: int) -> bool:
        """Lets the turn wait for the next stage; False if a later stage or another worker has it already."""
        return bool(await self._run("hand_on", ref, stage, attempt, stage + 1))

    async def _run(self, script: str, ref: TurnRef, *args: int) -> Any:
        keys = ConversationKeys(ref.conversation_id)
        return await self._scripts.run(
            script, [keys.meta, keys.open_turns], [ref.conversation_id, ref.turn, ref.token, *args]
        )

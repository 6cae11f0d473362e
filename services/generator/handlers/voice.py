"""Shows a turn's replies while they are written."""

from contextlib import suppress

from services.generator.ports import Channel
from shared.contracts.messages import ReplyChunk
from shared.errors import Unavailable


class Voice:
    """Numbers the pieces of one attempt at a turn. They are for the eye: one may be lost, the reply may not."""

    def __init__(self, channel: Channel, conversation_id: str, turn: int, attempt: int) -> None:
        self._channel = channel
        self.conversation_id, self.turn = conversation_id, turn
        self._attempt = attempt
        self._next = 0
        self._between = ""

    async def say(self, text: str) -> None:
        """Shows the next piece."""
        if not text:
            return
        chunk = ReplyChunk(turn=self.turn, attempt=self._attempt, index=self._next, text=self._between + text)
        self._next, self._between = self._next + 1, ""
        with suppress(Unavailable):
            await self._channel.chunk(self.conversation_id, chunk)

    def pause(self) -> None:
        """What is said from here on is another reply of the turn."""
        self._between = "\n\n" if self._next else ""

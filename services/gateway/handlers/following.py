"""Following a conversation: its log in order, and the chunks of the reply under way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import structlog

from services.gateway.domain.chunks import ChunkGate
from services.gateway.handlers.figures import WAIT_S
from services.gateway.ports import Sink
from shared.contracts.messages import ReplyChunk
from shared.errors import DeskbellError, Unavailable
from shared.ports import Event
from shared.store.conversations import Conversations

# A subscription may begin a moment after the first reading, so the next ones come soon.
FIRST_PAUSES_S = (0.03, 0.1, 0.4)
OPEN_PAUSE_S = 5.0
IDLE_PAUSE_S = 60.0
RECOVERY_PAUSE_S = 1.0
PAGE = 500
log = structlog.get_logger()


class Gone(DeskbellError):
    """The conversation has expired or was erased."""


class Follower:
    """Reads the log from a cursor on: at once, on every hint, and every 5 s while a turn is open."""

    def __init__(self, conversations: Conversations, conversation_id: str, after: str | None, sink: Sink) -> None:
        self._conversations = conversations
        self._conversation_id = conversation_id
        self._cursor = after
        self._sink = sink
        self._gate = ChunkGate()
        self._newest = 0
        self._pauses = list(FIRST_PAUSES_S)

    async def run(self, open_turn: int | None = None) -> None:
        """Runs until cancelled. Raises Gone, and what the sink raises."""
        self._newest = open_turn or 0
        async with self._conversations.watch(self._conversation_id) as hints:
            news = News(hints)
            try:
                while True:
                    pause_s = await self._catch_up()
                    await self._listen(news, pause_s)
            finally:
                await news.close()

    async def _catch_up(self) -> float:
        """Reads the log to its end; returns how long it may be left alone."""
        try:
            while await self._read_page() == PAGE:
                pass
        except Unavailable:
            # The sockets stay open while the store is away; what was missed is read afterwards.
            log.warning("gateway.log_unreadable", conversation_id=self._conversation_id)
            return RECOVERY_PAUSE_S
        if self._pauses:
            return self._pauses.pop(0)
        return OPEN_PAUSE_S if self._newest > self._gate.ended else IDLE_PAUSE_S

    async def _read_page(self) -> int:
        events = await self._conversations.events(self._conversation_id, self._cursor, PAGE)
        if events is None:
            await self._check_alive()
            self._cursor = None
            await self._sink.on_resync()
            return PAGE
        for event in events:
            self._note(event)
            await self._sink.on_event(event)
            self._cursor = event.cursor
        return len(events)

    def _note(self, event: Event) -> None:
        if event.type == "message":
            self._newest = max(self._newest, int(event.data["seq"]))
        elif event.type == "turn.ended":
            self._gate.ended = max(self._gate.ended, int(event.data["turn"]))

    async def _listen(self, news: "News", pause_s: float) -> None:
        """Returns when the log should be read again; chunks are passed on meanwhile."""
        while (hint := await news.within(pause_s)) != "log":
            if hint is None:
                await self._check_alive_if_idle(pause_s)
                return
            if self._gate.admits(hint):
                await self._sink.on_chunk(hint)

    async def _check_alive_if_idle(self, pause_s: float) -> None:
        if pause_s >= IDLE_PAUSE_S:
            try:
                await self._check_alive()
            except Unavailable:
                return

    async def _check_alive(self) -> None:
        if await self._conversations.meta(self._conversation_id) is None:
            raise Gone(self._conversation_id)


class News:
    """The next hint with a deadline. The waiting task outlives the deadline, so that no hint is lost."""

    def __init__(self, hints: AsyncIterator[Any]) -> None:
        self._hints = hints
        self._next: asyncio.Task[Any] | None = None

    async def within(self, pause_s: float) -> Any:
        """The next hint, or None when there is none within the time."""
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._hints))
        done, _ = await asyncio.wait({self._next}, timeout=pause_s)
        if not done:
            return None
        hint, self._next = self._next.result(), None
        return hint

    async def close(self) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait({self._next})


@dataclass
class Outcome:
    """The sink that waits for the end of one turn."""

    seq: int
    replies: list[dict[str, Any]] = field(default_factory=list)
    status: str | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def on_event(self, event: Event) -> None:
        if event.type == "reply" and event.data["reply"]["turn"] == self.seq:
            self.replies.append(event.data["reply"])
        elif event.type == "turn.ended" and event.data["turn"] == self.seq:
            self.status = event.data["status"]
            self.ended.set()

    async def on_chunk(self, chunk: ReplyChunk) -> None:
        """A caller who waits for the whole reply has no use for a piece."""

    async def on_resync(self) -> None:
        self.replies.clear()


async def outcome_of(
    conversations: Conversations, conversation_id: str, seq: int, wait_s: float, draining: asyncio.Event
) -> Outcome:
    """How the turn ended; `status` is None when it has not ended within the time, or the server stops."""
    outcome = Outcome(seq)
    follower = Follower(conversations, conversation_id, None, outcome)
    tasks = [
        asyncio.create_task(follower.run(seq)),
        asyncio.create_task(outcome.ended.wait()),
        asyncio.create_task(draining.wait()),
    ]
    with WAIT_S.time():
        try:
            await asyncio.wait(tasks, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(ends[0], Exception) and not isinstance(ends[0], Gone):
        raise ends[0]
    return outcome

"""A customer's line to Deskbell: one message at a time, every moment written down."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from loadtest.records import TurnRecord, Visit
from services.commands.client import TURN_DEADLINE_S, WAIT_S, Client, Conversation, Refused, Unreachable
from services.commands.connection import Connection, Frame, open_connection
from shared.contracts.messages import CustomerInput, Expects, Reply

GIVE_UP_S = TURN_DEADLINE_S + 5
LONGEST_PAUSE_S = 10.0
WORTH_A_RESEND = frozenset(
    {"rate_limited", "too_many_waiting", "too_many_connections", "unavailable", "outcome_unknown", "draining"}
)

Clock = Callable[[], float]


class Line(Protocol):
    """Plays one message to its end and fills the record; returns what the bot waits for then."""

    async def turn(self, message: CustomerInput, record: TurnRecord) -> Expects: ...


class RestLine:
    """REST with `wait_s`. The answer is acceptance and end in one, so these records have no moment of acceptance."""

    def __init__(self, client: Client, conversation: Conversation, clock: Clock) -> None:
        self._client = client
        self._conversation = conversation
        self._clock = clock

    async def turn(self, message: CustomerInput, record: TurnRecord) -> Expects:
        record.sent = self._clock()
        try:
            async with asyncio.timeout(GIVE_UP_S):
                return await self._until_ended(message, record)
        except TimeoutError:
            record.outcome = _without_end(record)
            return Expects()

    async def _until_ended(self, message: CustomerInput, record: TurnRecord) -> Expects:
        while True:
            try:
                turn = await self._client.send(self._conversation, message, wait_s=WAIT_S)
            except Unreachable:
                await _pause(record, "unreachable", None)
            except Refused as exc:
                if exc.code not in WORTH_A_RESEND:
                    return _refused(record, exc.code)
                await _pause(record, exc.code, exc.retry_after_s)
            else:
                record.seq = turn.seq
                if turn.status != "open":
                    record.outcome = turn.status
                    record.first = record.ended = self._clock()
                    return turn.replies[-1].expects if turn.replies else Expects()


class SocketLine:
    """WebSocket: the frames tell every moment, and the connection resumes and resends by itself."""

    def __init__(self, connection: Connection, started: float) -> None:
        self._connection = connection
        self._started = started

    async def turn(self, message: CustomerInput, record: TurnRecord) -> Expects:
        record.sent = asyncio.get_running_loop().time() - self._started
        frames: list[Frame] = []
        try:
            async with asyncio.timeout(GIVE_UP_S):
                await self._until_settled(message, record, frames)
        except TimeoutError:
            record.outcome = "unconfirmed"
        expects = fill(record, message.client_message_id, frames, self._started)
        if record.ended is None and record.outcome in ("unsent", "unconfirmed"):
            record.outcome = _without_end(record)
        return expects

    async def _until_settled(self, message: CustomerInput, record: TurnRecord, frames: list[Frame]) -> None:
        while True:
            refusal: Frame | None = None
            async for frame in self._connection.play(message):
                frames.append(frame)
                if frame.type in ("error", "closed"):
                    refusal = frame
            if refusal is None:
                return
            code, wait_ms = str(refusal.data["code"]), refusal.data.get("retry_after_ms")
            if code not in WORTH_A_RESEND:
                _refused(record, code)
                return
            await _pause(record, code, None if wait_ms is None else wait_ms / 1000)


def fill(record: TurnRecord, client_message_id: str, frames: Sequence[Frame], started: float) -> Expects:
    """Writes into the record what the frames tell of its message; an answer may come ahead of `accepted`."""
    for frame in frames:
        if frame.data.get("client_message_id") == client_message_id and "seq" in frame.data:
            record.seq = frame.data["seq"]
            if frame.type == "accepted" and record.accepted is None:
                record.accepted = frame.at - started
    expects = Expects()
    for frame in [frame for frame in frames if record.seq is not None and _turn(frame) == record.seq]:
        if frame.type == "turn.ended":
            record.ended, record.outcome = frame.at - started, frame.data["status"]
        elif frame.type in ("reply.chunk", "reply"):
            record.first = record.first or frame.at - started
        if frame.type == "reply":
            expects = Reply.model_validate(frame.data["reply"]).expects
    return expects


def _turn(frame: Frame) -> int | None:
    turn: int | None = frame.data["reply"]["turn"] if frame.type == "reply" else frame.data.get("turn")
    return turn


async def _pause(record: TurnRecord, code: str, wanted_s: float | None) -> None:
    record.refusals.append(code)
    await asyncio.sleep(min(LONGEST_PAUSE_S, max(0.1, 1.0 if wanted_s is None else wanted_s)))


def _refused(record: TurnRecord, code: str) -> Expects:
    record.refusals.append(code)
    record.outcome = "refused"
    return Expects()


def _without_end(record: TurnRecord) -> str:
    if record.seq is not None:
        return "lost"
    return "refused" if record.refusals else "unconfirmed"


@asynccontextmanager
async def open_line(client: Client, visit: Visit, clock: Clock, token: str | None) -> AsyncIterator[Line]:
    """Opens the visit's conversation and, for WebSocket, waits until it is connected.

    Raises Refused, Unreachable, or TimeoutError.
    """
    visit.conversation = await client.create(visit.language, token)
    if visit.transport == "rest":
        visit.opened = clock()
        yield RestLine(client, visit.conversation, clock)
        return
    async with open_connection(client, visit.conversation) as connection:
        async with asyncio.timeout(GIVE_UP_S):
            frame = await connection.next()
        if frame.type == "closed":
            raise Refused(0, f"closed_{frame.data['code']}", "the WebSocket was closed")
        visit.opened = clock()
        try:
            yield SocketLine(connection, asyncio.get_running_loop().time() - clock())
        finally:
            visit.reconnects = connection.connects - 1
            visit.resyncs, visit.repeated_events = connection.resyncs, connection.repeated

"""The gateway's view of conversations: ACCEPT, FINISH, SWEEP, and the log of events."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import orjson
from redis.asyncio import Redis

from shared.contracts.messages import CustomerInput, Expects, ReplyChunk, TurnEnd
from shared.errors import DeskbellError
from shared.ports import Accepted, Drive, Event, Finished, Identity, Overdue, TurnRef
from shared.store.client import Scripts, unavailable
from shared.store.hints import Hints
from shared.store.keys import SHARDS, ConversationKeys, books, open_turns, shard_prefix
from shared.store.recent import RecentConversations

MAX_WAITING = 5
TURN_DEADLINE_MS = 45_000
SWEEP_LIMIT = 50


class UnknownConversation(DeskbellError):
    """No such conversation, or it has expired or been erased."""


class IdReused(DeskbellError):
    """The same client_message_id came with other content."""


class TooManyWaiting(DeskbellError):
    """As many messages wait behind the running turn as may."""


@dataclass(frozen=True)
class Meta:
    """What is known of a conversation. `open_turn` is the number of the turn that runs.

    `address` is a digest of the network address that began it, empty where addresses are not limited.
    """

    conversation_id: str
    language: str
    token_digest: str
    identity: Identity
    expires_at: float
    expects: Expects
    last_end: TurnEnd | None
    open_turn: int | None
    address: str = ""


class Conversations:
    """Conversations on Redis. Every change is one script; every call raises Unavailable."""

    def __init__(self, redis: Redis, deadline_ms: int = TURN_DEADLINE_MS) -> None:
        self._redis: Any = redis  # the driver types every reply as a union of all replies
        self._scripts = Scripts(redis)
        self._deadline_ms = deadline_ms
        self._hints = Hints(redis)
        self._recent = RecentConversations(redis)
        self.watch = self._hints.watch
        self.relay_hints = self._hints.relay

    async def create(
        self, conversation_id: str, language: str, token_digest: str, identity: Identity, ttl_s: int
    ) -> None:
        """A new conversation that lives for `ttl_s` seconds."""
        expires_ms = int((time.time() + ttl_s) * 1000)
        fields = {
            "language": language, "token_digest": token_digest, "expires_ms": expires_ms,
            "level": identity.level, "customer": identity.customer_id or "",
        }  # fmt: skip
        key = ConversationKeys(conversation_id).meta
        with unavailable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(key, mapping=fields)
                pipe.pexpireat(key, expires_ms)
                await pipe.execute()
        await self._recent.note(identity, conversation_id)

    async def meta(self, conversation_id: str) -> Meta | None:
        """The conversation, or None if it is unknown, expired or erased."""
        with unavailable():
            record = await self._redis.hgetall(ConversationKeys(conversation_id).meta)
        if not record:
            return None
        return Meta(
            conversation_id=conversation_id,
            language=record["language"],
            token_digest=record["token_digest"],
            identity=Identity(record["level"], record["customer"] or None),
            expires_at=int(record["expires_ms"]) / 1000,
            expects=_expects(record.get("expects", "")),
            last_end=record.get("last_end"),
            open_turn=int(record.get("open", 0)) or None,
            address=record.get("address", ""),
        )

    async def came_from(self, conversation_id: str, address: str) -> None:
        """Remembers a digest of the address that a new conversation came from."""
        with unavailable():
            await self._redis.hset(ConversationKeys(conversation_id).meta, "address", address)

    async def identify(self, conversation_id: str, identity: Identity) -> None:
        """Raises the identity; a lower level changes nothing. Raises UnknownConversation."""
        key = ConversationKeys(conversation_id).meta
        if not await self._scripts.run("identify", [key], [identity.level, identity.customer_id or ""]):
            raise UnknownConversation(conversation_id)
        await self._recent.note(identity, conversation_id)

    async def accept(self, conversation_id: str, sent: CustomerInput, traceparent: str = "") -> Accepted:
        """ACCEPT: numbers the message once per id, logs it, and starts its turn or lets it wait."""
        keys = ConversationKeys(conversation_id)
        content = sent.model_dump(exclude={"client_message_id"}, exclude_defaults=True)
        payload = sent.model_dump_json(exclude_defaults=True)
        digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
        answer = await self._scripts.run(
            "accept",
            [keys.meta, keys.open_turns, keys.books],
            [conversation_id, sent.client_message_id, digest, payload, payload, secrets.token_hex(8),
             secrets.token_hex(4), MAX_WAITING, self._deadline_ms, traceparent],
        )  # fmt: skip
        if answer[0] in REFUSALS:
            raise REFUSALS[answer[0]](conversation_id)
        drive = _drive(conversation_id, answer[2]) if len(answer) > 2 else None
        return Accepted(int(answer[1]), answer[0] == "duplicate", drive)

    async def finish(
        self, ref: TurnRef, status: TurnEnd, events: list[tuple[str, dict[str, Any]]], expects: Expects
    ) -> Finished:
        """FINISH: appends the events and ends the turn, once; starts the next waiting one."""
        keys = ConversationKeys(ref.conversation_id)
        lines = orjson.dumps([(kind, orjson.dumps(data).decode()) for kind, data in events]).decode()
        answer = await self._scripts.run(
            "finish",
            [keys.meta, keys.open_turns, keys.books],
            [ref.conversation_id, ref.turn, ref.token, status, lines, expects.model_dump_json(),
             secrets.token_hex(4), secrets.token_hex(8), self._deadline_ms],
        )  # fmt: skip
        return Finished(answer[0], _drive(ref.conversation_id, answer[1]) if len(answer) > 1 else None)

    async def sweep(self, shard: int) -> list[Overdue]:
        """The shard's turns whose lease, wait or deadline has run out, each moved on in the same step."""
        found = await self._scripts.run(
            "sweep", [open_turns(shard)], [shard_prefix(shard), secrets.token_hex(8), SWEEP_LIMIT]
        )
        return [
            Overdue(
                kind, TurnRef(conversation_id, int(seq), token), language, write_open == "1",
                _drive(conversation_id, rest[0]) if rest else None,
            )
            for kind, conversation_id, seq, token, language, write_open, *rest in found
        ]  # fmt: skip

    async def look_at_all_open(self) -> None:
        """Makes every open turn due for the next sweep: for a start after which no worker has any of them."""
        with unavailable():
            for shard in range(SHARDS):
                await self._redis.zunionstore(open_turns(shard), {open_turns(shard): 0})

    async def append(self, conversation_id: str, kind: str, data: dict[str, Any]) -> str:
        """An event outside a turn; returns its cursor. Raises UnknownConversation."""
        key = ConversationKeys(conversation_id).meta
        cursor = await self._scripts.run("append", [key], [kind, orjson.dumps(data).decode(), secrets.token_hex(4)])
        if not cursor:
            raise UnknownConversation(conversation_id)
        return str(cursor)

    async def tell_once(self, conversation_id: str, id_: str, kind: str, data: dict[str, Any]) -> bool:
        """As `append`, once for each id; whether this was the time. Raises UnknownConversation."""
        key = ConversationKeys(conversation_id).meta
        told = await self._scripts.run(
            "tell_once", [key], [id_, kind, orjson.dumps(data).decode(), secrets.token_hex(4)]
        )
        if told is None:
            raise UnknownConversation(conversation_id)
        return bool(told)

    async def events(self, conversation_id: str, after: str | None = None, limit: int = 500) -> list[Event] | None:
        """The events after the cursor, in order; None if the cursor is not one of this log.

        The nonce shows a log that lost its tail and grew another one under the same numbers.
        """
        log = ConversationKeys(conversation_id).log
        first, _, nonce = (after or "").partition(".")
        if after and not (first.isdigit() and len(first) < 16 and nonce):
            return None
        with unavailable():
            entries = await self._redis.xrange(log, min=f"{first or 0}-0", count=limit + 1)
        events = [_event(number, fields) for number, fields in entries]
        if not after:
            return events[:limit]
        return events[1:] if events and events[0].cursor == after else None

    async def chunk(self, conversation_id: str, chunk: ReplyChunk) -> None:
        """Tells whoever watches about a piece of a reply; it may be lost."""
        with unavailable():
            await self._redis.publish(ConversationKeys(conversation_id).hint, chunk.model_dump_json())

    async def erase(self, conversation_id: str) -> None:
        """Removes everything of the conversation; what still works on it finds itself stale."""
        keys = ConversationKeys(conversation_id)
        with unavailable():
            turns = int(await self._redis.hget(keys.meta, "seq") or 0)
            names = [keys.meta, keys.log, keys.state, f"{keys.base}:ids", f"{keys.base}:waiting"]
            await self._redis.delete(*names, *(f"{keys.base}:turn:{seq}" for seq in range(1, turns + 1)))

    async def books(self) -> dict[str, int]:
        """How many messages were accepted, how many turns ended in which way, how many are open or wait."""
        totals = {"accepted": 0, "completed": 0, "failed": 0, "expired": 0}
        with unavailable():
            for shard in range(SHARDS):
                for name, count in (await self._redis.hgetall(books(shard))).items():
                    totals[name] += int(count)
        totals["open"] = totals["accepted"] - totals["completed"] - totals["failed"] - totals["expired"]
        return totals


REFUSALS: dict[str, type[DeskbellError]] = {
    "unknown": UnknownConversation, "conflict": IdReused, "busy": TooManyWaiting,
}  # fmt: skip


def _expects(document: str) -> Expects:
    return Expects.model_validate_json(document) if document else Expects()


def _drive(conversation_id: str, fields: list[str]) -> Drive:
    seq, token, payload, deadline_ms, last_end, expects, language, trace, sent_ms = fields
    return Drive(
        ref=TurnRef(conversation_id, int(seq), token),
        input=CustomerInput.model_validate_json(payload),
        language=language,
        deadline_at=int(deadline_ms) / 1000,
        previous_end=cast(TurnEnd, last_end) if last_end else None,
        expects=_expects(expects),
        traceparent=trace,
        sent_at=int(sent_ms) / 1000 if sent_ms else None,
    )


def _event(number: str, fields: dict[str, str]) -> Event:
    at = datetime.fromtimestamp(int(fields["at"]) / 1000, UTC).isoformat(timespec="milliseconds")
    cursor = f"{number.partition('-')[0]}.{fields['nonce']}"
    return Event(cursor, fields["type"], at, orjson.loads(fields["data"]))

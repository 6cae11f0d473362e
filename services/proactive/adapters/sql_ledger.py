"""Port `Ledger` in the shop's database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.proactive.adapters.sql_tables import CUSTOMERS, METADATA, SEEN, SENT
from services.proactive.domain.deciding import WEEK_S, is_capped
from services.proactive.domain.records import Sent
from services.proactive.ports import Message
from shared.shop.proactive import Caps
from shared.store.sql import Database

AT_ONCE = 500
"""So many keys go into one question."""


class SqlLedger:
    """The key of a message is its row's primary key: the database lets one writer have it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(self) -> None:
        """Makes the tables where they are missing."""
        async with self._database.writing(timeout_s=10) as connection:
            await connection.run_sync(METADATA.create_all)

    async def first_seen(self, subjects: Collection[str], now: float) -> Mapping[str, float]:
        """Writes down what is new, one transaction for all. Raises Transient."""
        found = await self._seen(subjects)
        if fresh := [subject for subject in subjects if subject not in found]:
            try:
                async with self._database.writing() as connection:
                    await connection.execute(insert(SEEN), [{"subject": one, "since": now} for one in fresh])
            except IntegrityError:
                pass  # another instance wrote some of them down: the next look writes the rest
            found = {**dict.fromkeys(fresh, now), **await self._seen(subjects)}
        return found

    async def _seen(self, subjects: Collection[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        async with self._database.reading() as connection:
            for some in _parts(subjects):
                rows = await connection.execute(select(SEEN).where(SEEN.c.subject.in_(some)))
                found.update({row.subject: row.since for row in rows})
        return found

    async def sent_to(self, customer_id: str, since: float) -> Sequence[Sent]:
        """What this customer has got since. Raises Transient."""
        async with self._database.reading() as connection:
            return await _sent_to(connection, customer_id, since)

    async def known(self, keys: Collection[str]) -> frozenset[str]:
        """Which keys have their message. Raises Transient."""
        found: set[str] = set()
        async with self._database.reading() as connection:
            for some in _parts(keys):
                found.update((await connection.execute(select(SENT.c.key).where(SENT.c.key.in_(some)))).scalars())
        return frozenset(found)

    async def claim(self, message: Message, now: float, caps: Caps) -> bool:
        """Counts again under a lock on the customer, so that two instances cannot exceed the caps. Raises Transient."""
        try:
            async with self._database.writing() as connection:
                locked = select(CUSTOMERS.c.coupons).where(CUSTOMERS.c.id == message.customer_id).with_for_update()
                coupons = (await connection.execute(locked)).scalar_one_or_none()
                sent = await _sent_to(connection, message.customer_id, now - WEEK_S)
                if coupons is None or is_capped(sent, now, caps):
                    return False
                await connection.execute(insert(SENT).values(**_row(message, now)))
                if message.coupon is not None:
                    held = [*coupons, dict(message.coupon)]
                    owner = CUSTOMERS.c.id == message.customer_id
                    await connection.execute(update(CUSTOMERS).where(owner).values(coupons=held))
        except IntegrityError:
            return False
        return True

    async def unfinished(self, before: float) -> Sequence[Message]:
        """Raises Transient."""
        query = select(SENT).where(SENT.c.finished.is_(False), SENT.c.at < before).order_by(SENT.c.at)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [
            Message(row["key"], row["customer_id"], row["rule"], row["conversation_id"], row["reply"], row["coupon"])
            for row in rows
        ]

    async def finish(self, key: str) -> None:
        """Raises Transient."""
        async with self._database.writing() as connection:
            await connection.execute(update(SENT).where(SENT.c.key == key).values(finished=True))


async def _sent_to(connection: AsyncConnection, customer_id: str, since: float) -> list[Sent]:
    query = select(SENT.c.rule, SENT.c.at, SENT.c.has_coupon).where(
        SENT.c.customer_id == customer_id, SENT.c.at >= since
    )
    return [Sent(row.rule, row.at, row.has_coupon) for row in await connection.execute(query)]


def _row(message: Message, now: float) -> dict[str, Any]:
    return {
        "key": message.key,
        "customer_id": message.customer_id,
        "rule": message.rule,
        "conversation_id": message.conversation_id,
        "reply": dict(message.reply),
        "coupon": dict(message.coupon) if message.coupon else None,
        "has_coupon": message.coupon is not None,
        "at": now,
        "finished": False,
    }


def _parts(values: Collection[str]) -> list[list[str]]:
    listed = list(values)
    return [listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE)]

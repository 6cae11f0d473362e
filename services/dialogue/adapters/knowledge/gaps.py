"""Questions that no document answered: kept without personal data, gathered, and covered one day."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import insert, select, update

from services.dialogue.adapters.knowledge.masking import masked
from services.dialogue.adapters.knowledge.tables import GAPS
from shared.encoder import Vectors
from shared.store.sql import Database

ALIKE = 0.9
"""Questions so near to the most frequent one of a cluster belong to it."""


@dataclass(frozen=True)
class Gap:
    """A question, or a cluster of them: how often it was asked, and the document that answers it by now."""

    question: str
    language: str
    times: int
    last_at: datetime
    covered_by: str = ""
    others: tuple[str, ...] = ()


class SqlGaps:
    """Every call raises Transient when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, questions: Sequence[tuple[str, str]]) -> None:
        """Counts these (question, language)."""
        now = datetime.now(UTC)
        async with self._database.writing() as connection:
            for question, language in questions:
                kept = masked(question)
                name = hashlib.blake2b(f"{language}\0{kept.casefold()}".encode(), digest_size=16).hexdigest()
                again = update(GAPS).where(GAPS.c.id == name).values(times=GAPS.c.times + 1, last_at=now)
                if (await connection.execute(again)).rowcount == 0:
                    row = {"id": name, "question": kept, "language": language, "times": 1, "covered_by": ""}
                    await connection.execute(insert(GAPS).values(**row, first_at=now, last_at=now))

    async def all(self) -> list[Gap]:
        """The open ones, the most frequent first."""
        query = select(GAPS).where(GAPS.c.covered_by == "").order_by(GAPS.c.times.desc(), GAPS.c.question)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return [Gap(row.question, row.language, row.times, row.last_at, row.covered_by) for row in rows]

    async def cover(self, gaps: Sequence[Gap], document: str) -> None:
        """Writes down that a document answers these."""
        async with self._database.writing() as connection:
            for gap in gaps:
                same = (GAPS.c.question == gap.question) & (GAPS.c.language == gap.language)
                await connection.execute(update(GAPS).where(same).values(covered_by=document))


def clusters(gaps: Sequence[Gap], vectors: Vectors) -> list[Gap]:
    """The gaps gathered around the most frequent ones, the largest cluster first; `vectors` are those of the gaps."""
    heads: list[int] = []
    members: dict[int, list[int]] = {}
    for place, gap in enumerate(gaps):
        near = [head for head in heads if gaps[head].language == gap.language]
        nearness = vectors[near] @ vectors[place] if near else np.zeros(0)
        if len(nearness) and float(nearness.max()) >= ALIKE:
            members[near[int(nearness.argmax())]].append(place)
        else:
            heads.append(place)
            members[place] = []
    found = [
        replace(
            gaps[head],
            times=gaps[head].times + sum(gaps[other].times for other in others),
            others=tuple(gaps[other].question for other in others),
        )
        for head, others in members.items()
    ]
    return sorted(found, key=lambda gap: -gap.times)

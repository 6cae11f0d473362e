"""What the check makes of labelled replies."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.generation.replies import GOOD, Labelled
from services.generator.domain.check import check_reply

HARD = frozenset(
    {
        "number", "price", "date", "id", "name", "value", "link", "language", "promise", "act", "markup", "length",
        "secret", "fragment",
    }
)  # fmt: skip
"""Faults that facts prove: what must stand in the passages, and what no model may write at all."""


@dataclass(frozen=True)
class Judged:
    """A labelled reply and the faults that the check found."""

    reply: Labelled
    faults: frozenset[str]

    @property
    def right(self) -> bool:
        return bool(self.faults) == (self.reply.kind != GOOD)


@dataclass(frozen=True)
class Share:
    """So many of so many, in percent; NaN is left out by having none."""

    hits: int
    of: int

    @property
    def percent(self) -> float:
        return round(100 * self.hits / self.of, 1) if self.of else 0.0


def measured(replies: Iterable[Labelled]) -> list[Judged]:
    """Checks every reply."""
    return [Judged(reply, frozenset(check_reply(reply.text, reply.ground).kinds)) for reply in replies]


def recall(judged: Sequence[Judged], language: str | None = None) -> Share:
    """Bad replies that were found."""
    bad = [j for j in judged if j.reply.kind != GOOD and language in (None, j.reply.ground.language)]
    return Share(sum(j.right for j in bad), len(bad))


def false_alarms(judged: Sequence[Judged], language: str | None = None) -> Share:
    """Good replies that were stopped."""
    good = [j for j in judged if j.reply.kind == GOOD and language in (None, j.reply.ground.language)]
    return Share(sum(not j.right for j in good), len(good))


def hard_recall(judged: Sequence[Judged], language: str | None = None) -> Share:
    """Bad replies of the hard kinds that a hard rule found."""
    bad = [j for j in judged if j.reply.kind in HARD and language in (None, j.reply.ground.language)]
    return Share(sum(bool(j.faults & HARD) for j in bad), len(bad))


def hard_alarms(judged: Sequence[Judged], language: str | None = None) -> Share:
    """Good replies that a hard rule stopped."""
    good = [j for j in judged if j.reply.kind == GOOD and language in (None, j.reply.ground.language)]
    return Share(sum(bool(j.faults & HARD) for j in good), len(good))


def by_kind(judged: Sequence[Judged]) -> dict[str, Share]:
    """Recall of each kind of fault, whatever rule found it."""
    kinds = Counter(j.reply.kind for j in judged if j.reply.kind != GOOD)
    return {
        kind: Share(sum(j.right for j in judged if j.reply.kind == kind), count)
        for kind, count in sorted(kinds.items())
    }

"""How well found mentions agree with the ones that are right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.nlu.domain.spans import Span


@dataclass(frozen=True)
class SpanScore:
    """Counts of exact agreement in start, end and type. Precision, recall and F1 are shares of one."""

    right: int
    found: int
    expected: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where nothing was to be found and nothing was."""
        total = self.found + self.expected
        return 2 * self.right / total if total else 1.0

    def __add__(self, other: "SpanScore") -> "SpanScore":
        return SpanScore(self.right + other.right, self.found + other.found, self.expected + other.expected)


def span_f1(gold: Sequence[Iterable[Span]], predicted: Sequence[Iterable[Span]]) -> SpanScore:
    """Micro-averaged over all texts; both have one entry for each text, in the same order."""
    total = SpanScore(0, 0, 0)
    for expected, found in zip(gold, predicted, strict=True):
        e, f = set(expected), set(found)
        total += SpanScore(len(e & f), len(f), len(e))
    return total


def span_f1_by_type(gold: Sequence[Iterable[Span]], predicted: Sequence[Iterable[Span]]) -> dict[str, SpanScore]:
    """The same for each type that occurs, the most frequent first."""
    totals: dict[str, SpanScore] = {}
    for expected, found in zip(gold, predicted, strict=True):
        e, f = set(expected), set(found)
        for kind in {span.type for span in e | f}:
            mine, theirs = ({span for span in spans if span.type == kind} for spans in (e, f))
            score = SpanScore(len(mine & theirs), len(theirs), len(mine))
            totals[kind] = totals.get(kind, SpanScore(0, 0, 0)) + score
    return dict(sorted(totals.items(), key=lambda item: (-item[1].expected, item[0])))

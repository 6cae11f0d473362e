"""How well texts were understood: figures from what was said to be right and what was found."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.nlu.domain.heads import OUT_OF_SCOPE

BINS = 10
Mention = tuple[int, int, str]


@dataclass(frozen=True)
class Judged:
    """One text: the right intent and mentions, and what was found; `confidence` is a probability.

    `best` is the likeliest intent in scope, whether it was surer than the threshold or not.
    """

    intent: str
    found: str
    best: str
    confidence: float
    language: str = "en"
    mentions: frozenset[Mention] = frozenset()
    found_mentions: frozenset[Mention] = frozenset()

    @property
    def right(self) -> bool:
        return self.found == self.intent


def figures(rows: Sequence[Judged], *, entities: bool) -> dict[str, Any]:
    """All figures, the main ones first; shares are of one, and None where there is nothing to measure.

    A text in scope that was refused counts as wrong in `intent_accuracy`.
    """
    return {
        **summary(rows, entities=entities),
        "by_language": {
            language: summary(group, entities=entities)
            for language, group in sorted(_grouped(rows, lambda row: row.language).items())
        },
        "by_intent": by_intent(rows),
        "by_entity": by_entity(rows) if entities else {},
        "confusions": [list(pair) + [count] for pair, count in confusions(rows)],
        "reliability": reliability(rows),
    }


def summary(rows: Sequence[Judged], *, entities: bool) -> dict[str, Any]:
    """The main figures of these texts."""
    inside = [row for row in rows if row.intent != OUT_OF_SCOPE]
    outside = [row for row in rows if row.intent == OUT_OF_SCOPE]
    refused = [row for row in rows if row.found == OUT_OF_SCOPE]
    return {
        "texts": len(rows),
        "in_scope": len(inside),
        "out_of_scope": len(outside),
        "intent_accuracy": _share(row.right for row in inside),
        "intent_accuracy_without_refusing": _share(row.best == row.intent for row in inside),
        "intent_macro_f1": macro_f1(rows),
        "oos_recall": _share(row.right for row in outside),
        "oos_precision": _share(row.right for row in refused) if outside else None,
        "false_refusals": _share(row.found == OUT_OF_SCOPE for row in inside),
        "accuracy": _share(row.right for row in rows),
        "ece": calibration_error(rows),
        "entity_f1": span_f1(rows) if entities else None,
    }


def by_intent(rows: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of each intent that occurs, by name."""
    expected = Counter(row.intent for row in rows)
    found = Counter(row.found for row in rows)
    right = Counter(row.intent for row in rows if row.right)
    return {
        name: {
            "texts": expected[name],
            "precision": _ratio(right[name], found[name]),
            "recall": _ratio(right[name], expected[name]),
            "f1": _ratio(2 * right[name], expected[name] + found[name]),
        }
        for name in sorted(expected | found)
    }


def macro_f1(rows: Sequence[Judged]) -> float | None:
    """The mean of the F1 of the intents in scope that occur among the right ones."""
    scores = [score["f1"] or 0.0 for name, score in by_intent(rows).items() if score["texts"] and name != OUT_OF_SCOPE]
    return round(sum(scores) / len(scores), 4) if scores else None


def by_entity(rows: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Exact agreement by type of mention, the most frequent first."""
    expected: Counter[str] = Counter(kind for row in rows for _, _, kind in row.mentions)
    found: Counter[str] = Counter(kind for row in rows for _, _, kind in row.found_mentions)
    right: Counter[str] = Counter(kind for row in rows for _, _, kind in row.mentions & row.found_mentions)
    return {
        kind: {
            "mentions": expected[kind],
            "precision": _ratio(right[kind], found[kind]),
            "recall": _ratio(right[kind], expected[kind]),
            "f1": _ratio(2 * right[kind], expected[kind] + found[kind]),
        }
        for kind, _ in (expected + found).most_common()
    }


def span_f1(rows: Iterable[Judged]) -> float | None:
    """Micro-averaged over exact start, end and type; None without mentions on either side."""
    pairs = [(row.mentions, row.found_mentions) for row in rows]
    right = sum(len(expected & found) for expected, found in pairs)
    return _ratio(2 * right, sum(len(expected) + len(found) for expected, found in pairs))


def confusions(rows: Iterable[Judged]) -> list[tuple[tuple[str, str], int]]:
    """Pairs of right and found intent that differ, the most frequent first."""
    counts = Counter((row.intent, row.found) for row in rows if not row.right)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def reliability(rows: Sequence[Judged]) -> list[dict[str, Any]]:
    """For each tenth of confidence: how many texts, how sure on average, how often right."""
    bins: dict[int, list[Judged]] = defaultdict(list)
    for row in rows:
        bins[min(BINS - 1, int(row.confidence * BINS))].append(row)
    return [
        {
            "texts": len(group),
            "confidence": round(sum(row.confidence for row in group) / len(group), 4),
            "accuracy": _share(row.right for row in group),
        }
        for _, group in sorted(bins.items())
    ]


def calibration_error(rows: Sequence[Judged]) -> float | None:
    """Expected calibration error over ten bins of equal width (Naeini, Cooper and Hauskrecht, AAAI 2015)."""
    if not rows:
        return None
    gaps = (part["texts"] * abs(part["confidence"] - part["accuracy"]) for part in reliability(rows))
    return round(float(sum(gaps)) / len(rows), 4)


def _grouped(rows: Iterable[Judged], key: Any) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _share(values: Iterable[bool]) -> float | None:
    known = list(values)
    return _ratio(sum(known), len(known))


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None

"""Texts that are there twice, and texts that are there under two intents."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from services.nlu.domain.heads import OUT_OF_SCOPE
from services.nlu.domain.preparing.rows import Drop, Options, Outcome, Row
from services.nlu.domain.preparing.similarity import alike

NEAR = 0.9
BANDS, ROWS = 5, 8
GRAM = 3


@lru_cache(maxsize=1 << 18)
def folded(text: str) -> str:
    """The same for texts that differ in case, punctuation, width of characters and blanks alone.

    A text of nothing but signs keeps them.
    """
    told = unicodedata.normalize("NFKC", text).casefold()
    return "".join(re.findall(r"[^\W_]+", told)) or told


def drop_contradictions(rows: Sequence[Row], options: Options) -> Outcome:
    """Without any copy of a text that stands under two intents: only the shop can say which is right."""
    intents: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    keys = [(row.language, folded(row.text)) for row in rows]
    for row, key in zip(rows, keys, strict=True):
        if row.intent:
            intents[key].add(row.intent)
    torn = {key: " and ".join(sorted(found)) for key, found in intents.items() if len(found) > 1}
    kept = [row for row, key in zip(rows, keys, strict=True) if key not in torn]
    drops = [Drop(row, "contradiction", torn[key]) for row, key in zip(rows, keys, strict=True) if key in torn]
    return Outcome(kept, drops)


def drop_duplicates(rows: Sequence[Row], options: Options) -> Outcome:
    """Only the first of equal texts, a labelled one before one that is not."""
    first: dict[tuple[str | None, str], Row] = {}
    kept, drops = [], []
    for row in sorted(rows, key=lambda row: row.intent is None):
        known = first.setdefault((row.language, folded(row.text)), row)
        if known is row:
            kept.append(row)
        else:
            drops.append(Drop(row, "duplicate", f"of line {known.line}"))
    return Outcome(kept, drops)


def drop_near_duplicates(rows: Sequence[Row], options: Options) -> Outcome:
    """Only the first of texts of one intent that share 9 of 10 letter triples: the others teach nothing."""
    grams = [letter_grams(folded(row.text)) for row in rows]
    repeats: dict[int, int] = {}
    for earlier, later in alike(grams, NEAR, BANDS, ROWS):
        same = rows[earlier].intent == rows[later].intent
        if same and later not in repeats and earlier not in repeats:
            repeats[later] = earlier
    kept = [row for place, row in enumerate(rows) if place not in repeats]
    drops = [Drop(rows[at], "near_duplicate", f"of line {rows[of].line}") for at, of in sorted(repeats.items())]
    return Outcome(kept, drops)


def letter_grams(text: str) -> frozenset[str]:
    """All stretches of three characters, with marks at both ends."""
    framed = f"^{text}$"
    return frozenset(framed[at : at + GRAM] for at in range(len(framed) - GRAM + 1))


def drop_poor_intents(rows: Sequence[Row], options: Options) -> Outcome:
    """Without intents that have too few examples to learn from; what is out of scope may be little."""
    counts = Counter(row.intent for row in rows)
    poor = {name for name, n in counts.items() if name not in (None, OUT_OF_SCOPE) and n < options.fewest}
    kept = [row for row in rows if row.intent not in poor]
    drops = [Drop(row, "few_examples", f"{row.intent} has {counts[row.intent]}") for row in rows if row.intent in poor]
    return Outcome(kept, drops)

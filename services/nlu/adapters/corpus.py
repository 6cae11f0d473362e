"""Examples that a model can be fitted to: those of a file, less what contradicts itself."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from services.nlu.adapters.examples import Example
from services.nlu.adapters.reading import Placed, told
from services.nlu.domain.heads import OUT_OF_SCOPE
from shared.errors import ConfigError
from shared.shop.problems import ShopProblem

FEWEST_INTENTS = 2
FEWEST_EXAMPLES = 2
CONFLICTS_AT_MOST = 0.01
"""In a large collection some texts with two intents are noise; a larger share says that the labels are wrong."""


@dataclass(frozen=True)
class Corpus:
    """Examples fit for training, and what was left out of them."""

    examples: list[Example]
    conflicts: tuple[ShopProblem, ...] = ()


def sound(rows: Sequence[Placed]) -> Corpus:
    """The rows without texts that stand under two intents.

    Raises ConfigError, naming lines, where too few examples or intents remain or too many contradict each other.
    """
    by_text: dict[tuple[str, str], dict[str, Placed]] = defaultdict(dict)
    for row in rows:
        by_text[row.example.language, _same(row.example.text)].setdefault(row.example.intent, row)
    torn = {key: intents for key, intents in by_text.items() if len(intents) > 1}
    problems = tuple(_conflict(list(intents.values())) for intents in torn.values())
    if len(torn) > CONFLICTS_AT_MOST * len(rows):
        raise ConfigError(told(problems))
    kept = [row for row in rows if (row.example.language, _same(row.example.text)) not in torn]
    _refuse_poor(kept)
    return Corpus([row.example for row in kept], problems)


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def _conflict(rows: list[Placed]) -> ShopProblem:
    first, second = rows[0], rows[1]
    where = f"line {first.line}" if first.file == second.file else f"{first.file}:{first.line}"
    message = f"this text is an example of `{second.example.intent}` here and of `{first.example.intent}` in {where}"
    return second.problem(message, "keep it under one of them")


def _refuse_poor(rows: Sequence[Placed]) -> None:
    counts = Counter(row.example.intent for row in rows)
    inside = sorted(counts.keys() - {OUT_OF_SCOPE})
    if len(inside) < FEWEST_INTENTS:
        known = f"only `{inside[0]}`" if inside else "no intent"
        first = rows[0].problem(f"there is {known} in this data", f"write examples of {FEWEST_INTENTS} intents or more")
        raise ConfigError(str(first))
    poor = [row for row in rows if counts[row.example.intent] < FEWEST_EXAMPLES]
    if poor:
        say = "intent `{}` has one example; write more of it, 10 or better 30"
        raise ConfigError(told([row.problem(*say.format(row.example.intent).split("; ")) for row in poor]))


def data_hash(examples: Iterable[Example]) -> str:
    """Names the examples, whatever their order."""
    rows = sorted(
        json.dumps([e.language, e.intent, e.text, [[s.start, s.end, s.type] for s in e.entities]], ensure_ascii=False)
        for e in examples
    )
    return sha256("\n".join(rows).encode("utf-8", "replace")).hexdigest()[:16]


def json_line(example: Example) -> str:
    """The example as a line of JSON, without line end."""
    entities = [{"start": span.start, "end": span.end, "type": span.type} for span in example.entities]
    row = {"text": example.text, "intent": example.intent, "entities": entities, "language": example.language}
    return json.dumps(row, ensure_ascii=False)

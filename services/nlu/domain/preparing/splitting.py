"""Training, validation and test texts that share no template.

Where a template stands on both sides, a score measures memory: texts that differ only in numbers, names, placeholders,
synonyms and politeness therefore go to one side together.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256

from services.nlu.domain.preparing.rows import Options, Row
from services.nlu.domain.preparing.similarity import Groups, alike
from services.nlu.domain.preparing.words import Words

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
HELD_OUT = ("validation", "test")
SAME = 0.75
BANDS, ROWS = 12, 3
Template = list[int]


def templates(rows: Sequence[Row], words: Words) -> list[Template]:
    """The places of rows that are made after one template, for each template."""
    signatures = [words.content(row.text, row.marks) for row in rows]
    keys = sorted(set(signatures))
    place = {key: at for at, key in enumerate(keys)}
    groups = Groups(len(keys))
    for a, b in alike([frozenset(key) for key in keys], SAME, BANDS, ROWS):
        groups.join(a, b)
    found: dict[int, Template] = defaultdict(list)
    for at, key in enumerate(signatures):
        found[groups.of(place[key])].append(at)
    return list(found.values())


def split(rows: Sequence[Row], options: Options, parts: Sequence[Template]) -> dict[str, list[Row]]:
    """Each template whole on one side; of each intent about SHARES on each, as far as its templates allow.

    The largest templates are placed first, where the most of their intents is still wanted; a template that is more
    than a held-out side may take goes to training. Within each side the rows keep their order.
    """
    sizes = Counter(row.intent for row in rows)
    wanted = {side: {intent: n * share for intent, n in sizes.items()} for side, share in SHARES.items()}
    placed: dict[int, str] = {}
    for part in sorted(parts, key=lambda part: (-len(part), _chance(rows[part[0]], options.seed))):
        intents = Counter(rows[at].intent for at in part)
        side = _side(intents, wanted, sizes)
        for intent, n in intents.items():
            wanted[side][intent] -= n
        placed.update(dict.fromkeys(part, side))
    return {side: [row for at, row in enumerate(rows) if placed[at] == side] for side in SHARES}


def _chance(row: Row, seed: int) -> str:
    return sha256(f"{seed} {row.text}".encode("utf-8", "replace")).hexdigest()


def _side(
    intents: Mapping[str | None, int], wanted: Mapping[str, dict[str | None, float]], sizes: Mapping[str | None, int]
) -> str:
    def lack(side: str) -> float:
        """The wanted share that is still missing, averaged over what the template brings."""
        told = sum(n * wanted[side][intent] / (sizes[intent] * SHARES[side]) for intent, n in intents.items())
        return told / sum(intents.values())

    # Half a template too many is nearer to the share than half a template too few.
    fitting = [
        side for side in HELD_OUT if all(n <= max(wanted[side][intent], 0) + n / 2 for intent, n in intents.items())
    ]
    return max(("train", *fitting), key=lack)

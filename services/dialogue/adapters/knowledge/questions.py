"""The questions of which a shop's files say what answers them: a model of pages learns from them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from shared.encoder import ENCODER
from shared.shop import Shop
from shared.shop.asked import same

ALGORITHM = "pages-1"
"""Named anew whenever fitting changes, so that older models are not taken for its result."""
HELD_OUT = 0.1


@dataclass(frozen=True)
class Question:
    """`wanted` is a key of `asked/`, see `shared.shop.asked`. `served`: the search itself compares with it."""

    text: str
    wanted: str
    language: str
    served: bool = False

    @property
    def digest(self) -> int:
        """Names the text, in 64 bits."""
        return int.from_bytes(sha256(same(self.text).encode("utf-8", "replace")).digest()[:8])


def questions_of(shop: Shop) -> list[Question]:
    """Those of `knowledge/questions.yaml` and of `knowledge/asked/`, each once, as the files have them.

    Raises ConfigError.
    """
    served = [
        Question(text, stem, language, served=True)
        for stem, by_language in shop.page_questions.items()
        for language, texts in by_language.items()
        for text in texts
    ]
    asked = [
        Question(text, wanted, file.language)
        for file in shop.asked
        for wanted, texts in file.questions.items()
        for text in texts
    ]
    found: dict[tuple[str, str], Question] = {}
    for one in (*served, *asked):
        found.setdefault((same(one.text), one.wanted), one)
    return list(found.values())


def questions_hash(questions: Iterable[Question]) -> str:
    """Names the model that these questions, this encoder and this way of fitting give, whatever their order."""
    rows = sorted([one.wanted, one.language, one.text] for one in questions)
    content = json.dumps([ALGORITHM, ENCODER, rows], ensure_ascii=False)
    return sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def parted(
    questions: Sequence[Question], seed: int = 0, known: Collection[int] = ()
) -> tuple[list[Question], list[Question]]:
    """What is learned, and what is held out: a tenth of what each class has in each language.

    What the search compares with is learned in any case: held out, it would find itself. So is what an earlier
    training has learned, whose digests are `known`; of a class that is known as a whole nothing is held out.
    """
    groups: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for one in questions:
        if not one.served:
            groups[one.wanted, one.language].append(one)
    random = Random(seed)
    held: set[Question] = set()
    for _, group in sorted(groups.items()):
        random.shuffle(group)
        unknown = [one for one in group if one.digest not in known] if known else group
        held.update(unknown[: round(len(group) * HELD_OUT)])
    return [one for one in questions if one not in held], [one for one in questions if one in held]

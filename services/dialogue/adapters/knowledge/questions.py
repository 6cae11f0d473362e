"""The questions of which a shop's files say what answers them: a model of pages learns from them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256

from shared.encoder import ENCODER
from shared.shop import Shop
from shared.shop.asked import same

ALGORITHM = "pages-1"
"""Named anew whenever fitting changes, so that older models are not taken for its result."""
HELD_OUT = 0.1


@dataclass(frozen=True)
class Question:
    """`wanted` is a page's stem, PRODUCT or NOTHING. `served`: the search itself compares with it."""

    text: str
    wanted: str
    language: str
    served: bool = False


def questions_of(shop: Shop) -> list[Question]:
    """Those of `knowledge/questions.yaml` and of `knowledge/asked/`, each once. Raises ConfigError."""
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
    first = {(same(one.text), one.wanted): one for one in reversed([*served, *asked])}
    return sorted(first.values(), key=lambda one: (one.wanted, one.language, one.text))


def questions_hash(questions: Iterable[Question]) -> str:
    """Names the model that these questions, this encoder and this way of fitting give, whatever their order."""
    rows = sorted([one.wanted, one.language, one.text] for one in questions)
    content = json.dumps([ALGORITHM, ENCODER, rows], ensure_ascii=False)
    return sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def parted(questions: Sequence[Question], seed: int = 0) -> tuple[list[Question], list[Question]]:
    """What is learned, and what is held out: a tenth of what each class has in each language.

    Lots decide that are drawn from the texts, so that a question stays on its side when others are added, or nearly
    always. What the search compares with is learned in any case: held out, it would find itself.
    """
    groups: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for one in questions:
        if not one.served:
            groups[one.wanted, one.language].append(one)
    held = {
        one
        for group in groups.values()
        for one in sorted(group, key=lambda one: _lot(one, seed))[: round(len(group) * HELD_OUT)]
    }
    return [one for one in questions if one not in held], [one for one in questions if one in held]


def _lot(one: Question, seed: int) -> bytes:
    return blake2b(f"{seed}\0{same(one.text)}".encode("utf-8", "replace"), digest_size=8).digest()

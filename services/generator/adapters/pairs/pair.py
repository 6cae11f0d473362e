"""One pair, and what of it may be said."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from services.generator.domain.check import Ground, check_reply
from shared.shop.profile import Language

WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:[.,:-]\d+)*")


@dataclass(frozen=True)
class Pair:
    """`passages` and `names` are all that is known, as `Ground` has them. `group` is the page or product it is of.

    `varied` ones have other figures than the shop's.
    """

    kind: str
    group: str
    language: Language
    question: str
    passages: tuple[str, ...]
    reply: str
    names: tuple[str, ...] = ()
    varied: bool = False

    @property
    def ground(self) -> Ground:
        """What its reply may say."""
        products = () if self.kind == "page" else self.names
        return Ground(self.language, self.passages, self.names, asked=self.question, names=products)

    @property
    def sound(self) -> bool:
        """Whether the check would release the reply as it is."""
        return check_reply(self.reply, self.ground).passed

    def line(self) -> str:
        """The pair as a line of JSON."""
        return json.dumps({k: v for k, v in asdict(self).items() if k != "varied"}, ensure_ascii=False)


def nearest(text: str, others: Sequence[str]) -> int:
    """Which of the others has most words and numbers in common with the text; rare ones and numbers count more."""
    parts = [set(WORD.findall(other.lower())) for other in others]
    weight = {word: (2 if word[0].isdigit() else 1) / sum(word in p for p in parts) for part in parts for word in part}
    said = set(WORD.findall(text.lower()))
    return max(range(len(parts)), key=lambda place: sum(weight[word] for word in parts[place] & said))


def sentences_of(passage: str) -> list[str]:
    """The sentences of a passage, each as it stands."""
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z0-9\"¥€])|(?<=[。！？])|\n+", passage) if part.strip()]

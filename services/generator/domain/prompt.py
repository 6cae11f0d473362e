"""What a model is told: the task, what is known in this turn and the question, and nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from services.generator.domain.check import Ground
from services.generator.domain.instructions import ANSWER, CHAT, OFFER

LONGEST_QUESTION = 500
LONGEST_PAGES = 6000

_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?\d(?:[\d -]{4,})\d|(?<![A-Za-z0-9])[A-Za-z]{1,4}-?\d[A-Za-z0-9-]{3,}", re.ASCII
)
"""E-mail addresses, long numbers, order and receipt numbers: a page answers without them."""

_PAGE = {"en": "Page", "zh": "页面"}
_TEXT = {"en": "Text", "zh": "文字"}
_QUESTION = {"en": "Question", "zh": "问题"}


Kind = Literal["page", "product", "comparison", "offer", "talk"]
"""What a reply is about. A model may be good at some kinds and worse than the shop's own words at others."""
KINDS: tuple[Kind, ...] = get_args(Kind)
BESIDE = " / "
"""Between the names of products that one passage compares."""


@dataclass(frozen=True)
class Prompt:
    """Three parts. `system` is the task, the same for every question of a kind and language, so that a model may keep
    what it made of it; `facts` are all that may be said; `question` is what the customer asked, empty if nothing.
    """

    system: str
    facts: str
    question: str = ""
    kind: Kind = "page"

    @property
    def user(self) -> str:
        """Facts and question as one message."""
        return f"{self.facts}\n\n{self.question}" if self.question else self.facts


def knowledge_prompt(question: str, ground: Ground) -> Prompt:
    """Asks for an answer to `question`, its personal details left out, from the ground's passages."""
    language = ground.language
    asked = f"{_QUESTION[language]}: {masked(question)[:LONGEST_QUESTION]}"
    return Prompt(ANSWER[language], _labelled(_PAGE, ground), asked, kind_of(ground))


def kind_of(ground: Ground) -> Kind:
    """What an answer is about, by how many products its first passage speaks of: others may say the same of theirs."""
    if not ground.names:
        return "page"
    return "comparison" if BESIDE in ground.names[0] else "product"


def offer_prompt(ground: Ground) -> Prompt:
    """Asks for what goes before an offer. What the customer wrote is not told."""
    return Prompt(OFFER[ground.language], _labelled(_TEXT, ground), kind="offer")


def chat_prompt(ground: Ground) -> Prompt:
    """Asks for the same in other words. What the customer wrote is not told."""
    return Prompt(CHAT[ground.language], _labelled(_TEXT, ground), kind="talk")


def first_sentence(task: str) -> str:
    """The task's first sentence: which kind of reply is asked for."""
    return task.partition("。")[0] + "。" if "。" in task else task.partition(". ")[0].rstrip(".") + "."


def masked(text: str) -> str:
    """Without e-mail addresses, telephone, order and card numbers."""
    return _PERSONAL.sub("…", text)


def _labelled(label: dict[str, str], ground: Ground) -> str:
    return f"{label[ground.language]}:\n{_within(ground.passages, LONGEST_PAGES)}"


def _within(passages: Sequence[str], most: int) -> str:
    return "\n\n".join(passages)[:most]

"""What a model is told: the task, what is known in this turn and the question, and nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.generator.domain.check import Ground

LONGEST_QUESTION = 500
LONGEST_PAGES = 6000

_TASK = {
    "en": (
        "You answer a customer of an online shop in English, warmly and to the point, in one to three plain sentences. "
        "Use only what the page says, with its own numbers, conditions and names. Add nothing, promise nothing, "
        "and do not speak of yourself or of the page. No lists, no markup, no links."
    ),
    "zh": (
        "你在网店里用简体中文回答顾客的问题，亲切、直接，用一到三句普通的话。"
        "只说页面里写明的内容，数字、条件和名称照原样。不要补充，不要承诺，不要谈论自己或页面。不用列表、标记或链接。"
    ),
}
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?\d(?:[\d -]{4,})\d|(?<![A-Za-z0-9])[A-Za-z]{1,4}-?\d[A-Za-z0-9-]{3,}", re.ASCII
)
"""E-mail addresses, long numbers, order and receipt numbers: a page answers without them."""

_PAGE = {"en": "Page", "zh": "页面"}
_QUESTION = {"en": "Question", "zh": "问题"}


@dataclass(frozen=True)
class Prompt:
    """Three parts. `system` is the task, the same for every question of a kind and language, so that a model may keep
    what it made of it; `facts` are all that may be said; `question` is what the customer asked, empty if nothing.
    """

    system: str
    facts: str
    question: str = ""

    @property
    def user(self) -> str:
        """Facts and question as one message."""
        return f"{self.facts}\n\n{self.question}" if self.question else self.facts


def knowledge_prompt(question: str, ground: Ground) -> Prompt:
    """Asks for an answer to `question`, its personal details left out, from the ground's passages."""
    language = ground.language
    pages = f"{_PAGE[language]}:\n{_within(ground.passages, LONGEST_PAGES)}"
    return Prompt(_TASK[language], pages, f"{_QUESTION[language]}: {_PERSONAL.sub('…', question)[:LONGEST_QUESTION]}")


def _within(passages: Sequence[str], most: int) -> str:
    return "\n\n".join(passages)[:most]

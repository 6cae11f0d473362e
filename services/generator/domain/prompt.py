"""What a model is told: the task, what is known in this turn and the question, and nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.generator.domain.check import Ground

LONGEST_QUESTION = 500
LONGEST_PAGES = 6000

_ANSWER = {
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
_OFFER = {
    "en": (
        "You advise a customer of an online shop in English. The text below is shown to them whole. Write one or two "
        "plain sentences to stand before it: what sets these things apart, and whom each suits. Use only what the text "
        "says, with its own names, numbers and prices. Add nothing, promise nothing, repeat no list, no markup."
    ),
    "zh": (
        "你在网店里用简体中文为顾客推荐商品。下面的文字会完整地给顾客看，请写一到两句普通的话放在它前面："
        "这些商品有什么不同，各适合谁。只用文字里写明的内容，名称、数字和价格照原样。不要补充，不要承诺，不要重复列表，不用标记。"
    ),
}
_CHAT = {
    "en": (
        "Say the text below to a customer of an online shop in English in your own words, in one or two short, warm "
        "sentences. Keep its meaning and its names. Add nothing, promise nothing, do not speak of yourself, no markup."
    ),
    "zh": (
        "请用自己的话，用简体中文把下面的文字说给网店的顾客听，一到两句，简短亲切。"
        "意思和名称照原样。不要补充，不要承诺，不要谈论自己，不用标记。"
    ),
}
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?\d(?:[\d -]{4,})\d|(?<![A-Za-z0-9])[A-Za-z]{1,4}-?\d[A-Za-z0-9-]{3,}", re.ASCII
)
"""E-mail addresses, long numbers, order and receipt numbers: a page answers without them."""

_PAGE = {"en": "Page", "zh": "页面"}
_TEXT = {"en": "Text", "zh": "文字"}
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
    asked = f"{_QUESTION[language]}: {masked(question)[:LONGEST_QUESTION]}"
    return Prompt(_ANSWER[language], _labelled(_PAGE, ground), asked)


def offer_prompt(ground: Ground) -> Prompt:
    """Asks for what goes before an offer. What the customer wrote is not told."""
    return Prompt(_OFFER[ground.language], _labelled(_TEXT, ground))


def chat_prompt(ground: Ground) -> Prompt:
    """Asks for the same in other words. What the customer wrote is not told."""
    return Prompt(_CHAT[ground.language], _labelled(_TEXT, ground))


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

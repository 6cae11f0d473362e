"""Which replies a model may phrase, and as what."""

from typing import Literal

from services.generator.domain.check import Ground
from services.generator.domain.check.text import sentences
from services.generator.domain.prompt import Prompt, chat_prompt, knowledge_prompt, offer_prompt
from shared.contracts.messages import PlannedReply, Reply

Task = Literal["answer", "offer", "chat"]
PHRASED: dict[str, Task] = {
    "answer_from_knowledge": "answer",
    "goods_found": "offer",
    "goods_nearest": "offer",
    "products_compared": "offer",
    "greeting": "chat",
    "thanks": "chat",
    "goodbye": "chat",
}
"""Responses that a model may phrase; none of them changes anything.

answer  the model answers from the pages, in place of the response
offer   the response stands, with its names, prices and buttons; the model writes what goes before it
chat    the model says the same in its own words
"""


CATALOGUE = "catalogue/"
"""Where sources that are products come from; their titles are names."""


def task_of(planned: PlannedReply) -> Task | None:
    """What a model may do for this reply: nothing that proves an act, or waits for anything but a choice."""
    task = PHRASED.get(planned.response)
    if planned.acts or planned.expects.kind not in (("none", "choice") if task == "offer" else ("none",)):
        return None
    return task


def ground_of(planned: PlannedReply, grounded: Reply) -> Ground:
    """What the reply may say: the grounded answer, the passages that it was taken from, and what the cards shown say.

    Passages that were found as well, but gave nothing to the answer, would only lead astray.
    """
    given = [source for source in planned.sources if _gave(source.passage, grounded.text)] or planned.sources[:1]
    cards = [card for card in grounded.components if card.get("type") == "product_card"]
    described = [f"{card.get('name', '')}: {card['description']}" for card in cards if card.get("description")]
    passages = dict.fromkeys((grounded.text, *(source.passage for source in given), *described))
    named = (*(s.title for s in given if s.url.startswith(CATALOGUE)), *(str(card.get("name", "")) for card in cards))
    return Ground(
        grounded.language,
        tuple(filter(None, passages)),
        tuple(source.title for source in given),
        asked=str(planned.arguments.get("question", "")),
        names=tuple(dict.fromkeys(filter(None, named))),
    )


def _gave(passage: str, answer: str) -> bool:
    return any(sentence in passage for sentence in sentences(answer))


def prompt_of(task: Task, planned: PlannedReply, ground: Ground) -> Prompt:
    """What the model is told of this turn."""
    if task == "answer":
        return knowledge_prompt(str(planned.arguments.get("question", "")), ground)
    return offer_prompt(ground) if task == "offer" else chat_prompt(ground)


def phrased(task: Task, grounded: Reply, text: str) -> Reply:
    """The reply with the model's text; an offer keeps its own text below."""
    return grounded.model_copy(update={"text": text + after(task, grounded), "by": "llm"})


def after(task: Task, grounded: Reply) -> str:
    """What follows the model's text."""
    return f"\n\n{grounded.text}" if task == "offer" else ""

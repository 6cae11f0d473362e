"""Replies that hand back what the model was given: the question, or its task."""

import re
from functools import cache

from services.generator.domain import instructions
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.quantities import quantities
from services.generator.domain.check.text import normal, sentences
from services.generator.domain.check.words import terms

LEAST_TERMS = 2
"""A question of fewer terms is in every answer to it."""
AS_QUESTION, AS_REPORT, AS_STATEMENT, AS_TASK = 0.75, 0.6, 0.8, 0.6
"""Share of a sentence's terms that the question, or the task, holds: of a question, of one that tells what was asked,
of a statement that the passages know nothing of, of one in the words of the task."""
LEAST_WORDS = {"en": 3, "zh": 4}
"""So many words, or characters, make a question that is known to the letter."""
TASK_TERMS = {"en": 4, "zh": 5}
_LETTERS = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_ASKS = {
    "en": re.compile(r"\?\W*$|^(?:so |and )?(?:how|what|which|who|whose|where|why|can i|do i|may i|am i)\b"),
    "zh": re.compile(
        r"[?]\W*$|吗|呢[。!]?$|什么|怎么|如何|哪|几|多少|多久|是否|是不是|可不可以|能不能|会不会|有没有|要不要"
    ),
}
_REPORTS = {
    "en": re.compile(
        r"(?<!if )\byou(?:'d| would)? (?:like|want|wish|need)(?:ed)? to (?:know|learn|find out|ask)\b|"
        r"(?<!if )\byou(?:'re| are| were|'ve| have)? (?:just )?(?:ask|wonder|enquir|inquir)(?:e|ed|ing)?\b|"
        r"\b(?:your|the|this) question (?:is|was|concerns)\b|\bis (?:the|your) question\b"
    ),
    "zh": re.compile(
        r"(?<!如果)(?<!若)[您你](?:是)?(?:想|要|想要|希望)?(?:知道|了解|问|询问|咨询)(?:的是|了|一下|的)?|[您你]的(?:问题|疑问)(?:是|为)?|(?:问题|疑问)是"
    ),
}


def echoes(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence says the question or the task again instead of answering."""
    if _says_task(sentence, ground) or _verbatim(sentence, ground):
        return True
    return len(ground.question) >= LEAST_TERMS and _says_question(sentence, ground)


def _verbatim(sentence: str, ground: Ground) -> bool:
    """Whether it is the question to the letter, alone or told as what was asked."""
    asked, said = (" ".join(_LETTERS.findall(text)) for text in (normal(ground.asked), sentence))
    if len(asked.split()) < LEAST_WORDS[ground.language]:
        return False
    return said == asked or (asked in said and _REPORTS[ground.language].match(sentence) is not None)


def _says_question(sentence: str, ground: Ground) -> bool:
    """A figure that was not asked about makes an answer of any sentence."""
    language = ground.language
    asked = {q.value for q in quantities(normal(ground.asked))}
    if any(q.value not in asked for q in quantities(sentence)):
        return False
    told = _REPORTS[language].sub(" ", sentence)
    said = terms(told, language)
    if not said:
        return False
    share = len(said & ground.question) / len(said)
    if told != sentence and share >= AS_REPORT:
        return True
    if len(said) < LEAST_TERMS:
        return False
    if _ASKS[language].search(sentence):
        return share >= AS_QUESTION
    known = frozenset(term for piece in ground.sentences for term in piece.terms) | ground.named
    return share >= AS_STATEMENT and len(said - known) * 3 >= max(len(said), LEAST_TERMS * 3)


def _says_task(sentence: str, ground: Ground) -> bool:
    said = terms(sentence, ground.language)
    if len(said) < TASK_TERMS[ground.language]:
        return False
    for task in _tasks(ground.language):
        shared = said & task
        if len(shared) >= AS_TASK * len(said) and len(shared) > max(
            (len(said & p.terms) for p in ground.sentences), default=0
        ):
            return True
    return False


@cache
def _tasks(language: str) -> tuple[frozenset[str], ...]:
    """The terms of each sentence of each task."""
    told = (instructions.ANSWER, instructions.OFFER, instructions.CHAT)
    return tuple(frozenset(terms(normal(part), language)) for task in told for part in sentences(task[language]))

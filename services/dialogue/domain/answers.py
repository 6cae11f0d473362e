"""Answers from the shop's pages, with their source, and an honest word when there is none."""

from services.dialogue.domain import people
from services.dialogue.domain.effects import Hit, Search, Steps, ask
from services.dialogue.domain.talk import Shown, Talk
from shared.contracts.messages import Request, Source

OUTSIDE = "out_of_scope"


def answer(talk: Talk, request: Request) -> Steps[None]:
    """Answers a question, or says that there is no answer and offers what helps."""
    limits = talk.rules.thresholds
    foreign = request.intent == OUTSIDE and request.confidence >= limits.outside
    if (yield from answered(talk, request.text, limits.outside_extra if foreign else 0.0)):
        return
    if request.intent == OUTSIDE or request.confidence < limits.flow:
        yield from people.stumble(talk)
    else:
        yield from talk.say("dont_know")
        people.offer(talk)


def answered(talk: Talk, question: str, extra: float = 0.0) -> Steps[bool]:
    """Answers from the best page if it is near enough to the question, and by `extra` more."""
    hits = yield from ask(Search(question, talk.said.language))
    near = [hit for hit in hits if hit.score >= talk.rules.thresholds.knowledge + extra]
    if not near:
        return False
    talk.state.failures = 0
    facts = {"question": question, "title": near[0].title, "passage": near[0].passage}
    yield from talk.say("answer_from_knowledge", None, facts, Shown(sources=tuple(_source(hit) for hit in near)))
    return True


def _source(hit: Hit) -> Source:
    return Source(title=hit.title, url=hit.source, passage=hit.passage)

"""Answers from the shop's pages, with their source, and an honest word when there is none."""

from services.dialogue.domain import people
from services.dialogue.domain.effects import Hit, Search, Steps, ask
from services.dialogue.domain.following import search_text
from services.dialogue.domain.rules import Thresholds
from services.dialogue.domain.talk import Shown, Talk
from shared.contracts.messages import Request, Source

OUTSIDE = "out_of_scope"


def answer(talk: Talk, request: Request) -> Steps[None]:
    """Answers a question, or says that there is no answer and offers what helps."""
    if (yield from answered(talk, request)):
        return
    if request.intent == OUTSIDE or request.confidence < talk.rules.thresholds.flow:
        yield from people.stumble(talk)
    else:
        yield from talk.say("dont_know")
        people.offer(talk)


def answered(talk: Talk, request: Request) -> Steps[bool]:
    """Answers from the best page if it is near enough to the question."""
    limits = talk.rules.thresholds
    question = search_text(talk.state.asked, request.text, talk.said.language)
    hits = yield from ask(Search(question, talk.said.language))
    near = [hit for hit in hits if hit.score >= _needed(limits, request, hit)]
    if not near:
        return False
    talk.state.failures = 0
    talk.state.asked = question
    best = near[0]
    sources = tuple(_source(hit) for hit in near if hit.score >= best.score - limits.beside)
    facts = {"question": request.text, "title": best.title, "passage": best.answer or best.passage}
    yield from talk.say("answer_from_knowledge", None, facts, Shown(sources=sources))
    return True


def _needed(limits: Thresholds, request: Request, hit: Hit) -> float:
    """How near a page must be: nearer for what seems foreign to the shop, less for a page named like the intent."""
    if request.intent == OUTSIDE:
        return limits.knowledge + (limits.outside_extra if request.confidence >= limits.outside else 0.0)
    agreed = hit.document == request.intent.replace("_", "-") and request.confidence >= limits.interrupt
    return limits.knowledge * limits.agreed_share if agreed else limits.knowledge


def _source(hit: Hit) -> Source:
    return Source(title=hit.title, url=hit.source, passage=hit.passage)

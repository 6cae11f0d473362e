"""When a language model is asked what a text means, and what becomes of its answer.

It may choose among the shop's intents and point at words that stand in the text; what these words mean is read by the
rules that read all mentions. It never answers a confirmation, and never chooses a yes, a no or who somebody is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.nlu.domain.heads import OUT_OF_SCOPE
from shared.contracts.messages import Entity, Expects, Request, Understanding

RESERVED = frozenset({"affirm", "deny", "identify"})
UNSENT = frozenset({"self_harm", "negated_act"})
"""Signals beside which nothing is asked: the rules have decided."""
MOST = 2
"""Requests of one message that are asked about."""
AGREED, CHOSEN = 0.75, 0.6
"""The confidence of an intent that both readings name, and of one that only the model names."""
Resolve = Callable[[str, str], str | None]
"""The value of words as a mention of a type, None if they are none."""


@dataclass(frozen=True)
class Opinion:
    """What the model says: an intent or None if it cannot tell, and mentions as (type, words)."""

    intent: str | None
    mentions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Doubt:
    """Asks where the likeliest intent of the shop has a share of at least `above` and less than `below`.

    Below it there is hardly anything to choose from; above it the encoder is right more often than a model.
    """

    above: float
    below: float

    def places(self, understanding: Understanding, expects: Expects) -> tuple[int, ...]:
        """Which of the requests to ask about."""
        if expects.kind in ("confirmation", "choice") or UNSENT & set(understanding.signals):
            return ()
        unsure = (at for at, request in enumerate(understanding.requests) if self.covers(request))
        return tuple(unsure)[:MOST]

    def covers(self, request: Request) -> bool:
        if request.intent in RESERVED or not any(character.isalpha() for character in request.text):
            return False
        return self.above <= likeliest(request) < self.below


def likeliest(request: Request) -> float:
    """The share of the likeliest intent that is no `out_of_scope`."""
    own = [request.confidence] if request.intent != OUT_OF_SCOPE else []
    return max((*own, *(share for _, share in request.alternatives)), default=0.0)


def with_opinions(
    text: str, understanding: Understanding, opinions: Mapping[int, Opinion], resolve: Resolve
) -> Understanding:
    """The understanding of `text` after these answers about its requests."""
    requests, at = [], 0
    for place, request in enumerate(understanding.requests):
        start = max(text.find(request.text, at), 0)
        at = start + len(request.text)
        opinion = opinions.get(place)
        requests.append(_second(request, start, opinion, resolve) if opinion else request)
    return understanding.model_copy(update={"requests": tuple(requests)})


def _second(request: Request, start: int, opinion: Opinion, resolve: Resolve) -> Request:
    entities = request.entities
    for kind, words in opinion.mentions:
        entity = _pointed_at(request, start, (kind, words), resolve)
        if entity and all(entity.end <= other.start or other.end <= entity.start for other in entities):
            entities = tuple(sorted((*entities, entity), key=lambda one: (one.start, one.end)))
    update: dict[str, object] = {"entities": entities}
    if opinion.intent is not None:
        agreed = opinion.intent == request.intent
        update["intent"] = opinion.intent
        update["confidence"] = max(request.confidence, AGREED) if agreed else CHOSEN
        update["alternatives"] = request.alternatives if agreed else _others(request, opinion.intent)
    return request.model_copy(update=update)


def _others(request: Request, chosen: str) -> tuple[tuple[str, float], ...]:
    """What came near before, without what was chosen now."""
    own = ((request.intent, request.confidence),) if request.intent != OUT_OF_SCOPE else ()
    return tuple(pair for pair in (*own, *request.alternatives) if pair[0] != chosen)[:3]


def _pointed_at(request: Request, start: int, mention: tuple[str, str], resolve: Resolve) -> Entity | None:
    kind, words = mention
    if request.text.count(words) != 1 or (value := resolve(kind, words)) is None:
        return None
    at = start + request.text.index(words)
    return Entity(type=kind, text=words, value=value, start=at, end=at + len(words))

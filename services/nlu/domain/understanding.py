"""From a message and the vectors of its parts to what the customer asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from services.nlu.domain.answers import as_guess, short_answer
from services.nlu.domain.catalogue import Catalogue
from services.nlu.domain.entities import Known, Patterns, find_entities, find_orders
from services.nlu.domain.heads import OUT_OF_SCOPE, Guess, Heads, Numbers
from services.nlu.domain.language import language_of
from services.nlu.domain.options import OptionNames
from services.nlu.domain.products import Gazetteer
from services.nlu.domain.signals import NEGATED_ACT, SignalRules
from services.nlu.domain.spans import Span
from services.nlu.domain.split import Outline, Part, Wish, parts_of, runs_of, wishes_of
from services.nlu.domain.text import match_text
from shared.contracts.messages import Entity, Expects, Language, Request, Understanding

SMALL_TALK = frozenset({"greeting", "thanks", "goodbye"})
ACTS = frozenset({"cancel_order", "return_item", "exchange_item", "refund_status", "change_address"})
RULED = frozenset(
    (
        "order",
        "email",
        "phone",
        "one_time_code",
        "date",
        "money",
        "quantity",
        "ordinal",
        "product",
        "color",
        "size",
        "option",
    )
)
"""The types of mentions that rules find: a tagger that was taught them too is not asked."""
NO_LANGUAGE = frozenset({"order", "email", "phone", "one_time_code", "product"})
"""Mentions that are written alike in every language."""
SURE = 0.7
"""Both halves of a message must be at least so certain to become two requests."""
SURE_ANNOUNCED, SURE_QUESTIONS = 0.35, 0.45
"""Less certainty is enough where words announce something else, and between two questions."""
ONE_WISH = frozenset(
    (
        ("cancel_order", "refund_status"), ("return_item", "refund_status"), ("exchange_item", "size_advice"),
        ("exchange_item", "refund_status"), ("order_status", "delivery_time"), ("order_status", "parcel_missing"),
        ("order_status", "urge_delivery"), ("parcel_missing", "complaint"), ("damaged_item", "complaint"),
        ("change_address", "identify"), ("change_address", "profile_change"), ("thanks", "goodbye"),
    )
)  # fmt: skip
"""What often follows on a wish without being another one: "cancel it and refund me"."""
QUESTION = ("?", "？", "吗", "呢", "多少", "没")
LONG = 500
"""Of a longer message only so many characters decide the intent: its length must not decide how long a turn takes."""


class FindsMentions(Protocol):
    """A trained tagger: its mentions do not overlap, and stand from left to right."""

    def spans(self, text: str) -> tuple[Span, ...]: ...


@dataclass(frozen=True)
class Noted:
    """What is known of a message before its vectors."""

    outline: Outline
    expects: Expects
    language: Language
    entities: tuple[Entity, ...]
    signals: tuple[str, ...]
    of_words: Numbers
    """For the heads, of the outline's opening."""


@dataclass(frozen=True)
class Reader:
    """All that understanding knows of a shop."""

    heads: Heads
    patterns: Patterns
    products: Gazetteer
    signals: SignalRules
    options: OptionNames = field(default_factory=OptionNames.of)
    tagger: FindsMentions | None = None
    timezone: str = "UTC"
    today: date | None = None
    """The day on which the messages are written; without it no dates are found."""

    def at(self, seconds: float, catalogue: Catalogue | None = None) -> "Reader":
        """A reader of messages written at this time, in seconds since 1970, seen from the shop's timezone.

        `catalogue` replaces its own.
        """
        stock = catalogue or Catalogue(self.products, self.options)
        today = datetime.fromtimestamp(seconds, ZoneInfo(self.timezone)).date()
        return replace(self, today=today, products=stock.products, options=stock.options)

    def texts(self, text: str) -> list[str]:
        """The texts of which `read` wants the vectors, in this order; at least one."""
        return list(self.outline(text).texts)

    def read(self, text: str, language: Language, expects: Expects, vectors: Numbers) -> Understanding:
        """`language` is the conversation's; `vectors` has a row for each of `texts(text)`."""
        noted = self.noted(self.outline(text), language, expects)
        return self.concluded(noted, self.heads.guesses(noted.outline.texts, vectors))

    def outline(self, text: str) -> Outline:
        """What of a message has to be embedded."""
        wishes = self._wishes(text)
        runs = runs_of(wishes)
        return Outline(text, tuple(wishes), tuple(runs), tuple(run.of(text)[:LONG] for run in runs))

    def noted(self, outline: Outline, language: Language, expects: Expects) -> Noted:
        """All that needs no vectors, to be found while others make them."""
        text = outline.text
        entities = self.entities(text, expects)
        language = language_of(_without(text, entities), language)
        signals = self.signals.found(match_text(text).text)
        return Noted(outline, expects, language, entities, signals, self.heads.of_words(outline.opening))

    def leaves_open(self, outline: Outline, guesses: Sequence[Guess]) -> bool:
        """Whether there may be several requests, from one guess for each text of the opening."""
        later = zip(outline.runs[1 : len(outline.wishes)], guesses[1:], strict=True)
        return any(self._may_be_apart(outline.text, part, guess) for part, guess in later)

    def concluded(self, noted: Noted, guesses: Sequence[Guess]) -> Understanding:
        """The understanding of a message, from one guess for each text of its outline; where the opening leaves nothing
        open, of that alone."""
        outline, expects = noted.outline, noted.expects
        text = outline.text
        if len(guesses) < len(outline.runs):
            groups = [(outline.runs[0], self._judged(text, outline.runs[0], guesses[0]))]
        else:
            groups = self._groups(text, outline.wishes, dict(zip(outline.runs, guesses, strict=True)))
        if answer := short_answer(match_text(text).text, expects):
            groups = [(Part(0, len(text)), as_guess(answer, groups[-1][1]))]
        requests = tuple(_request(text, part, guess, noted.entities) for part, guess in _relevant(groups, expects))
        return Understanding(language=noted.language, requests=requests, signals=noted.signals)

    def entities(self, text: str, expects: Expects) -> tuple[Entity, ...]:
        """The mentions in order: those that rules find, and of other types those that the tagger adds."""
        known = Known(self.patterns, self.products, self.options)
        found = find_entities(text, match_text(text), known, expects, self.today)
        if self.tagger is None:
            return found
        added = [_tagged(text, span) for span in self.tagger.spans(text) if span.type not in RULED]
        free = [mention for mention in added if all(mention.end <= e.start or e.end <= mention.start for e in found)]
        return tuple(sorted((*found, *free), key=lambda entity: (entity.start, entity.value)))

    def value_of(self, kind: str, words: str) -> str | None:
        """The value of words that are said to be a mention of this type; None if they are not, or not only."""
        found = self.entities(words, Expects(kind="slot", slot=kind))
        whole = [e.value for e in found if (e.type, e.start, e.end) == (kind, 0, len(words))]
        return whole[0] if len(whole) == 1 else None

    def _wishes(self, text: str) -> list[Wish]:
        if len(text) > LONG:
            whole = Part(0, len(text))
            return [(whole, whole)]
        return wishes_of(text, parts_of(text, at_commas=self._negates(text)))

    def _negates(self, text: str) -> bool:
        return self.signals.has(NEGATED_ACT, match_text(text).text)

    def _groups(self, text: str, wishes: Sequence[Wish], guesses: Mapping[Part, Guess]) -> list[tuple[Part, Guess]]:
        """Neighbouring wishes joined until each group is one request."""
        groups: list[tuple[Part, Guess]] = []
        for first, whole in wishes:
            if groups and not self._are_two(text, groups, (first, self._judged(text, first, guesses[first]))):
                whole = groups.pop()[0].through(whole)
            groups.append((whole, self._judged(text, whole, guesses[whole])))
        return groups

    def _are_two(self, text: str, groups: Sequence[tuple[Part, Guess]], after: tuple[Part, Guess]) -> bool:
        """Whether both are surely requests of their own: different ones, or the same for different orders.

        What was told apart from something before it already needs less.
        """
        before = groups[-1]
        questions = all(part.of(text).rstrip().endswith(QUESTION) for part, _ in (before, after))
        orders_differ = self._other_orders(text, before[0], after[0])
        announced = after[0].announced or orders_differ
        needed = SURE_ANNOUNCED if announced else SURE_QUESTIONS if questions else SURE
        needed_before = SURE_ANNOUNCED if len(groups) > 1 else needed
        if not _is_sure(before[1], needed_before) or not _is_sure(after[1], needed):
            return False
        if not announced and not questions and (before[1].intent, after[1].intent) in ONE_WISH:
            return False
        return before[1].intent != after[1].intent or orders_differ

    def _may_be_apart(self, text: str, part: Part, guess: Guess) -> bool:
        """Whether a later part is sure enough, be what is before it as it may."""
        said = part.of(text)
        if part.announced or find_orders(said, self.patterns, Expects()):
            needed = SURE_ANNOUNCED
        else:
            needed = SURE_QUESTIONS if said.rstrip().endswith(QUESTION) else SURE
        return _is_sure(self._judged(text, part, guess), needed)

    def _other_orders(self, text: str, before: Part, after: Part) -> bool:
        orders = [{e.value for e in find_orders(part.of(text), self.patterns, Expects())} for part in (before, after)]
        return all(orders) and orders[0] != orders[1]

    def _judged(self, text: str, part: Part, guess: Guess) -> Guess:
        """ "Don't cancel it" is near "cancel it" for any encoder: here the words decide."""
        negated = (guess.intent in ACTS or guess.intent == OUT_OF_SCOPE) and self._negates(part.of(text))
        return Guess("deny", 1.0, guess.ranked) if negated else guess


def _is_sure(guess: Guess, needed: float) -> bool:
    return guess.intent != OUT_OF_SCOPE and guess.confidence >= needed


def _relevant(groups: list[tuple[Part, Guess]], expects: Expects) -> list[tuple[Part, Guess]]:
    """Without politeness beside a request, and without a yes beside a no."""
    intents = {guess.intent for _, guess in groups}
    unwanted = set(SMALL_TALK) if intents - SMALL_TALK else set()
    if "deny" in intents:
        unwanted.add("affirm")
        if expects.kind != "confirmation" and intents - unwanted - {"deny"}:
            unwanted.add("deny")
    return [group for group in groups if group[1].intent not in unwanted] or groups[-1:]


def _request(text: str, part: Part, guess: Guess, entities: Sequence[Entity]) -> Request:
    inside = tuple(e for e in entities if e.start < part.end and part.start < e.end)
    return Request(
        intent=guess.intent,
        confidence=guess.confidence,
        text=part.of(text),
        entities=inside,
        alternatives=guess.alternatives(),
    )


def _tagged(text: str, span: Span) -> Entity:
    said = text[span.start : span.end]
    return Entity(type=span.type, text=said, value=said, start=span.start, end=span.end)


def _without(text: str, mentions: Sequence[Entity]) -> str:
    """The text with blanks where numbers, addresses and product names stand."""
    silent = [mention for mention in mentions if mention.type in NO_LANGUAGE]
    if not silent:
        return text
    characters = list(text)
    for entity in silent:
        characters[entity.start : entity.end] = " " * (entity.end - entity.start)
    return "".join(characters)

"""The check: a sentence goes to the customer only if no rule objects."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.generator.domain.check import claims
from services.generator.domain.check.answering import affirms_denied, other_answer
from services.generator.domain.check.asked import claims as claimed
from services.generator.domain.check.asked import may_repeat
from services.generator.domain.check.crossed import crossed
from services.generator.domain.check.echo import echoes
from services.generator.domain.check.evidence import invented
from services.generator.domain.check.form import has_markup, is_fragment, too_long, wrong_language
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.kinds import told_alike, told_by_kind
from services.generator.domain.check.lists import mixes
from services.generator.domain.check.naming import garbled
from services.generator.domain.check.persons import other_person
from services.generator.domain.check.places import other_place
from services.generator.domain.check.polarity import turned_round
from services.generator.domain.check.quantities import months, quantities
from services.generator.domain.check.repeats import circles, repeats
from services.generator.domain.check.sourced import for_each, other_count, supported
from services.generator.domain.check.support import overclaims, unsupported
from services.generator.domain.check.swaps import swapped
from services.generator.domain.check.text import clauses, normal, sentences
from services.generator.domain.check.values import claimed_values, unknown_names
from services.generator.domain.check.weekdays import other_hours, within_told
from services.generator.domain.check.words import terms

TOLD = 0.75
"""Share of a promise's terms that a promise of the passages holds."""

_WISH = re.compile(r"(?:i |we )?hope (?:you|your)\b|enjoy\b|congratulations\b|have (?:a|fun)\b|祝|恭喜")
"""Begins a courtesy, which claims nothing."""


@dataclass(frozen=True)
class Sentence:
    """A sentence as it was written, and the kinds of fault found in it."""

    text: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What the check says of a reply; `faults` of the whole make every sentence unfit."""

    sentences: tuple[Sentence, ...]
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.kinds

    @property
    def kinds(self) -> set[str]:
        """All kinds of fault, of the whole and of its sentences."""
        return {*self.faults, *(fault for sentence in self.sentences for fault in sentence.faults)}


def check_reply(text: str, ground: Ground) -> Verdict:
    """Looks at every sentence of a reply, and at the whole."""
    parts = sentences(text)
    faults = [name for name, objects in WHOLE.items() if objects(text, parts, ground)]
    return Verdict(tuple(Sentence(part, check_sentence(part, ground)) for part in parts), tuple(faults))


def check_sentence(sentence: str, ground: Ground) -> tuple[str, ...]:
    """The names of the rules that object to one sentence."""
    said = normal(sentence)
    return tuple(name for name, objects in SENTENCE.items() if objects(sentence, said, ground))


def _hard_fact(kind: str) -> Callable[[str, str, Ground], bool]:
    def objects(_: str, said: str, ground: Ground) -> bool:
        return any(
            q.kind == kind
            and not supported(q, ground.quantities)
            and not may_repeat(q, said, ground)
            and not for_each(q, ground.known)
            for q in quantities(said)
        )

    return objects


def _value(_: str, said: str, ground: Ground) -> bool:
    unknown = claimed_values(said) - claimed_values(ground.known) - months(ground.quantities)
    unknown = {word for word in unknown if not _told_otherwise(word, said, ground)}
    asked = unknown & claimed_values(normal(ground.asked))
    return bool(unknown - asked) or bool(asked & claimed_values(claimed(said, ground.language)))


def _name(sentence: str, said: str, ground: Ground) -> bool:
    unknown = unknown_names(sentence, ground.known, ground.language) - months(ground.quantities)
    unknown = {name for name in unknown if not _told_otherwise(name, said, ground)}
    asked = unknown - unknown_names(sentence, normal(ground.asked), ground.language)
    affirmed = claimed(said, ground.language) if asked else ""
    return bool(unknown - asked) or any(re.search(rf"\b{re.escape(name)}", affirmed) for name in asked)


def _told_otherwise(word: str, said: str, ground: Ground) -> bool:
    """Whether the passages have another word for it, or it is the customer's own, and of a kind that they speak of."""
    if told_alike(word, ground.known) or within_told(word, ground.known):
        return True
    return word in normal(ground.asked) and (told_by_kind(word, ground.known) or _WISH.match(said) is not None)


def _promise(_: str, said: str, ground: Ground) -> bool:
    """Nothing is promised but what the passages promise; nobody speaks for a model that says "I"."""
    known = ground.known.replace("we'll", "we will")
    return any(
        not (match[0].startswith(("we", "我们")) and match[0].replace("we'll", "we will") in known)
        and (claims.OWN.match(match[0]) is not None or not _told(match, said, ground))
        for match in claims.PROMISE.finditer(said)
    )


def _told(match: re.Match[str], said: str, ground: Ground) -> bool:
    """Whether a sentence of the passages promises too, and says what the clause with the promise does."""
    clause = next((c for c in clauses(said) if match[0] in c), said)
    held = terms(clause, ground.language)
    promising = [piece for piece in ground.sentences if claims.PROMISED.search(piece.text)]
    return any(len(held & piece.terms) >= TOLD * len(held) for piece in promising)


def _act(_: str, said: str, ground: Ground) -> bool:
    """Conditions ("once it has been packed") claim nothing, unless it is "I" who did it."""
    if ground.receipts:
        return False
    for clause in clauses(said):
        match = claims.ACT.search(clause)
        if match and (re.match(r"i\b|i'|我(?!们)", match[0]) or not (_conditional(clause) or match[0] in ground.known)):
            return True
    return False


def _conditional(clause: str) -> bool:
    return claims.CONDITION.search(clause) is not None


def _secret(_: str, said: str, ground: Ground) -> bool:
    match = claims.SECRET.search(said)
    return (
        match is not None and match[0] not in ground.known and not re.search(r"\bnever\b|\bnot\b|n't\b|不|别|勿", said)
    )


def _self(_: str, said: str, ground: Ground) -> bool:
    match = claims.SELF.search(said)
    return match is not None and match[0] not in ground.known


_POLARITY = (turned_round, other_answer, affirms_denied, swapped)
SENTENCE: dict[str, Callable[[str, str, Ground], bool]] = {
    "markup": lambda sentence, _, ground: has_markup(sentence),
    "fragment": lambda sentence, _, ground: is_fragment(sentence),
    "link": _hard_fact("link"),
    "language": lambda _, said, ground: wrong_language(said, ground.known, ground.language),
    "number": lambda _, said, ground: (
        _hard_fact("number")(_, said, ground) or _hard_fact("rate")(_, said, ground) or other_count(said, ground.known)
    ),
    "price": _hard_fact("price"),
    "date": lambda _, said, ground: (
        _hard_fact("date")(_, said, ground) or _hard_fact("time")(_, said, ground) or other_hours(said, ground)
    ),
    "id": _hard_fact("id"),
    "value": _value,
    "name": _name,
    "promise": _promise,
    "act": _act,
    "secret": _secret,
    "self": _self,
    "overclaim": lambda _, said, ground: overclaims(said, ground),
    "misplaced": lambda _, said, ground: other_place(said, ground),
    "person": lambda _, said, ground: other_person(said, ground),
    "polarity": lambda _, said, ground: any(rule(said, ground) for rule in _POLARITY),
    "unsupported": lambda _, said, ground: unsupported(said, ground) and invented(said, ground),
    "echo": lambda _, said, ground: echoes(said, ground),
    "garbled": lambda sentence, _, ground: garbled(sentence, ground),
    "crossed": lambda _, said, ground: crossed(said, ground) or mixes(said, ground),
    "repeated": lambda _, said, ground: repeats(said, ground),
}
"""By kind of fault, as it is counted: whether the rule objects to (the sentence, its normal form, what is known)."""

WHOLE: dict[str, Callable[[str, list[str], Ground], bool]] = {
    "empty": lambda text, parts, ground: not parts,
    "length": lambda text, parts, ground: too_long(parts, ground.language),
    "markup": lambda text, parts, ground: has_markup(text),
    "repeated": lambda text, parts, ground: circles(parts, ground.language),
}

"""Whether a sentence says yes where the passages say no, or the other way round."""

import re

from services.generator.domain.check.comparing import RULES, closest, conditional, denied
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.text import clauses
from services.generator.domain.check.words import terms

ENOUGH = {"en": 0.5, "zh": 0.45}
"""Share of a clause's terms that a passage's clause must hold to be compared with it."""
_WITHOUT_CONTRAST = re.compile(r", not [^,]+$|,而不是.+$|,不是.+$")
_ADJUNCT = re.compile(r"(?:in|on|at|during|for) (?:\w+ ){0,2}\w+")
"""A clause that tells a time or a place alone denies nothing."""


def turned_round(sentence: str, ground: Ground) -> bool:
    """Whether a part denies what the passage affirms, affirms what it denies, or says its opposite."""
    return any(_turned_round(part, ground) for part in sentence.split(";"))


def _turned_round(sentence: str, ground: Ground) -> bool:
    parts = clauses(sentence)
    if any(_opposes(clause, ground) for clause in parts):
        return True
    near = closest(terms(sentence, ground.language), ground.sentences, 0.5)
    if near and conditional(sentence, anywhere=True) and all(conditional(p.text, anywhere=True) for p in near):
        said = denied(_WITHOUT_CONTRAST.sub("", sentence.rstrip(".。")), ground.language)
        if all(denied(_WITHOUT_CONTRAST.sub("", piece.text.rstrip(".。")), ground.language) != said for piece in near):
            return True
        parts = [clause for clause in parts if conditional(clause)]
    return any(_denies(clause, sentence, ground) for clause in parts if not _ADJUNCT.fullmatch(clause))


def _denies(clause: str, sentence: str, ground: Ground) -> bool:
    pieces = ground.clauses
    if conditional(clause):
        pieces = [piece for piece in pieces if conditional(piece.text)]
    near = closest(terms(clause, ground.language), pieces, ENOUGH[ground.language])
    odd = denied(clause, ground.language)
    subject = frozenset(term for piece in near for term in piece.subject)
    said = _predicate(frozenset(terms(clause, ground.language)), subject)
    agreeing, denying = (
        {
            term
            for piece in near
            if (denied(piece.text, ground.language) == odd) == same
            for term in _predicate(piece.terms, subject) & said
        }
        for same in (True, False)
    )
    if not denying or (agreeing and 2 * len(denying - agreeing) <= len(said)):
        return False
    whole = denied(sentence, ground.language)
    return not (
        conditional(sentence, anywhere=True) and any(denied(p.sentence, ground.language) == whole for p in near)
    )


def _predicate(held: frozenset[str], subject: frozenset[str]) -> frozenset[str]:
    """What is said of a subject; of a clause that is no more than that, the whole."""
    return held - subject or held


def _opposes(clause: str, ground: Ground) -> bool:
    """A word that no passage has, where the passage has its opposite."""
    language = ground.language
    near = closest(terms(clause, language), ground.clauses, 0.3)
    odd = denied(clause, language)
    for one, other in RULES[language].OPPOSITE:
        for said, told in ((one, other), (other, one)):
            if not _holds(clause, said, language) or _holds(ground.known, said, language):
                continue
            both = _holds(clause, told, language)
            if denied(said, language) or denied(told, language):
                against = odd == denied(said, language)
                hit = against and any(_holds(piece.text, told, language) for piece in near)
            else:
                hit = any(_holds(piece.text, told, language) and denied(piece.text, language) == odd for piece in near)
            if not both and hit:
                return True
    return False


def _holds(text: str, word: str, language: str) -> bool:
    if language == "zh":
        return word in text
    return re.search(rf"\b{word}(?:s|d|ed|ing|r)?\b", text) is not None

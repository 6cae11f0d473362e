"""Whether a sentence says yes where the passages say no, or the other way round."""

import re

from services.generator.domain.check.comparing import NEGATION, RULES, closest, conditional, denied
from services.generator.domain.check.evidence import opposed
from services.generator.domain.check.ground import Ground, Piece
from services.generator.domain.check.support import without_neutral
from services.generator.domain.check.text import clauses
from services.generator.domain.check.verbs import says, subject_of
from services.generator.domain.check.words import terms, words

ENOUGH = {"en": 0.55, "zh": 0.45}
"""Share of a clause's terms that a passage's clause must hold to be compared with it."""
ENOUGH_CONDITION = 0.67
"""The same of a condition, which is compared with conditions alone."""
LEAST = {"en": 1, "zh": 2}
"""Terms of a clause that is compared; of fewer, it answers the question."""
FIRST = 2
"""Words after a denial that tell what it denies."""
MOSTLY, WHOLE = 0.7, 0.8
"""Share of a clause's terms that make it the clause of the passages."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_WHICH = re.compile(
    r"\b(?:what|whatever|that|which|who) (?:\w+ ){0,2}?\w+(?P<no> not|n't) (?P<of>\w+)|"
    r"(?P<no_zh>没有?|未)(?P<of_zh>[\u3400-\u9fff]{1,4})的"
)
"""Denials that say which things are meant."""
_ELLIPTIC = re.compile(r"(?:\bnot|n't|\bcannot)$|^.{1,8}(?:不可以|不行|不能|不支持|没有|不是)$")
"""Denies of something else what the clause before it says."""
_VERB_DENIED = re.compile(r"\b(?:not|cannot|never)\b(?! (?:only|just|later))|n't\b|不(?![过仅光止锈同足超满])|没|无法")
_NOT_BUT = re.compile(
    r"(?:^|(?<=, ))not (?P<no>[^,;:.]+)(?:,? but\b|(?=[:;]))|(?:^|(?<=,))(?:并)?不是(?P<no_zh>[^,;:。]+),(?:而是|是)"
)
_WITHOUT_CONTRAST = re.compile(
    r",? but not [^,]+$|,? but [^,]+ (?:is|are|does|do|can|will|was)(?: not|n't)$|, not [^,]+$|,而不是.+$|,不是.+$"
)


def turned_round(sentence: str, ground: Ground) -> bool:
    """Whether a part denies what the passage affirms, affirms what it denies, or says its opposite."""
    sentence = _without_asked(sentence, ground)
    if any(_opposes(clause, ground) for part in sentence.split(";") for clause in clauses(part)):
        return True
    return seems_turned_round(sentence, ground) and opposed(sentence, ground)


def seems_turned_round(sentence: str, ground: Ground) -> bool:
    """Whether a part denies what the passage affirms or affirms what it denies, by the words that both have."""
    return any(_turned_round(_with_known_denials(part, ground), ground) for part in sentence.split(";"))


def _without_asked(sentence: str, ground: Ground) -> str:
    """Without what is denied only because it was asked: "not when you order, but later"."""

    def read(match: re.Match[str]) -> str:
        held = terms(match["no"] or match["no_zh"], ground.language)
        return " " if held and held <= ground.question else match[0]

    return _NOT_BUT.sub(read, sentence)


def _with_known_denials(sentence: str, ground: Ground) -> str:
    """Without denials that only say which things are meant, in words that the passages do not have."""

    def read(match: re.Match[str]) -> str:
        no, of = (match["no"], match["of"]) if match["of"] else (match["no_zh"], match["of_zh"])
        held = terms(of, ground.language)
        told = not held or any(held & piece.terms for piece in ground.clauses)
        return match[0] if told else match[0].replace(no, " ", 1)

    return _WHICH.sub(read, sentence)


def _turned_round(sentence: str, ground: Ground) -> bool:
    parts = clauses(sentence)
    held = terms(sentence, ground.language)
    near = [piece for piece in closest(held, ground.sentences, 0.5) if len(piece.terms & held) > 1]
    if near and conditional(sentence, anywhere=True) and all(conditional(p.text, anywhere=True) for p in near):
        main = terms(_without_contrast(sentence), ground.language)
        said = denied(_without_contrast(sentence), ground.language)
        if not all(_told_whole(clause, ground) for clause in parts) and all(
            _told_odd(piece.text, main, ground.language) != said for piece in near
        ):
            return True
        parts = tuple(c for c in parts if conditional(c) or _tells_whole(c, ground.clauses, ground))
    return any(_denies(clause, sentence, ground) for clause in parts if not _mere_phrase(clause, parts))


def _mere_phrase(clause: str, parts: tuple[str, ...]) -> bool:
    """Whether an English clause has no verb and stands beside others, or is an answer: "Not at present"."""
    bare = len(parts) > 1 and not says(clause) and _HAN.search(clause) is None
    return bare and (clause == parts[0] or not denied(clause, "en"))


def _told_whole(clause: str, ground: Ground) -> bool:
    """Whether one clause of the passages says nearly all of it, with as many denials."""
    held, odd = terms(clause, ground.language), denied(clause, ground.language)
    return any(
        len(held & p.terms) >= WHOLE * len(held) and denied(p.text, ground.language) == odd for p in ground.clauses
    )


def _denies(clause: str, sentence: str, ground: Ground) -> bool:
    """Whether the clauses that it is near to tell the other way round most of what it says, rare words above all."""
    pieces, enough = ground.clauses, ENOUGH[ground.language]
    if conditional(clause):
        pieces, enough = [piece for piece in pieces if conditional(piece.text)], ENOUGH_CONDITION
    odd, said = denied(clause, ground.language), frozenset(terms(clause, ground.language))
    if len(said) < LEAST[ground.language] or _ELLIPTIC.search(clause) and not sentence.startswith(clause):
        return False
    near = _of_its_subject(closest(said, pieces, enough), said)
    about = terms(subject_of(clause), ground.language)
    agreeing = {
        term for p in near if denied(p.text, ground.language) == odd for term in p.terms & said - (p.own - about)
    }
    other = [p for p in near if denied(p.text, ground.language) != odd]
    denying = {term for p in other if _of_what_is_denied(clause, p.text, ground) for term in _shared(said, p, odd)}
    if not denying or (agreeing and 2 * ground.weight(denying - agreeing) <= ground.weight(said)):
        return False
    if _tells_whole(clause, near, ground):
        return True
    return not (
        conditional(sentence, anywhere=True) and _agrees_as_whole(sentence, near, said, ground, conditional(clause))
    )


def _tells_whole(clause: str, pieces: list[Piece], ground: Ground) -> bool:
    """Whether one without a condition tells the other way round most of a clause: no condition takes that back."""
    said, odd = terms(clause, ground.language), len(_VERB_DENIED.findall(clause)) % 2
    return (
        len(said) > 1
        and not conditional(clause)
        and any(
            len(_VERB_DENIED.findall(piece.text)) % 2 != odd
            and not conditional(piece.text)
            and len(said & piece.terms) >= MOSTLY * len(said)
            for piece in pieces
        )
    )


def _of_what_is_denied(clause: str, told: str, ground: Ground) -> bool:
    """Whether what one of two texts denies is spoken of in the other."""
    language = ground.language
    for text, other in ((clause, told), (told, clause)):
        if denied(text, language):
            begins = [match.end() if language == "zh" else match.start() for match in NEGATION[language].finditer(text)]
            of = [words(without_neutral(text[at:], language), language)[:FIRST] for at in begins]
            return not any(of) or any(set(some) & set(words(other, language)) for some in of)
    return True


def _of_its_subject(near: list[Piece], said: frozenset[str]) -> list[Piece]:
    """Of the clauses that it is near to, those about what it is about: no more, and no less of it than others."""
    same = [piece for piece in near if piece.own & said]
    if not same:
        return near
    most = [piece for piece in same if not any(piece.terms & said < other.terms & said for other in same)]
    least = min(len(_beyond(piece.own, said)) for piece in most)
    return [p for p in near if not p.own or (p in most and len(_beyond(p.own, said)) == least)]


def _beyond(own: frozenset[str], said: frozenset[str]) -> set[str]:
    """What is not said of a subject; pairs of Chinese characters that are both said are only written together."""
    letters = set("".join(said))
    return {term for term in own - said if not (_HAN.match(term) and set(term) <= letters)}


def _agrees_as_whole(sentence: str, near: list[Piece], said: frozenset[str], ground: Ground, condition: bool) -> bool:
    """Whether it denies as often as the sentences that say most of it: "not until", "as soon as"."""
    language = ground.language
    trimmed = (lambda text: text) if condition else _without_contrast
    odd = denied(trimmed(sentence), language)
    most = max(len(piece.terms & said) for piece in near)
    best = [piece for piece in near if len(piece.terms & said) == most]
    return any(denied(trimmed(piece.sentence), language) == odd for piece in best)


def _told_odd(text: str, said: set[str], language: str) -> bool:
    """Whether a sentence denies what is said: of one with a contrast, the half that this is from."""
    contrast = _WITHOUT_CONTRAST.search(text.rstrip(".。"))
    own = terms(contrast[0], language) if contrast else set()
    return denied(text if own and own <= said else _without_contrast(text), language)


def _without_contrast(text: str) -> str:
    return _WITHOUT_CONTRAST.sub("", text.rstrip(".。"))


def _shared(said: frozenset[str], piece: Piece, odd: bool) -> frozenset[str]:
    """What is said that a clause says of its subject; what denies no more than the subject denies that."""
    of_subject = odd and all(len(term) == 1 for term in said - piece.subject)
    return said & (piece.terms if of_subject or piece.terms <= piece.subject else piece.terms - piece.subject)


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

"""Whether a number stands where the passages have another, or with its limit turned round."""

from services.generator.domain.check.binding import cut
from services.generator.domain.check.ground import Ground, Piece
from services.generator.domain.check.quantities import SPANS, Quantity, quantities
from services.generator.domain.check.quantities import same as alike
from services.generator.domain.check.text import clauses
from services.generator.domain.check.words import terms, words

_ORDERED = frozenset({"CNY", "EUR", "USD", "GBP", "piece", ""})
"""Sums and numbers of things: a limit of one is no limit of another."""
MARGIN = 1.25
"""By how much another number must fit its place better before a number counts as misplaced."""


def other_place(sentence: str, ground: Ground) -> bool:
    """Whether a number stands where the passages have another of the same unit, or with its limit turned round."""
    return any(
        _bound_turned(quantity, sentence, ground)
        or (quantity.kind != "time" and not ground.names and _misplaced(quantity, part, sentence, ground))
        for clause in clauses(sentence)
        for part in cut(clause)
        for quantity in quantities(part)
        if quantity.kind in ("number", "price", "time")
    )


def _bound_turned(quantity: Quantity, sentence: str, ground: Ground) -> bool:
    told = {f.bound for f in ground.quantities if f.kind == quantity.kind and alike(f, quantity)}
    alone = len({other.value for other in quantities(sentence) if other.unit == quantity.unit}) == 1
    if quantity.bound and told == {""} and quantity.unit in _ORDERED:
        return any(f.unit == quantity.unit and f.bound == quantity.bound for f in ground.quantities)
    return alone and bool(quantity.bound) and bool(told) and quantity.bound not in told and "" not in told


def _misplaced(quantity: Quantity, clause: str, sentence: str, ground: Ground) -> bool:
    """Whether the clause is about what the passages give another number for; `crossed` knows names better."""
    language = ground.language
    close, said = terms(clause, language), terms(sentence, language)
    named = {other.value for other in quantities(sentence)}
    best: dict[bool, tuple[float, Piece | None]] = {True: (0, None), False: (0, None)}
    for piece in ground.clauses:
        for fact in piece.quantities:
            same = alike(fact, quantity)
            if fact.kind != quantity.kind or not _alike(fact.unit, quantity.unit) or (not same and fact.value in named):
                continue
            fit = len(close & piece.terms) / (len(close) or 1) + len(said & piece.around) / (len(said) or 1)
            best[same] = max(best[same], (fit, piece), key=lambda found: found[0])
    right, wrong = best[True][1], best[False][1]
    if right and wrong and right.sentence == wrong.sentence and right.text != wrong.text:
        first_wrong = _first(wrong.text, language)
        if not right.terms:
            return False
        if first_wrong in close and not right.terms & said:
            return True
    return len(close) > 1 and best[False][0] > best[True][0] * MARGIN


def _alike(one: str, other: str) -> bool:
    return one == other or {one, other} <= SPANS


def _first(text: str, language: str) -> str:
    said = words(text, language)
    return "".join(said[:2]) if language == "zh" else said[0] if said else ""

"""Whether a sentence says what the passages say: the same things, the same way round, by the same people."""

import re
from collections.abc import Iterable

from services.generator.domain.check import words_en, words_zh
from services.generator.domain.check.ground import Ground, Piece
from services.generator.domain.check.quantities import Quantity, quantities
from services.generator.domain.check.tables import word_set
from services.generator.domain.check.text import clauses
from services.generator.domain.check.words import stem, terms, words

LEAST_SUPPORT = {"en": 0.6, "zh": 0.72}
"""Share of a sentence's words that the passages hold."""
TOGETHER, FROM_TERMS = 0.5, 5
"""Share of a sentence's terms that two neighbours in a passage hold, asked of sentences of so many terms."""
CLAUSE_TOGETHER, CLAUSE_FROM_TERMS = 0.34, {"en": 3, "zh": 5}
"""The same of a clause."""
ENOUGH = {"en": 0.5, "zh": 0.45}
"""Share of a clause's terms that a passage's clause must hold to be compared with it."""
NEAR = 0.85
"""A clause that fits nearly as well as the best one counts as well."""

MARGIN = 1.25
"""By how much another number must fit its place better before a number counts as misplaced."""

_RULES = {"en": words_en, "zh": words_zh}
NEGATION = {code: re.compile(rules.NEGATION) for code, rules in _RULES.items()}
_OVERCLAIM = {code: re.compile(rules.OVERCLAIM) for code, rules in _RULES.items()}
_SPANS = {"hour", "workday", "month"}
_WITHOUT_CONTRAST = re.compile(r", not [^,]+$|,而不是.+$|,不是.+$")
_ADJUNCT = re.compile(r"(?:in|on|at|during|for) (?:\w+ ){0,2}\w+")
"""A clause that tells a time or a place alone denies nothing."""
_EVERY = re.compile(r"\b(?:every|each|all|always|any)\b|每次|都|一律|全部|所有|任何")
_HELPERS = word_set(
    """
    are was were will can may must have has had should would could also only then always not never just still
    already cannot might shall
    """
)
CONDITION = re.compile(
    r"\b(?:not )?(?:if|once|when|as long as|as soon as|until|unless|before|after|while|without|"
    r"provided)\b(?! \d| the latest)|"
    r"如果|只要|一旦|若|除非|的话|(?<=[打包货付消款收])(?:之前|之后|前|后|时)|(?:尚|还)?未.{1,4}时|"
    r"(?:^|,)[^,。不没未0-9]{2,8}(?:之前|之后|以前|以后)(?=,|$)"
)
_PAYS = {
    code: {"shop": re.compile(rules.PAYS_SHOP), "customer": re.compile(rules.PAYS_CUSTOMER)}
    for code, rules in _RULES.items()
}
_DOES = {
    "en": re.compile(
        r"\b(we|you)(?:'ll|'ve|'re| will| can| may| must| have to| need to| should| are| also| only| then| always|"
        r" do not| don't| cannot| can't)* ([a-z]{3,})"
    ),
    "zh": re.compile(r"(我们|我方|您|你)(?:会|来|将|需要?|要|可以?|可|应|自行|自己)*([\u3400-\u9fff]{2})"),
}


def unsupported(sentence: str, ground: Ground) -> bool:
    """Whether too much of a normal sentence is in no passage."""
    said = words(sentence, ground.language)
    missing = [word for word in said if word not in ground.words]
    share = 1 - len(missing) / len(said) if said else 1
    return (len(missing) > 1 and share < LEAST_SUPPORT[ground.language]) or _scattered(sentence, ground)


def _scattered(sentence: str, ground: Ground) -> bool:
    """Whether its words are picked up here and there, so that no place of the passages says what it says."""
    told = [piece.terms for piece in ground.sentences]
    together = [one | other for one, other in zip(told, [*told[1:], frozenset[str]()], strict=True)]

    def held(text: str, from_terms: int, share: float) -> bool:
        said = terms(text, ground.language) - ground.named
        return len(said) < from_terms or any(len(said & held) >= share * len(said) for held in together)

    from_terms = CLAUSE_FROM_TERMS[ground.language]
    parts = [clause for clause in clauses(sentence) if not held(clause, from_terms, CLAUSE_TOGETHER)]
    return bool(parts) or not held(sentence, FROM_TERMS, TOGETHER)


def overclaims(sentence: str, ground: Ground) -> bool:
    """Whether it says "always" or "guaranteed" where no passage does."""
    return any(word not in ground.known for word in _OVERCLAIM[ground.language].findall(sentence))


def turned_round(sentence: str, ground: Ground) -> bool:
    """Whether a part denies what the passage affirms, affirms what it denies, or says its opposite."""
    return any(_turned_round(part, ground) for part in sentence.split(";"))


def _turned_round(sentence: str, ground: Ground) -> bool:
    parts = clauses(sentence)
    if any(_opposes(clause, ground) for clause in parts):
        return True
    near = _closest(terms(sentence, ground.language), ground.sentences, 0.5)
    if near and _conditional(sentence, anywhere=True) and all(_conditional(p.text, anywhere=True) for p in near):
        said = denied(_WITHOUT_CONTRAST.sub("", sentence.rstrip(".。")), ground.language)
        if all(denied(_WITHOUT_CONTRAST.sub("", piece.text.rstrip(".。")), ground.language) != said for piece in near):
            return True
        parts = [clause for clause in parts if _conditional(clause)]
    return any(_denies(clause, sentence, ground) for clause in parts if not _ADJUNCT.fullmatch(clause))


def other_person(sentence: str, ground: Ground) -> bool:
    """Whether it lets the shop pay or do what the customer pays or does, or the other way round."""
    return _other_payer(sentence, ground) or _other_doer(sentence, ground)


def other_place(sentence: str, ground: Ground) -> bool:
    """Whether a number stands where the passages have another of the same unit, or with its limit turned round."""
    return any(
        _bound_turned(quantity, sentence, ground)
        or (not ground.names and _misplaced(quantity, clause, sentence, ground))
        for clause in clauses(sentence)
        for quantity in quantities(clause)
        if quantity.kind in ("number", "price")
    )


def denied(text: str, language: str) -> bool:
    """Whether a normal text holds an odd number of denials."""
    return len(NEGATION[language].findall(text)) % 2 == 1


def _closest(said: Iterable[str], pieces: list[Piece], enough: float) -> list[Piece]:
    """The pieces that hold most of what is said, or all of whose terms are said; those nearly as good among them."""
    wanted = set(said)
    fits = [(_fit(wanted, piece.terms), piece) for piece in pieces if piece.terms] if wanted else []
    best = max((fit for fit, _ in fits), default=0)
    if best < enough:
        return []
    return [piece for fit, piece in fits if fit >= best * NEAR]


def _fit(said: set[str], told: frozenset[str]) -> float:
    shared = len(said & told)
    return shared / min(len(said), len(told)) + 0.2 * shared / max(len(said), len(told))


def _conditional(text: str, *, anywhere: bool = False) -> bool:
    return (CONDITION.search(text) if anywhere else CONDITION.match(text)) is not None


def _denies(clause: str, sentence: str, ground: Ground) -> bool:
    pieces = ground.clauses
    if _conditional(clause):
        pieces = [piece for piece in pieces if _conditional(piece.text)]
    near = _closest(terms(clause, ground.language), pieces, ENOUGH[ground.language])
    odd, said = denied(clause, ground.language), terms(clause, ground.language)
    agreeing, denying = (
        {term for piece in near if (denied(piece.text, ground.language) == odd) == same for term in piece.terms & said}
        for same in (True, False)
    )
    if not denying or (agreeing and 2 * len(denying - agreeing) <= len(said)):
        return False
    whole = denied(sentence, ground.language)
    return not (
        _conditional(sentence, anywhere=True) and any(denied(p.sentence, ground.language) == whole for p in near)
    )


def _opposes(clause: str, ground: Ground) -> bool:
    """A word that no passage has, where the passage has its opposite."""
    language = ground.language
    near = _closest(terms(clause, language), ground.clauses, 0.3)
    odd = denied(clause, language)
    for one, other in _RULES[language].OPPOSITE:
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


def _payers(text: str, language: str) -> set[str]:
    return {who for who, pattern in _PAYS[language].items() if pattern.search(text)}


def _other_payer(sentence: str, ground: Ground) -> bool:
    language = ground.language
    paying = [piece for piece in ground.clauses if _payers(piece.text, language)]
    for clause in clauses(sentence):
        payers = _payers(clause, language)
        if len(payers) != 1:
            continue
        near = _closest(terms(clause, language), paying, 0.2) or paying
        told = {who for piece in near for who in _payers(piece.text, language)}
        if not payers & told or (len(told) > 1 and _EVERY.search(clause)):
            return True
    return False


def _other_doer(sentence: str, ground: Ground) -> bool:
    language = ground.language
    told = _doers(ground.known, language)
    return any(verb in told and not who & told[verb] for verb, who in _doers(sentence, language).items())


def _doers(text: str, language: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for who, verb in _DOES[language].findall(text):
        said = verb if language == "zh" else "" if verb in _HELPERS else stem(verb)
        if said:
            found.setdefault(said, set()).add("shop" if who in ("we", "我们", "我方") else "customer")
    return found


def _bound_turned(quantity: Quantity, sentence: str, ground: Ground) -> bool:
    told = {f.bound for f in ground.quantities if (f.value, f.unit) == (quantity.value, quantity.unit)}
    alone = len({other.value for other in quantities(sentence) if other.unit == quantity.unit}) == 1
    return alone and bool(quantity.bound) and bool(told) and quantity.bound not in told and "" not in told


def _misplaced(quantity: Quantity, clause: str, sentence: str, ground: Ground) -> bool:
    """Whether the clause is about what the passages give another number for; `crossed` knows names better."""
    language = ground.language
    close, said = terms(clause, language), terms(sentence, language)
    named = {other.value for other in quantities(sentence)}
    best: dict[bool, tuple[float, Piece | None]] = {True: (0, None), False: (0, None)}
    for piece in ground.clauses:
        for fact in piece.quantities:
            same = (fact.value, fact.unit) == (quantity.value, quantity.unit)
            if fact.kind != quantity.kind or not _alike(fact.unit, quantity.unit) or (not same and fact.value in named):
                continue
            fit = len(close & piece.terms) / (len(close) or 1) + len(said & piece.around) / (len(said) or 1)
            best[same] = max(best[same], (fit, piece), key=lambda found: found[0])
    right, wrong = best[True][1], best[False][1]
    if right and wrong and right.sentence == wrong.sentence and right.text != wrong.text:
        first_right, first_wrong = _first(right.text, language), _first(wrong.text, language)
        if first_wrong in close and first_right not in said:
            return True
    return len(close) > 1 and best[False][0] > best[True][0] * MARGIN


def _alike(one: str, other: str) -> bool:
    return one == other or {one, other} <= _SPANS


def _first(text: str, language: str) -> str:
    said = words(text, language)
    return "".join(said[:2]) if language == "zh" else said[0] if said else ""

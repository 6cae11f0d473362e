"""Whether the shop and the customer stay who they are: who pays, and who does what."""

import re

from services.generator.domain.check.comparing import RULES, closest
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.tables import word_set
from services.generator.domain.check.text import clauses
from services.generator.domain.check.words import stem, terms

_EVERY = re.compile(r"\b(?:every|each|all|always|any)\b|每次|都|一律|全部|所有|任何")
_HELPERS = word_set(
    """
    are was were will can may must have has had should would could also only then always not never just still
    already cannot might shall
    """
)
_PAYS = {
    code: {"shop": re.compile(rules.PAYS_SHOP), "customer": re.compile(rules.PAYS_CUSTOMER)}
    for code, rules in RULES.items()
}
_DOES = {
    "en": re.compile(
        r"\b(we|you)(?:'ll|'ve|'re| will| can| may| must| have to| need to| should| are| also| only| then| always|"
        r" do not| don't| cannot| can't)* ([a-z]{3,})"
    ),
    "zh": re.compile(r"(我们|我方|您|你)(?:会|来|将|需要?|要|可以?|可|应|自行|自己)*([\u3400-\u9fff]{2})"),
}


def other_person(sentence: str, ground: Ground) -> bool:
    """Whether it lets the shop pay or do what the customer pays or does, or the other way round."""
    return _other_payer(sentence, ground) or _other_doer(sentence, ground)


def _payers(text: str, language: str) -> set[str]:
    return {who for who, pattern in _PAYS[language].items() if pattern.search(text)}


def _other_payer(sentence: str, ground: Ground) -> bool:
    language = ground.language
    paying = [piece for piece in ground.clauses if _payers(piece.text, language)]
    for clause in clauses(sentence):
        payers = _payers(clause, language)
        if len(payers) != 1:
            continue
        near = closest(terms(clause, language), paying, 0.2) or paying
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

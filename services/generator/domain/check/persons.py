"""Whether the shop and the customer stay who they are: who pays, and who does what."""

import re

from services.generator.domain.check.comparing import RULES, closest
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.quantities import quantities
from services.generator.domain.check.subjects import PRONOUN
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
_DONE_BY = re.compile(r"\b([a-z]{3,}) by (?:the )?(us|our|you|buyer|customer|shop|seller)\b")
ENOUGH = 0.3
_PRICE_OF = re.compile(r"\bpays? (?:only )?(?:the|our) (?:\w+ )?prices?\b")
"""Who pays the price of something else bears no cost that could be the shop's."""
_BY_YOU = re.compile(r"\bby (?:you|the (?:customer|buyer))\b|由(?:您|你|顾客|客户|买家)(?!的)")
_BY_US = re.compile(r"\bby (?:us|our|the (?:shop|store|seller))\b|由(?:我们|我方|本店|店家|卖家)")
_BY_CUSTOMER = re.compile(_BY_YOU.pattern)
_CUSTOMER = re.compile(r"\b(?:you|your|buyers?|customers?)\b|您|你|买家|顾客|客户")


def other_person(sentence: str, ground: Ground) -> bool:
    """Whether it lets the shop pay or do what the customer pays or does, or the other way round."""
    return (
        _other_payer(sentence, ground)
        or _other_doer(sentence, ground)
        or any(_other_agent(clause, ground) for clause in clauses(sentence))
    )


def _payers(text: str, language: str) -> set[str]:
    return {who for who, pattern in _PAYS[language].items() if pattern.search(text)}


def _other_payer(sentence: str, ground: Ground) -> bool:
    language = ground.language
    paying = [piece for piece in ground.clauses if _payers(piece.text, language)]
    for clause in clauses(sentence):
        payers = _payers(clause, language)
        if payers == {"customer"} and _states_price(sentence, ground):
            continue
        if payers == {"shop"} and _has_its_price(clause, ground):
            return True
        if len(payers) != 1 or _PRICE_OF.search(clause):
            continue
        near = closest(terms(clause, language), paying, 0.2) or paying
        told = {who for piece in near for who in _payers(piece.text, language)}
        if not payers & told or (len(told) > 1 and _EVERY.search(clause)):
            return True
    return False


def _has_its_price(clause: str, ground: Ground) -> bool:
    """Whether what the passages name a price for, and nothing else, is said to be free."""
    if any(quantity.kind == "price" for quantity in quantities(clause)):
        return False
    said = terms(clause, ground.language)
    near = [piece for piece in closest(said, ground.clauses, ENOUGH) if piece.own & said]
    priced = [any(fact.kind == "price" for fact in piece.quantities) for piece in near]
    free = [p for p in ground.clauses if "shop" in _payers(p.text, ground.language) and PRONOUN.search(p.text)]
    near += [piece for piece in free if not piece.own]
    return bool(near) and all(priced) and not any("shop" in _payers(piece.text, ground.language) for piece in near)


def _states_price(clause: str, ground: Ground) -> bool:
    """Whether it names a price that the passages name, too: that is for the customer to pay if nobody else is told."""
    prices = [quantity for quantity in quantities(clause) if quantity.kind == "price"]
    told = [p for p in ground.clauses if any(f.value == q.value for f in p.quantities for q in prices)]
    return bool(told) and not any("shop" in _payers(piece.text, ground.language) for piece in told)


def _other_agent(clause: str, ground: Ground) -> bool:
    """Whether something is done "by you" that the passages do not ask of the customer, or "by us" that they do."""
    by_you, by_us = _BY_YOU.search(clause), _BY_US.search(clause)
    if not by_you and not by_us:
        return False
    near = closest(terms(clause, ground.language), ground.clauses, ENOUGH)
    asked = [_CUSTOMER.search(piece.text) if by_you else _BY_CUSTOMER.search(piece.text) for piece in near]
    return bool(near) and (not any(asked) if by_you else all(asked))


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
    for verb, who in _DONE_BY.findall(text) if language == "en" else ():
        found.setdefault(stem(verb), set()).add("customer" if who in ("you", "buyer", "customer") else "shop")
    return found

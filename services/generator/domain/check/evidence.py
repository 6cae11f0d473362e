"""How sure it is that a sentence says what no passage says, or the opposite: a weighted sum of what is seen in it.

The rules `unsupported` and `polarity` look for it in words alone and stop paraphrases, too; what they find counts only
where the evidence is strong enough. Weights and limits are fitted (`weights.py`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import exp, log

from services.generator.domain.check.binding import figures
from services.generator.domain.check.comparing import NEGATION, conditional, denials
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.lexicon import as_told
from services.generator.domain.check.quantities import quantities
from services.generator.domain.check.support import together, without_neutral
from services.generator.domain.check.text import clauses
from services.generator.domain.check.weights import WEIGHTS
from services.generator.domain.check.words import terms, words

FROM_TERMS = 3
"""Of fewer terms a clause shows nothing about where it is from."""
MOST_DENIALS = MOST_FIGURES = 2
NOTHING_NEAR = -0.3
"""Taken for a sentence that has no clause to compare."""


def invented(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence is likely to say more than the passages, or denies what they never speak of."""
    alone = any(_denies_alone(part, ground) for part in clauses(sentence) if not conditional(part))
    return alone or likely("support", support_seen(sentence, ground), ground.language)


def opposed(sentence: str, ground: Ground) -> bool:
    """Whether a normal sentence is likely to deny what the passages say, or to say what they deny."""
    return likely("denial", denial_seen(sentence, ground), ground.language)


def likely(kind: str, seen: Mapping[str, float], language: str) -> bool:
    """Whether evidence makes a fault likely enough: its probability, between 0 and 1, is above the limit."""
    weights, limit = WEIGHTS[kind][language], WEIGHTS[kind]["limit"][language]
    return 1 / (1 + exp(-weights["1"] - sum(weights[name] * value for name, value in seen.items()))) > limit


def support_seen(sentence: str, ground: Ground) -> dict[str, float]:
    """What tells whether the passages support a sentence: words without source, and how scattered the others are."""
    language, told = ground.language, as_told(sentence, ground.told, ground.known, ground.language)
    said = words(without_neutral(told, language), language)
    missing = [word for word in said if word not in ground.words]
    fresh = [word for word in missing if word not in ground.asked_words]
    parts = clauses(told)
    spread = [share for part in parts for count, share in [together(part, ground)] if count >= FROM_TERMS]
    return {
        "missing": len(missing),
        "share": len(missing) / len(said) if said else 0,
        "fresh": len(fresh),
        "fresh_share": len(fresh) / (len(said) or 1),
        "asked": len(missing) - len(fresh),
        "clause_fresh": max((_fresh(part, ground) for part in parts), default=0),
        "without_figure": max((_fresh(part, ground) for part in parts if not quantities(part)), default=0),
        "figures": min(len(quantities(sentence)), MOST_FIGURES),
        "together": together(told, ground)[1],
        "clause_together": min(spread, default=1.0),
    }


def denial_seen(sentence: str, ground: Ground) -> dict[str, float]:
    """What tells of a sentence whether the passages deny it: how much better clauses fit that deny otherwise."""
    language, pool = ground.language, _pool(ground)
    known = frozenset().union(*(held for held, _, _ in pool)) - ground.named
    times = Counter(term for held, _, _ in pool for term in held)
    one, whole, against, firmly = [], [], [NOTHING_NEAR], [NOTHING_NEAR]

    def weight(some: Iterable[str]) -> float:
        return sum(log(1 + len(pool) / (1 + times[term])) for term in some)

    for clause in clauses(sentence):
        said = (terms(clause, language) | figures(quantities(clause))) & known
        if len(said) > 1:
            shares = [(weight(said & held) / weight(said), odd, firm) for held, odd, firm in pool]
            one.append(max(share for share, _, _ in shares))
            whole.append(
                max(weight(said & p.terms | said & figures(p.quantities)) for p in ground.sentences) / weight(said)
            )
            against.append(_against([(s, odd) for s, odd, _ in shares], denials(clause, language) % 2))
            firmly.append(_against([(s, firm) for s, _, firm in shares], denials(clause, language, firm=True) % 2))
    return {
        "against": max(against), "firmly_against": max(firmly), "clause": min(one, default=1.0),
        "sentence": min(whole, default=1.0), "denials": _few_denials(sentence, language),
        "figures": len(quantities(sentence)), **_of(support_seen(sentence, ground), "fresh_share", "together"),
    }  # fmt: skip


def _denies_alone(part: str, ground: Ground) -> bool:
    """Whether a clause denies something and has no word of the passages, nor of the question."""
    said = words(part, ground.language)
    alone = bool(said) and not (ground.words | ground.asked_words).intersection(said)
    return alone and denials(part, ground.language, firm=True) > 0


def _of(seen: Mapping[str, float], *names: str) -> dict[str, float]:
    return {name: seen[name] for name in names}


def _against(shares: list[tuple[float, int]], odd: int) -> float:
    other = max((share for share, told in shares if told != odd), default=0.0)
    return other - max((share for share, told in shares if told == odd), default=0.0)


def _pool(ground: Ground) -> list[tuple[frozenset[str], int, int]]:
    """Each clause's terms and numbers, and whether it denies: by all denials, and by those that set no limit."""
    language = ground.language
    return [
        (p.terms | figures(p.quantities), denials(p.text, language) % 2, denials(p.text, language, firm=True) % 2)
        for p in ground.clauses
    ]


def _fresh(part: str, ground: Ground) -> int:
    said = words(without_neutral(part, ground.language), ground.language)
    return sum(word not in ground.words and word not in ground.asked_words for word in said)


def _few_denials(sentence: str, language: str) -> int:
    return min(len(NEGATION[language].findall(sentence)), MOST_DENIALS)

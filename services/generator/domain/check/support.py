"""Whether a sentence is made of what the passages say, and not of more."""

import re

from services.generator.domain.check.comparing import NEGATION, RULES
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.lexicon import as_told
from services.generator.domain.check.text import clauses
from services.generator.domain.check.words import terms, words

LEAST_SUPPORT = {"en": 0.6, "zh": 0.7}
"""Share of a sentence's words that the passages hold."""
TOGETHER, FROM_TERMS = 0.5, 5
"""Share of a sentence's terms that two neighbours in a passage hold, asked of sentences of so many terms."""
CLAUSE_TOGETHER, CLAUSE_FROM_TERMS = 0.34, {"en": 3, "zh": 5}
"""The same of a clause."""
_OVERCLAIM = {code: re.compile(rules.OVERCLAIM) for code, rules in RULES.items()}
_NEUTRAL = {code: re.compile(rules.NEUTRAL) for code, rules in RULES.items()}


def unsupported(sentence: str, ground: Ground) -> bool:
    """Whether too much of a normal sentence is in no passage."""
    sentence = as_told(sentence, ground.told, ground.known, ground.language)
    said = words(without_neutral(sentence, ground.language), ground.language)
    missing = [word for word in said if word not in ground.words]
    share = 1 - len(missing) / len(said) if said else 1
    return (len(missing) > 1 and share < LEAST_SUPPORT[ground.language]) or _scattered(sentence, ground)


def without_neutral(text: str, language: str) -> str:
    """Without words that join facts; in a denial they may be what is denied."""
    return text if language == "en" and NEGATION[language].search(text) else _NEUTRAL[language].sub(" ", text)


def together(text: str, ground: Ground) -> tuple[int, float]:
    """How many terms a normal text has, and the share of them that two neighbours of the passages hold at best."""
    said = terms(without_neutral(text, ground.language), ground.language) - ground.named
    return len(said), max((len(said & held) / len(said) for held in ground.neighbours), default=0.0) if said else 1.0


def _scattered(sentence: str, ground: Ground) -> bool:
    """Whether its words are picked up here and there, so that no place of the passages says what it says."""

    def held(text: str, from_terms: int, least: float) -> bool:
        count, share = together(text, ground)
        return count < from_terms or share >= least

    from_terms = CLAUSE_FROM_TERMS[ground.language]
    parts = [clause for clause in clauses(sentence) if not held(clause, from_terms, CLAUSE_TOGETHER)]
    return bool(parts) or not held(sentence, FROM_TERMS, TOGETHER)


def overclaims(sentence: str, ground: Ground) -> bool:
    """Whether it says "always" or "guaranteed" where no passage does."""
    return any(not _told_alike(word, ground) for word in _OVERCLAIM[ground.language].findall(sentence))


def _told_alike(word: str, ground: Ground) -> bool:
    groups = [group.split() for group in RULES[ground.language].OVERCLAIM_SAME]
    alike = {other.replace("_", " ") for group in groups if word.replace(" ", "_") in group for other in group}
    return any(_stands(other, ground) for other in {word, *alike})


def _stands(word: str, ground: Ground) -> bool:
    if ground.language == "zh" or not word[0].isalpha() or word.endswith("n't"):
        return word in ground.known
    return re.search(rf"\b{re.escape(word)}", ground.known) is not None

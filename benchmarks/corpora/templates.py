"""Which sentences of a templated collection were made from the same template.

The key of a sentence is the set of the stems of what it is about: lower case, without function words and the frames
that templates are hung in ("I need help with", "could you tell me how to"), endings cut off, a rare stem taken for the
frequent one that it is a misspelling of. So "can you help me cancelling my order?" and "problems with canceling an
order" share a key and never stand on both sides of a split.
"""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

WORD = re.compile(r"[a-z]+")
FRAME_WORDS = """
a an the my your our their his her its this that these those some any i me we you it they them one of for from in on
at to into with about by up out if is are am was were be been being do does did don didn doesn have has had having
can could will would may might must shall should need want wish like please help assist assistance assistant support
tell say explain show give get let know information info detail details question questions problem problems issue
issues trouble how what where when which who why there and or but not no so as re ve ll d s t m possible able try
trying wanna gonna got ya u ur look looking see check find make made user thing things way something someone
somebody more happen happening go going
"""
FRAME = frozenset(FRAME_WORDS.split())
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ers", "er", "ies", "ied", "ed", "es", "s", "y", "e")
RARE = 2
SHORTEST = 3


def template_keys(texts: Sequence[str]) -> list[str]:
    """A key for each text."""
    stems = [[_stem(word) for word in WORD.findall(text.lower()) if word not in FRAME] for text in texts]
    counts = Counter(stem for words in stems for stem in words)
    frequent = [stem for stem, count in counts.items() if count > RARE]

    @cache
    def meant(stem: str) -> str:
        if counts[stem] > RARE:
            return stem
        return next(iter(get_close_matches(stem, frequent, n=1, cutoff=0.75)), stem)

    return [" ".join(sorted({meant(stem) for stem in words})) for words in stems]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > SHORTEST and word[-1] == word[-2] else word

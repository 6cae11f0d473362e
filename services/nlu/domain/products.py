"""Products mentioned by name, spelt as customers spell them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from rapidfuzz import fuzz, process

from services.nlu.domain.names import HAN, UNIT, Form, forms_of, units_of, words_for_kind
from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity

SEARCHED = 400
"""Only the first characters of a message are searched: its length must not decide how long a turn takes."""
LONGEST = 12
SIMILAR, SIMILAR_HAN = 79.0, 75.0
"""How alike a misspelt word must be to one of a name, and a stretch of text to a whole Chinese name."""
SHORTEST_MISSPELT, SHORTEST_HAN = 5, 4
MOST_CHINESE = 20
ALSO_VERBS = frozenset({"watch", "fan", "scale", "coat", "belt", "cable", "adapter", "tee", "lamp", "dress", "shirt"})
"""Words that name a thing only behind an article or the like: "the watch", but not "watch out"."""
DETERMINER = re.compile(
    r"(?:\b(?:the|a|an|my|this|that|your|new|one|these|those|his|her|which|of|any)|[0-9])\s+(?:[a-z]+\s+)?$",
    re.IGNORECASE,
)
BEFORE_NAME = re.compile(r"\b(?:the|my|or|than|vs\.?|versus|and|a|pair of)\s+$", re.IGNORECASE)
AFTER_NAME = re.compile(
    r"\s*+(?:$|[,.?!;:)]|(?:or|and|vs|versus|is|are|in|than|which|have|has|for|with|work|come|does)\b|'s)",
    re.IGNORECASE,
)
AFTER_CHINESE = re.compile(
    r"\s*+(?:$|[,.?!，。？！、的]|[和跟与比或还哪有怎多放到改选那这贵轻是为啥好更能可要防跑穿])", re.IGNORECASE
)
Hit = tuple[int, int, Form]


@dataclass(frozen=True)
class Gazetteer:
    """The catalogue's names: `forms` by their squeezed spelling, whole ones and those that are one product's only."""

    forms: Mapping[str, Form] = field(default_factory=dict)
    vocabulary: tuple[str, ...] = ()
    chinese: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names by each pair of neighbouring characters, for those that are misspelt."""
    units: int = 0
    things: frozenset[str] = frozenset()
    """The words for kinds of things, one or several of which may be in the catalogue."""

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(spelt[:size] for spelt in self.forms for size in range(1, len(spelt) + 1))

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]], prose: str = "") -> "Gazetteer":
        """From (product id, name) pairs; a product may have several names.

        A short form counts as a name too, if it is one product's only: "rain jacket" for the Swift Rain Jacket. The
        first word of a name stands alone ("the Heron") unless it is also an ordinary word of the catalogue's `prose`.
        """
        known = tuple(names)
        full = [(product, units_of(name)) for product, name in known]
        words = sorted({unit for _, units in full for unit in units if unit.isascii() and unit.isalpha()})
        longest = max((len(units) for _, units in full), default=0)
        pairs = _by_pairs({"".join(units) for _, units in full})
        things = frozenset(word for _, units in full for word in words_for_kind(units))
        return cls(forms_of(full, prose), tuple(words), pairs, min(longest, LONGEST), things)

    def mentions(self, original: str, text: MatchText) -> tuple[Entity, ...]:
        """The longest names in order; several entities share a stretch when it names several products."""
        found = [mention for mentions in self.named_and_kinds(original, text) for mention in mentions]
        return tuple(sorted(found, key=lambda entity: (entity.start, entity.value)))

    def named_and_kinds(self, original: str, text: MatchText) -> tuple[list[Entity], list[Entity]]:
        """Products by name, and those that a word for their kind means: "the kettle" where there is only one."""
        said = text.text[:SEARCHED]
        hits = [*self._exact(said), *self._misspelt_chinese(said)] if self.forms else []
        taken: list[tuple[int, int]] = []
        named: list[Entity] = []
        kinds: list[Entity] = []
        for start, end, form in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
            if any(start < other[1] and other[0] < end for other in taken):
                continue
            taken.append((start, end))
            first, last = text.span(start, end)
            span = {"text": original[first:last], "start": first, "end": last}
            group = kinds if form.kind == "category" else named
            group += [Entity(type="product", value=product, **span) for product in form.products]
        return named, kinds

    def _exact(self, said: str) -> Iterator[Hit]:
        """Names whose words are there, each of them perhaps misspelt."""
        units = [(match.group().lower(), *match.span()) for match in UNIT.finditer(said)]
        words = [_corrected(unit, self.vocabulary) for unit, _, _ in units]
        for first in range(len(units)):
            name = ""
            for place in range(first, min(first + self.units, len(units))):
                name += words[place]
                if name not in self._beginnings:
                    break
                form = self.forms.get(name)
                span = units[first][1], units[place][2]
                if form and _may_stand(form, said, span, corrected=words[first] != units[first][0]):
                    yield *span, form

    def _misspelt_chinese(self, said: str) -> Iterator[Hit]:
        """Whole names with one wrong character."""
        if said.isascii():
            return
        names = {name for place in range(len(said) - 1) for name in self.chinese.get(said[place : place + 2], ())}
        for name in sorted(names)[:MOST_CHINESE]:
            aligned = fuzz.partial_ratio_alignment(name, said, score_cutoff=SIMILAR_HAN)
            if aligned is None or aligned.dest_end - aligned.dest_start != len(name):
                continue
            stretch = said[aligned.dest_start : aligned.dest_end]
            if all(map(HAN.match, stretch)) and sum(map(str.__ne__, stretch, name)) == 1:
                yield aligned.dest_start, aligned.dest_end, self.forms[name]


def _may_stand(form: Form, said: str, span: tuple[int, int], *, corrected: bool) -> bool:
    """A single word is doubtful: it must be spelt right, and stand where a name or a thing stands."""
    start, end = span
    if form.kind == "name":
        return True
    if corrected and len(units_of(said[start:end])) == 1:
        return False
    if form.kind == "category":
        return said[start:end].lower() not in ALSO_VERBS or DETERMINER.search(said[:start]) is not None
    if not said[start].isascii():
        return AFTER_CHINESE.match(said, end) is not None
    if said[start].isupper() and said[:start].strip() and not said.isupper():
        return True
    return AFTER_NAME.match(said, end) is not None and (
        BEFORE_NAME.search(said[:start]) is not None or not said[:start]
    )


def _by_pairs(whole: Iterable[str]) -> dict[str, tuple[str, ...]]:
    pairs: dict[str, set[str]] = {}
    for name in whole:
        if len(name) >= SHORTEST_HAN and all(map(HAN.match, name)):
            for place in range(len(name) - 1):
                pairs.setdefault(name[place : place + 2], set()).add(name)
    return {pair: tuple(sorted(names)) for pair, names in pairs.items()}


@lru_cache(maxsize=8192)
def _corrected(unit: str, vocabulary: tuple[str, ...]) -> str:
    """The word of a name that was probably meant, or the unit itself."""
    if len(unit) < SHORTEST_MISSPELT or not unit.isascii() or unit in vocabulary:
        return unit
    best = process.extractOne(unit, vocabulary, scorer=fuzz.ratio, score_cutoff=SIMILAR)
    return str(best[0]) if best and best[0][0] == unit[0] and len(best[0]) >= SHORTEST_MISSPELT else unit

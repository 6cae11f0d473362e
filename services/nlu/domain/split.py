"""Where a message may hold more than one request. Only proposes: understanding decides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_PARTS = 4
EN_MORE = (
    r"(?:and also|also|plus|besides|additionally|in addition|(?:and )?by the way|btw|oh and|"
    r"(?:and )?(?:another|one more) (?:thing|question)|while you(?:'re| are) at it)\b[,:]?"
)
ZH_MORE = (
    r"(?:另外(?:再|还|也)?|还有(?:就是|个问题|一个问题|一件事)?(?![多几没吗剩货效0-9]|现货|库存)|对了|再问(?:一下|下|个)?|还想(?:再)?问(?:一下|下)?|再就是|"
    r"除此之外|以及|顺便(?:再)?(?:问一下|问下|问问|问|帮我|查下|查一下)?)[,，:]?"
)
"""Words that announce another request."""
SENTENCE_END = (
    r"(?P<stop>[.?!…]++(?=\s|$)|[。？！?!；;\n]++)\s*+"
    rf"(?:(?P<more>{EN_MORE}|{ZH_MORE})\s*|(?:and|but|then)\s+)?"
)
CONJUNCTION = (
    rf"[,，]?\s++(?P<more_en>{EN_MORE})\s+|[,，\s]*+(?P<more_zh>{ZH_MORE})\s*+"
    r"|[,，]?\s++(?:(?P<and>and)(?:\s+then)?|but|as well as)\s+|[,，]?\s*+(?:并且|而且|同时|然后)[,，]?"
)
BOUNDARY = re.compile(f"{SENTENCE_END}|{CONJUNCTION}", re.IGNORECASE)
BOUNDARY_OR_COMMA = re.compile(f"{SENTENCE_END}|{CONJUNCTION}|[,，]", re.IGNORECASE)
GOES_ON = re.compile(
    r"(?:if|whether|nobody|no one|want to|would like to|it|its|they|them|their|this|that|these|those|he|she|because|"
    r"since|so|which|who|as)\b|[它他她]|这|那|因为|由于|所以|不然|否则",
    re.IGNORECASE,
)

THING = re.compile(r"(?:the|my|a|an)\s", re.IGNORECASE)
CLAUSE = re.compile(
    r"\b(?:i|you|we|it|they|is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|may|might|must|"
    r"came|comes?|arrived?|broke|stopped|works?|worked|never|where|how|what|when|why|which|who|cancel|return|exchange|"
    r"change|send|refund|buy|need|want|please|get|got|looks?|seems?|says?)\b|n't",
    re.IGNORECASE,
)
"""Words of a sentence: without any, "the lamp for a black one" only goes on with a list."""
LISTED = re.compile(
    r"(?:[a-z'-]+(?:\s[a-z'-]+)?|[0-9]{1,3}(?::[0-9]{2})?(?:\s?[a-z]+)?|[0-9]{4}\s?[ap]m)[?!]*", re.IGNORECASE
)
"""A word or two, or a number that is short for an order's, perhaps with its unit."""
NO_BOUNDARY = re.compile(r"\b(?:hundred|thousand|go ahead|try)$", re.IGNORECASE)
"""Before a bare "and": "two hundred and fifty", "go ahead and cancel it"."""
LONGEST_BEFORE = 10


@dataclass(frozen=True)
class Part:
    """A range of the message, in code points."""

    start: int
    end: int
    announced: bool = field(default=False, compare=False)
    """Whether the words before it say that this is something else: "also", "另外"."""

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def through(self, later: "Part") -> "Part":
        """The range from here to the end of a later part."""
        return Part(self.start, later.end, self.announced)


Wish = tuple[Part, Part]
"""What may be a request, without and with what only goes on with it."""


@dataclass(frozen=True)
class Outline:
    """A message and the runs of its wishes, one of `texts` for each run."""

    text: str
    wishes: tuple[Wish, ...]
    runs: tuple[Part, ...]
    texts: tuple[str, ...]

    @property
    def opening(self) -> tuple[str, ...]:
        """What shows whether the rest matters: the whole, and what begins each later wish."""
        return self.texts[: len(self.wishes)]

    @property
    def rest(self) -> tuple[str, ...]:
        return self.texts[len(self.wishes) :]


def parts_of(text: str, *, at_commas: bool = False) -> list[Part]:
    """The parts between sentence ends and conjunctions, at least one, at most MOST_PARTS; the last holds the rest."""
    boundary = BOUNDARY_OR_COMMA if at_commas else BOUNDARY
    parts: list[Part] = []
    start, announced = 0, False
    for match in boundary.finditer(text):
        if len(parts) == MOST_PARTS - 1:
            break
        if match["and"] and NO_BOUNDARY.search(text, max(match.start() - LONGEST_BEFORE, 0), match.start()):
            continue
        # A question mark belongs to what it ends; a conjunction to neither side.
        end = match.end("stop") if match["stop"] else match.start()
        parts += _stripped(text, start, end, announced)
        start, announced = match.end(), any(match[name] for name in ("more", "more_en", "more_zh"))
    parts += _stripped(text, start, len(text), announced)
    return parts or [Part(0, len(text))]


def wishes_of(text: str, parts: Sequence[Part]) -> list[Wish]:
    """The parts that may be requests of their own, each alone and together with what only goes on with it."""
    wishes: list[Wish] = []
    for part in parts:
        if wishes and (goes_on(part.of(text)) or _only_lists(text, wishes[-1][1], part)):
            first, whole = wishes.pop()
            wishes.append((first, whole.through(part)))
        else:
            wishes.append((part, part))
    return wishes


def runs_of(wishes: Sequence[Wish]) -> list[Part]:
    """Each range whose intent understanding may want to know: the whole, what begins each later wish, and the rest."""
    wholes = [whole for _, whole in wishes]
    if len(wholes) == 1:
        return wholes
    runs = (first.through(last) for place, first in enumerate(wholes) for last in wholes[place:])
    return list(dict.fromkeys((wholes[0].through(wholes[-1]), *(first for first, _ in wishes[1:]), *runs)))


def goes_on(said: str) -> bool:
    """Whether these words speak of what was said before, as in "they are too small": no request of their own.

    Nor is the rest of a list one: "exchange the kettle for a white one and the lamp for a black one".
    """
    return GOES_ON.match(said) is not None or (THING.match(said) is not None and not CLAUSE.search(said))


def _only_lists(text: str, before: Part, part: Part) -> bool:
    """The second half of "dollars and euros", of "9 and 10:30": a word or two, none of a sentence, in the same one."""
    said = part.of(text)
    in_sentence = not part.announced and before.of(text)[-1:].isalnum()
    return in_sentence and LISTED.fullmatch(said) is not None and not CLAUSE.search(said)


def _stripped(text: str, start: int, end: int, announced: bool) -> list[Part]:
    said = text[start:end]
    if not any(character.isalnum() for character in said):
        return []
    lead = len(said) - len(said.lstrip(" \t\r\n,，"))
    return [Part(start + lead, start + len(said.rstrip()), announced)]

"""A trained tagger's view of a text: tokens, what is said about each, and spans from labels.

A linear-chain CRF (Lafferty et al., 2001) labels each token as the beginning of a mention, its inside or neither
(BIO). A first model guesses what the whole sentence is about; its guess is a feature of every token.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.nlu.domain.spans import Span
from services.nlu.domain.text import match_text

TOKEN = re.compile(r"[0-9]+|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|[^\w\s]|_")
SEARCHED = 1_000
"""Only the first characters of a message are tagged: its length must not decide how long a turn takes."""
OUTSIDE = "O"
BEFORE, AFTER = ("<2", "<1"), (">1", ">2")
LONGEST_AFFIX = 4
Features = list[list[str]]


class Labeller(Protocol):
    """A fitted model: one label for each item of a sequence of features."""

    def tag(self, items: Features, /) -> list[str]: ...


@dataclass(frozen=True)
class Token:
    """A word, a number, a Chinese character or a mark; offsets are those of the original text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Tagger:
    """Finds the mentions that it was fitted to. `cue` labels sentences, `words` labels tokens."""

    cue: Labeller
    words: Labeller
    files: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    """The fitted models as they lie on disk, by name."""

    def spans(self, text: str) -> tuple[Span, ...]:
        """The mentions in order, none overlapping another."""
        tokens = tokens_of(text[:SEARCHED])
        if not tokens:
            return ()
        (cue,) = self.cue.tag([sentence_features(tokens)])
        return spans_of(tokens, self.words.tag(token_features(tokens, cue)))


def tokens_of(original: str) -> list[Token]:
    """The tokens of a text in its normalised form."""
    text = match_text(original)
    tokens: list[Token] = []
    for match in TOKEN.finditer(text.text):
        start, end = text.span(*match.span())
        # One character may be written out as several words: the first of them stands for all.
        if not tokens or tokens[-1].end <= start:
            tokens.append(Token(match.group(), start, end))
    return tokens


def labels_of(tokens: Sequence[Token], spans: Sequence[Span]) -> list[str]:
    """The label of each token; a span that holds no whole token is left out."""
    labels = [OUTSIDE] * len(tokens)
    for span in spans:
        inside = [place for place, token in enumerate(tokens) if span.start <= token.start and token.end <= span.end]
        for place in inside:
            labels[place] = f"{'B' if place == inside[0] else 'I'}-{span.type}"
    return labels


def spans_of(tokens: Sequence[Token], labels: Sequence[str]) -> tuple[Span, ...]:
    """The spans that labels describe; an inside without its beginning counts as one."""
    spans: list[Span] = []
    for place, (token, label) in enumerate(zip(tokens, labels, strict=True)):
        mark, _, kind = label.partition("-")
        if mark == "I" and place and labels[place - 1] != OUTSIDE and spans[-1].type == kind:
            spans[-1] = Span(spans[-1].start, token.end, kind)
        elif mark != OUTSIDE:
            spans.append(Span(token.start, token.end, kind))
    return tuple(spans)


def sentence_features(tokens: Sequence[Token]) -> list[str]:
    """The words of a sentence, alone and in pairs, in no order."""
    words = [token.text.lower() for token in tokens]
    pairs = [f"{one} {other}" for one, other in zip(words, words[1:], strict=False)]
    return sorted({*words, *pairs})


def token_features(tokens: Sequence[Token], cue: str) -> Features:
    """What is said about each token: itself, its neighbours, its form, and all that together with the cue."""
    words = [*BEFORE, *(token.text.lower() for token in tokens), *AFTER]
    shapes = ["", *(shape(token.text) for token in tokens), ""]
    return [_features(words[i : i + 5], shapes[i : i + 3], cue) for i in range(len(tokens))]


def _features(words: Sequence[str], shapes: Sequence[str], cue: str) -> list[str]:
    """`words` holds two neighbours on each side, `shapes` one."""
    two_before, before, word, after, two_after = words
    alone = (
        f"-2={two_before}", f"-1={before}", f"0={word}", f"+1={after}", f"+2={two_after}", f"shape={shapes[1]}"
    )  # fmt: skip
    together = (
        f"-1|0={before}|{word}", f"0|+1={word}|{after}", f"-1|+1={before}|{after}",
        f"-2|-1={two_before}|{before}", f"+1|+2={after}|{two_after}",
        f"shape-1={shapes[0]}", f"shape+1={shapes[2]}", f"shape-1|0={shapes[0]}|{shapes[1]}",
    )  # fmt: skip
    with_cue = (f"{cue}|{feature}" for feature in alone)
    return [f"cue={cue}", *alone, *together, *with_cue, *_affixes(word)]


def _affixes(word: str) -> Iterator[str]:
    for size in range(1, min(LONGEST_AFFIX, len(word) - 1) + 1):
        yield f"begins={word[:size]}"
        yield f"ends={word[-size:]}"


SHAPES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"[0-9]"), "0"),
    (re.compile(r"[\u3400-\u9fff]"), "字"),
    (re.compile(r"[^\W\d_字]"), lambda match: "X" if match.group().isupper() else "x"),
    (re.compile(r"(.)\1+"), r"\1\1"),
)


def shape(word: str) -> str:
    """`Xxx` for "Berlin", `00` for 2026: the kinds of characters, runs cut to two."""
    for pattern, kind in SHAPES:
        word = pattern.sub(kind, word)
    return word[:6]

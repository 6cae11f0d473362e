"""What of a text that a model is still writing may be shown: sentences that passed the check, in their order."""

from dataclasses import dataclass, field

from services.generator.domain.check import Ground, check_sentence
from services.generator.domain.check.form import LONGEST_SENTENCE, has_markup, too_long
from services.generator.domain.check.repeats import circles
from services.generator.domain.check.text import normal, sentences
from services.generator.domain.check.words import terms

SHARED_TERMS = 2
"""So many terms of the first passage make a sentence more than courtesy."""
MOST_DROPPED = 4
"""A reply has at most eight sentences and keeps half of them: with one more dropped it cannot be saved."""


@dataclass(frozen=True)
class Released:
    """The sentences that passed, joined; None where the grounded answer has to be taken. `faults` are counted."""

    text: str | None
    faults: tuple[str, ...]


@dataclass
class Release:
    """Judges each sentence once it is whole. What was shown is always the beginning of what is released in the end.

    Courtesy alone waits for a sentence that says something of the ground, unless `courtesy_will_do`. A text that
    begins to repeat itself or becomes too long ends before that sentence; markup spoils a text as a whole.
    """

    ground: Ground
    courtesy_will_do: bool = False
    written: str = ""
    shown: str = ""
    over: bool = False
    _judged: list[str] = field(default_factory=list)
    _waiting: list[str] = field(default_factory=list)
    _faults: list[str] = field(default_factory=list)
    _kept: int = 0
    _dropped: int = 0
    _failed: bool = False

    def feed(self, piece: str) -> str:
        """Takes the next piece of the text; returns what may be shown now. `over`: no further piece can be used."""
        self.written += piece
        parts = sentences(self.written)
        fresh = "".join([self._judge(part) for part in parts[len(self._judged) : -1]])
        if parts and not self.over and len(parts[-1]) > LONGEST_SENTENCE[self.ground.language]:
            self._cut("length")
        return fresh

    def end(self, *, whole: bool) -> str:
        """Nothing more comes; an unfinished sentence is left out. Returns what may be shown now."""
        rest = sentences(self.written)[len(self._judged) :]
        if self.over or not rest:
            return ""
        if whole:
            return "".join([self._judge(part) for part in rest])
        fresh = "".join([self._judge(part) for part in rest[:-1]])
        self._dropped += 1
        return fresh

    @property
    def result(self) -> Released:
        """The verdict on the whole: it fails if more was dropped than kept, or if what is kept says nothing."""
        if self._failed or not self.shown or self._kept < self._dropped:
            return Released(None, tuple(self._faults) or (("cut_off",) if self._dropped else ("says_nothing",)))
        return Released(self.shown, tuple(self._faults))

    def _judge(self, sentence: str) -> str:
        if self.over:
            return ""
        if has_markup(sentence):
            self._failed = self.over = True
            self._faults.append("markup")
            return ""
        if too_long([*self._judged, sentence], self.ground.language):
            self._cut("length")
            return ""
        if circles([*self._judged, sentence], self.ground.language):
            self._cut("repeated")
            return ""
        self._judged.append(sentence)
        faults = check_sentence(sentence, self.ground)
        if faults:
            self._faults += faults
            self._dropped += 1
            self.over = self._dropped > MOST_DROPPED
            return ""
        self._kept += 1
        return self._show(sentence)

    def _show(self, sentence: str) -> str:
        self._waiting.append(sentence)
        if not (self.shown or self.courtesy_will_do or _says_something(sentence, self.ground)):
            return ""
        blank = " " if self.ground.language == "en" else ""
        fresh = (blank if self.shown else "") + blank.join(self._waiting)
        self._waiting.clear()
        self.shown += fresh
        return fresh

    def _cut(self, fault: str) -> None:
        self._faults.append(fault)
        self._dropped += 1
        self.over = True


def released(written: str, ground: Ground, *, whole: bool = True) -> Released:
    """What is released of a text that came in one piece; `whole` is False where it was cut off before its end."""
    release = Release(ground)
    release.feed(written)
    release.end(whole=whole)
    return release.result


def _says_something(sentence: str, ground: Ground) -> bool:
    """Whether it speaks of what is to be said above all, not of something else that the passages hold, too."""
    said = terms(normal(sentence), ground.language)
    return len(said & ground.core) >= min(SHARED_TERMS, len(ground.core))

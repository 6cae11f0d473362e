"""Which replies a model may phrase, and what of its words is released."""

from dataclasses import dataclass

from services.generator.domain.check import Ground, Sentence, check_reply
from services.generator.domain.check.text import normal
from services.generator.domain.check.words import words
from shared.contracts.messages import PlannedReply, Reply

PHRASED = frozenset({"answer_from_knowledge"})
"""Responses that a model may phrase. None of them changes, shows or asks for anything."""


@dataclass(frozen=True)
class Released:
    """The sentences that passed, joined; None where the grounded answer has to be taken. `faults` are counted."""

    text: str | None
    faults: tuple[str, ...]


def may_be_phrased(planned: PlannedReply) -> bool:
    """Whether a model may try: an answer that proves no act and waits for nothing."""
    return planned.response in PHRASED and not planned.acts and planned.expects.kind == "none"


def ground_of(planned: PlannedReply, grounded: Reply) -> Ground:
    """What the reply may say: the grounded answer and the passages it was taken from."""
    passages = dict.fromkeys((grounded.text, *(source.passage for source in planned.sources)))
    titles = tuple(source.title for source in planned.sources)
    return Ground(grounded.language, tuple(passage for passage in passages if passage), titles)


def released(written: str, ground: Ground, *, whole: bool = True) -> Released:
    """Drops the sentences that fail, and the last one of a text that was cut off.

    The reply as a whole fails if more is dropped than kept, or if what is kept says nothing.
    """
    verdict = check_reply(written, ground)
    finished = verdict.sentences if whole else verdict.sentences[:-1]
    kept = [sentence for sentence in finished if not sentence.faults]
    faults = (*verdict.faults, *(fault for sentence in finished for fault in sentence.faults))
    if verdict.faults or 2 * len(kept) < len(verdict.sentences):
        return Released(None, faults or ("cut_off",))
    if not any(_says_something(sentence, ground) for sentence in kept):
        return Released(None, faults or ("says_nothing",))
    return Released((" " if ground.language == "en" else "").join(sentence.text for sentence in kept), faults)


def _says_something(sentence: Sentence, ground: Ground) -> bool:
    return any(word in ground.words for word in words(normal(sentence.text), ground.language))

"""Whether what a language model wrote may be said: rules over its text and what is known. Pure."""

from services.generator.domain.check.ground import Ground
from services.generator.domain.check.rules import SENTENCE, WHOLE, Sentence, Verdict, check_reply, check_sentence

__all__ = ["SENTENCE", "WHOLE", "Ground", "Sentence", "Verdict", "check_reply", "check_sentence"]

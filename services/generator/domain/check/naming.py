"""Names that are nearly right: words glued together, parts of two names in one, a name with a piece of another word."""

import re
from itertools import pairwise

from services.generator.domain.check.ground import Ground
from services.generator.domain.check.text import normal
from services.generator.domain.check.words import stem
from services.generator.domain.check.words_en import COMMON, SAME

LEAST_PART = 4
"""Letters of a word that is recognised inside another."""
LEAST_HAN = 3
LEAST_NAME, ALIKE = 4, 0.7
"""Characters of a name that is recognised with some of them changed, and the share of them that must be the same."""
_WORD = re.compile(r"[A-Za-z]+(?:'s)?")
_RUN = re.compile(r"[A-Z][A-Za-z]*(?:'s)?(?: (?:[A-Z][A-Za-z]*|\d+)(?:'s)?)+")
_CAMEL = re.compile(r"[a-z]{2}[A-Z][a-z]{2}")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_REST = re.compile(r"(?:'s|s|es|ed|ing|er|ers|able|less|ful|ly|al|ity|ment|ness)?")


def garbled(sentence: str, ground: Ground) -> bool:
    """Whether a sentence as it stands holds a name that is made of known words but is none."""
    return _garbled_zh(sentence, ground) if ground.language == "zh" else _garbled_en(sentence, ground)


def _garbled_en(sentence: str, ground: Ground) -> bool:
    tokens = _WORD.findall(sentence)
    known = _WORD.findall("\n".join((*ground.passages, *ground.facts, *ground.names)))
    spelt = {word.lower().removesuffix("'s") for word in known}
    capital = {word.lower() for name in (*ground.names, *_runs(ground)) for word in _WORD.findall(name)} - COMMON
    joined = {one.lower() + other.lower() for one, other in pairwise(known) if min(len(one), len(other)) >= LEAST_PART}
    fresh = [token for token in tokens if token.lower().removesuffix("'s") not in spelt]
    if any(_glued(token, capital, joined) for token in fresh):
        return True
    return any(_mixed(run.split(), ground) for run in _RUN.findall(sentence))


def _runs(ground: Ground) -> list[str]:
    """Names of several words that the passages hold."""
    return [run for passage in ground.passages for run in _RUN.findall(passage)]


def _glued(token: str, capital: set[str], joined: set[str]) -> bool:
    word = token.lower().removesuffix("'s")
    if word in SAME or word in COMMON:
        return False
    if word in joined or word.removesuffix("s") in joined or _CAMEL.search(token):
        return True
    if not token[0].isupper():
        return False
    return any(_inside(word, name) for name in capital if len(name) >= LEAST_PART)


def _inside(word: str, name: str) -> bool:
    """Whether a word holds a name, or a name the word, and it is not another form of the same."""
    if stem(word) == stem(name):
        return False
    if word.startswith(name):
        return not _REST.fullmatch(word[len(name) :])
    if word.endswith(name):
        return True
    return len(word) >= LEAST_PART and (name.startswith(word) or name.endswith(word))


def _mixed(run: list[str], ground: Ground) -> bool:
    """Whether capitalised words in a row take up two words of names that no name has in that order."""
    said = [word.lower().removesuffix("'s") for word in run]
    named = [[word.lower() for word in re.findall(r"\w+", name)] for name in (*ground.names, *_runs(ground))]
    vocabulary = {word for name in named for word in name} - COMMON
    said = said[next((at for at, word in enumerate(said) if word in vocabulary), len(said)) :]
    if len(said) < 2 or not ground.names or re.search(rf"\b{re.escape(' '.join(said))}\b", ground.known):
        return False
    if any(word not in vocabulary and any(_inside(word, name) for name in vocabulary) for word in said):
        return True
    mine = {word for name in ground.names for word in re.findall(r"\w+", name.lower())}
    return (
        sum(word in vocabulary for word in said) > 1
        and bool(mine & set(said))
        and not any(_in_order(said, name) for name in named)
    )


def _in_order(said: list[str], name: list[str]) -> bool:
    rest = iter([*name, *(f"{word}s" for word in name[-1:]), *(word.removesuffix("s") for word in name[-1:])])
    return all(word in rest for word in said)


def _garbled_zh(sentence: str, ground: Ground) -> bool:
    """Chinese has no capitals: a run of the names' own characters that begins or mixes names but is part of none."""
    names = ["".join(_HAN.findall(name)) for name in ground.names]
    pieces = {name[at : at + 2] for name in names for at in range(len(name) - 1)}
    heads = {name[0] for name in names if name}
    runs = re.findall(f"[{''.join(names)}]+", normal(sentence)) if heads else []
    if any(_nearly(normal(sentence), name, ground.known) for name in names):
        return True
    left = [part for run in runs for part in _without(names, run) if len(part) >= LEAST_HAN]
    return any(_is_mix(part, names, pieces, heads) and part not in ground.known for part in left)


def _nearly(text: str, name: str, known: str) -> bool:
    """Whether a text has a name with a character or two of it put otherwise, and does not have it as it is."""
    size = len(name)
    pieces = (
        {text[at : at + size] for at in range(len(text) - size + 1)} if size >= LEAST_NAME and name not in text else ()
    )
    return any(
        piece[0] == name[0] and piece[-1] == name[-1] and piece not in known
        and sum(one == other for one, other in zip(piece, name, strict=True)) >= ALIKE * size
        for piece in pieces
    )  # fmt: skip


def _without(names: list[str], run: str) -> list[str]:
    """What is left of a run between whole names."""
    return re.split("|".join(map(re.escape, sorted(filter(None, names), key=len, reverse=True))), run)


def _is_mix(run: str, names: list[str], pieces: set[str], heads: set[str]) -> bool:
    held = any(run[at : at + 2] in pieces for at in range(len(run) - 1))
    return held and bool(heads & set(run)) and not any(_letters_in_order(run, name) for name in names)


def _letters_in_order(run: str, name: str) -> bool:
    rest = iter(name)
    return all(char in rest for char in run)

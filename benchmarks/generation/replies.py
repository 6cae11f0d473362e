"""Replies labelled by hand: what is known, what was written, and whether it may be said."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from services.generator.domain.check import SENTENCE, WHOLE, Ground
from shared.errors import ConfigError

GOOD = "good"
NEEDED = {"language", "facts", "good", "bad"}


@dataclass(frozen=True)
class Labelled:
    """A reply over its ground; `kind` is GOOD or the fault that was written into it."""

    ground: Ground
    text: str
    kind: str


def read_replies(path: Path) -> list[Labelled]:
    """The labelled replies of a file. Raises ConfigError, naming the file and the group."""
    try:
        groups = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise ConfigError(f"{path} cannot be read as YAML: {exc}") from exc
    if not isinstance(groups, list):
        raise ConfigError(f"{path}: expected a list of groups with language, facts, good and bad")
    return [reply for number, group in enumerate(groups, 1) for reply in _group(group, f"{path}, group {number}")]


def _group(group: object, where: str) -> Iterator[Labelled]:
    if not isinstance(group, dict) or not NEEDED <= group.keys() <= NEEDED | {"question", "names", "titles"}:
        raise ConfigError(
            f"{where}: a group has language, facts, good, bad, and at most question, names and titles beside them"
        )
    if unknown := set(group["bad"]) - SENTENCE.keys() - WHOLE.keys():
        raise ConfigError(f"{where}: no rule finds {', '.join(sorted(unknown))}; kinds are {', '.join(SENTENCE)}")
    names = tuple(str(name) for name in group.get("names", ()))
    facts = group["facts"] if isinstance(group["facts"], list) else [group["facts"]]
    known = tuple(map(str, group.get("titles", names)))
    ground = Ground(group["language"], tuple(map(str, facts)), known, asked=group.get("question", ""), names=names)
    yield from (Labelled(ground, text, GOOD) for text in group["good"])
    yield from (Labelled(ground, text, kind) for kind, texts in group["bad"].items() for text in texts)

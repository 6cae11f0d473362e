"""A labelled sentence of a collection, and what must not be torn apart when it is split."""

from dataclasses import dataclass
from pathlib import Path

from services.nlu.adapters.examples import Example, Span
from shared.errors import ConfigError


@dataclass(frozen=True)
class Item:
    """`group` names what stays on one side of a split; `part` is the collection's own, such as train or val."""

    example: Example
    group: str
    part: str = ""


def read(path: Path, encoding: str = "utf-8-sig") -> str:
    """The file's text; raises ConfigError if it is not there."""
    try:
        return path.read_text(encoding)
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read; --data names the folder of the collection") from exc


def trimmed(text: str, spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """The text without blanks around it, its spans moved along."""
    lost = len(text) - len(text.lstrip())
    bare = text.strip()
    moved = (Span(max(0, s.start - lost), min(len(bare), s.end - lost), s.type) for s in spans)
    return bare, tuple(span for span in moved if span.start < span.end)

"""What every form of export is read into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.nlu.adapters.exports.columns import Columns
from shared.errors import ConfigError


@dataclass(frozen=True)
class Record:
    """One message as it stands in the export, and the line on which it begins."""

    line: int
    text: str
    intent: str | None = None
    role: str | None = None
    name: str | None = None
    language: str | None = None
    entities: Any = None


@dataclass(frozen=True)
class Asked:
    """What somebody says about the export, where its own headings do not."""

    text: str | None = None
    intent: str | None = None
    encoding: str | None = None
    agents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """A file as it was read: its form, its encoding, and what was taken for what."""

    form: str
    records: list[Record]
    columns: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Place:
    """A line of a file, for errors."""

    source: str

    def error(self, line: int, message: str, remedy: str) -> ConfigError:
        return ConfigError(f"{self.source}:{line}: {message}; {remedy}")


def no_text(source: str, names: Sequence[str]) -> ConfigError:
    there = ", ".join(f"`{name}`" for name in names[:12])
    return ConfigError(
        f"{source}: none of its columns is known to hold what customers say ({there}); name it with --text COLUMN"
    )


def record(row: dict[str, Any], columns: Columns, line: int) -> Record:
    """The record of a row; what is no text where a text belongs counts as absent."""
    told = {meaning: _text(row.get(column)) for meaning, column in columns.told().items() if meaning != "entities"}
    text = told.pop("text") or ""
    return Record(line, text, entities=row.get(columns.entities) if columns.entities else None, **told)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

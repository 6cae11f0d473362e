"""Answered questions kept in a file as they come: a run that breaks off goes on, and one that ended is judged anew.

The file has a line of JSON for each: first what the run is of, then the questions in their order.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.commands.generation.finding import Found
from services.generator.domain.check import Ground
from shared.errors import ConfigError

_TUPLES = ("passages", "facts", "receipts", "names")


@dataclass(frozen=True)
class Row:
    """A question, what was found for it (None where the shop knows nothing), and the raw text of the model.

    `whole` is False where the text was stopped before its end, `seconds` how long finding and writing took.
    """

    question: str
    found: Found | None
    written: str = ""
    whole: bool = True
    seconds: float = 0.0


class RowFile:
    """The rows of one run. `about` says which; rows of another are never mixed in."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        """Raises ConfigError where the file is of another run, or none of ours."""
        self._path = path
        self.about, self.rows = read_rows(path) if path.exists() else (about, [])
        if other := sorted(key for key in about if self.about.get(key) != about[key]):
            raise ConfigError(f"{path} is of another run (its {', '.join(other)}); name another --report, or remove it")
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_line(about), encoding="utf-8")

    def add(self, row: Row) -> None:
        """Writes a row to the end of the file."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(asdict(row)))
        self.rows.append(row)


def read_rows(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """What a file's run is of, and its rows; a last line that broke off is taken out. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} cannot be read: {exc}; run without --recheck first") from exc
    kept = text[: text.rfind("\n") + 1]
    if kept != text:
        path.write_text(kept, encoding="utf-8")
    lines = kept.splitlines()
    if not lines:
        raise ConfigError(f"{path} is empty: remove it")
    read = [_read(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)]
    return read[0], [_row(content, f"{path}, line {number}") for number, content in enumerate(read[1:], 2)]


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"


def _read(line: str, where: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError as exc:
        raise ConfigError(f"{where}: no JSON ({exc}); remove the file") from exc
    if not isinstance(content, dict):
        raise ConfigError(f"{where}: no row of answers; remove the file")
    return content


def _row(content: dict[str, Any], where: str) -> Row:
    try:
        found = content["found"]
        if found is not None:
            ground: dict[str, Any] = {
                name: tuple(value) if name in _TUPLES else value for name, value in found["ground"].items()
            }
            content["found"] = Found(**{**found, "ground": Ground(**ground)})
        return Row(**content)
    except (KeyError, TypeError, AttributeError) as exc:
        raise ConfigError(f"{where}: no row of answers ({exc}); remove the file") from exc

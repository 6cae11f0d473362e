"""From files to what customers said: the one door of this package."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.nlu.adapters.exports.columns import is_shop, names_shop
from services.nlu.adapters.exports.documents import read_document, read_lines
from services.nlu.adapters.exports.encodings import decoded
from services.nlu.adapters.exports.records import Asked, Export, Place, Record
from services.nlu.adapters.exports.tables import looks_like_table, read_table
from services.nlu.adapters.exports.transcripts import read_transcript
from services.nlu.domain.masking import Mark
from services.nlu.domain.preparing.rows import Drop, Row
from shared.errors import ConfigError

MOST_BYTES = 512 * 1024 * 1024
LINES = {".jsonl", ".ndjson"}
TABLES = {".csv", ".tsv", ".tab"}
TEXTS = {".txt", ".log", ".text", ".chat"}
SUFFIXES = {*LINES, *TABLES, *TEXTS, ".json"}


@dataclass(frozen=True)
class Source:
    """All that was read: what customers said, what was left out as the shop's own, who wrote, and how it was read."""

    rows: list[Row]
    drops: list[Drop]
    names: frozenset[str]
    files: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)


def read_source(path: Path, asked: Asked) -> Source:
    """The export in a file, or in all files of a folder. Raises ConfigError, with the line where there is one."""
    exports = [(file, read_export(file, asked)) for file in _files(path)]
    records = [(str(file), record) for file, export in exports for record in export.records]
    speaks = _speaker(records, asked.agents)
    rows: list[Row] = []
    drops: list[Drop] = []
    several = len(exports) > 1
    for file, record in records:
        row = _row(record, file, several)
        if speaks(record):
            drops.append(Drop(row, "not_a_customer"))
        else:
            rows.append(row)
    files = [_told(file, export) for file, export in exports]
    names = frozenset(record.name.strip() for _, record in records if record.name and record.name.strip())
    return Source(rows, drops, names, files, _notes(records, drops))


def read_export(path: Path, asked: Asked) -> Export:
    """One file, in the form that its name or its first characters tell."""
    text, encoding = decoded(_bytes(path), str(path), asked.encoding)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ConfigError(f"{path} is empty; name a file with messages")
    export = _form(path, text)(text, str(path), asked)
    return Export(export.form, export.records, export.columns, encoding)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise ConfigError(f"there is no {path}; name the file or folder of the export")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise ConfigError(f"{path} holds no *.csv, *.tsv, *.json, *.jsonl or *.txt; name the file of the export")
    return files


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{path} is larger than {MOST_BYTES >> 20} MiB; split it and name the folder")
        return path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {(exc.strerror or str(exc)).lower()}") from exc


Reader = Callable[[str, str, Asked], Export]


def _form(path: Path, text: str) -> Reader:
    suffix, begins = path.suffix.lower(), text.lstrip()[:1]
    if suffix in LINES or (begins == "{" and _one_object_a_line(text)):
        return read_lines
    if suffix == ".json" or (begins in "{[" and suffix not in TABLES | TEXTS):
        return read_document
    delimiter = "\t" if suffix in (".tsv", ".tab") else None if suffix in TEXTS else looks_like_table(text)
    if delimiter or suffix in TABLES:
        return lambda told, source, asked: read_table(told, source, asked, delimiter or ",")
    return lambda told, source, asked: read_transcript(told)


def _one_object_a_line(text: str) -> bool:
    lines = [line.strip() for line in text.split("\n", 3)[:3] if line.strip()]
    return len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines)


def _speaker(records: Iterable[tuple[str, Record]], agents: tuple[str, ...]) -> Callable[[Record], bool]:
    """Tells whether a record is the shop's own: by its role, else by its sender's name."""
    agents_names = {agent.strip().casefold() for agent in agents}

    def shop_speaks(record: Record) -> bool:
        name = (record.name or "").strip()
        said = {name.casefold(), (record.role or "").strip().casefold()} - {""}
        if said & agents_names:
            return True
        by_role = is_shop(record.role) if record.role else None
        by_name = is_shop(name) if by_role is None and name else by_role
        return names_shop(name) if by_name is None else by_name

    return shop_speaks


def _notes(records: list[tuple[str, Record]], drops: list[Drop]) -> list[str]:
    senders = Counter(record.name or record.role for _, record in records if record.name or record.role)
    if senders and not drops:
        return [
            "no sender looks like the shop itself, so all messages count as customers': "
            "if some are not, name who wrote them with --agent NAME"
        ]
    return []


def _row(record: Record, file: str, several: bool) -> Row:
    marks = _marks(record, Place(file))
    return Row(record.text, record.line, record.intent, record.language or None, marks, file if several else "")


def _marks(record: Record, place: Place) -> tuple[Mark, ...]:
    if not isinstance(record.entities, list):
        return ()
    marks = sorted(_mark(entity, record, place) for entity in record.entities)
    return tuple(marks)


def _mark(entity: Any, record: Record, place: Place) -> Mark:
    told = entity if isinstance(entity, dict) else {}
    start, end = told.get("start"), told.get("end")
    kind = told.get("type") or told.get("entity") or told.get("label")
    if not (type(start) is int and type(end) is int and isinstance(kind, str) and 0 <= start < end <= len(record.text)):
        wanted = '{"start": 0, "end": 4, "type": "..."} with offsets inside of the text'
        raise place.error(record.line, "an entity is not understood", f"write {wanted}")
    return start, end, kind


def _told(path: Path, export: Export) -> dict[str, Any]:
    return {
        "file": str(path),
        "form": export.form,
        "encoding": export.encoding,
        "columns": export.columns,
        "records": len(export.records),
    }

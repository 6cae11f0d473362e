"""JSON and JSON Lines."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.nlu.adapters.exports.columns import Columns, find_columns
from services.nlu.adapters.exports.records import Asked, Export, Place, Record, no_text, record

DEEPEST = 12
SPLITS = re.compile(r"(?:\w+[_-])?(?:train|training|val|valid|validation|dev|test|data|all)(?:[_-]\w+)?", re.IGNORECASE)


def read_lines(text: str, source: str, asked: Asked) -> Export:
    """JSON Lines: each line an object, a text, or a whole conversation. A line that says nothing is an empty record."""
    place = Place(source)
    records: list[Record] = []
    columns: dict[str, str] = {}
    keys: set[str] = set()
    for line, content in enumerate(text.split("\n"), 1):
        if content.strip():
            value = _parsed(content, place, line)
            walk = _Walk(asked, line)
            records += list(walk.records(value)) or [Record(line, "")]
            columns |= walk.columns
            keys |= _keys(value)
    return _with_text(Export("jsonl", records, columns), source, keys)


def read_document(text: str, source: str, asked: Asked) -> Export:
    """One JSON document, however deep in it the messages lie."""
    walk = _Walk(asked, 1, text)
    value = _parsed(text, Place(source), 1)
    return _with_text(Export("json", list(walk.records(value)), walk.columns), source, _keys(value))


def _with_text(export: Export, source: str, keys: set[str]) -> Export:
    if not any(record.text for record in export.records):
        raise no_text(source, sorted(keys))
    return export


def _parsed(content: str, place: Place, line: int) -> Any:
    try:
        return json.loads(content)
    except json.JSONDecodeError as exc:
        at = line + exc.lineno - 1
        raise place.error(at, f"not JSON ({exc.msg.lower()} at column {exc.colno})", "mend it or leave it out") from exc
    except (ValueError, RecursionError) as exc:
        raise place.error(line, "JSON that is nested too deeply", "export the messages as a list") from exc


class _Walk:
    """Finds messages in a JSON value, in order, and notes which keys were taken for what."""

    def __init__(self, asked: Asked, line: int, document: str | None = None):
        self._asked = asked
        self._lines = _Lines(document, line)
        self.columns: dict[str, str] = {}

    def records(self, value: Any) -> Iterator[Record]:
        yield from self._in(value, 0, {})

    def _in(self, value: Any, depth: int, above: dict[str, str]) -> Iterator[Record]:
        if depth > DEEPEST:
            return
        if isinstance(value, str):
            yield Record(self._lines.of(value), value, **above)
        elif isinstance(value, dict):
            yield from self._in_object(value, depth, above)
        elif isinstance(value, list) and value and all(_is_pair(item) for item in value):
            for text, intent in value:
                yield Record(self._lines.of(text), text, intent)
        elif isinstance(value, list):
            for item in value:
                yield from self._in(item, depth + 1, above)

    def _in_object(self, row: dict[str, Any], depth: int, above: dict[str, str]) -> Iterator[Record]:
        told = [key for key, value in row.items() if isinstance(value, str)]
        columns = self._columns(told)
        if columns is not None:
            every = find_columns(list(row), columns.text, columns.intent) or columns
            self.columns |= every.told()
            found = record(row, every, self._lines.of(row[columns.text]))
            yield found if found.role or "role" not in above else replace(found, role=above["role"])
            return
        yield from self._in_values(row, depth, above, find_columns(["text", *told], "text"))

    def _in_values(
        self, row: dict[str, Any], depth: int, above: dict[str, str], around: Columns | None
    ) -> Iterator[Record]:
        """What an object holds that is no message itself: a role counts for all in it, an intent for plain texts."""
        role = {"role": row[around.role]} if around and around.role else {}
        for key, value in row.items():
            if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
                intent = row[around.intent] if around and around.intent else "" if SPLITS.fullmatch(key) else key
                yield from self._in(value, depth + 1, above | role | ({"intent": intent} if intent else {}))
            elif isinstance(value, list | dict):
                yield from self._in(value, depth + 1, above | role)

    def _columns(self, keys: list[str]) -> Columns | None:
        text, intent = self._asked.text, self._asked.intent
        if text is not None and text not in keys:
            return None
        return find_columns(keys, text, intent if intent in keys else None)


def _is_pair(item: Any) -> bool:
    """A text and its intent, as in many public data sets."""
    return isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item)


def _keys(value: Any, depth: int = 0) -> set[str]:
    if depth > DEEPEST or not isinstance(value, list | dict):
        return set()
    inside = value.values() if isinstance(value, dict) else value
    return (set(value) if isinstance(value, dict) else set()).union(*(_keys(item, depth + 1) for item in inside))


class _Lines:
    """On which line of a document each of its texts stands, asked in their order."""

    def __init__(self, document: str | None, line: int):
        self._document = document
        self._line = line
        self._at = 0

    def of(self, text: str) -> int:
        if self._document is None:
            return self._line
        forms = (json.dumps(text, ensure_ascii=False), json.dumps(text))
        places = [place for form in forms if (place := self._document.find(form, self._at)) >= 0]
        if places:
            self._line += self._document.count("\n", self._at, min(places))
            self._at = min(places)
        return self._line

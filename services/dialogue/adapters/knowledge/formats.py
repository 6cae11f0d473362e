"""Files of foreign knowledge as documents: one function a format. What is wrong with one is told, not raised."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import yaml

from services.dialogue.adapters.knowledge.documents import Document, Section, language_of
from services.dialogue.adapters.knowledge.markup import html_sections, markdown_sections, pdf_sections
from shared.templates import RENDER_ERRORS

MOST_BYTES = 20_000_000
MOST_CHARACTERS = 2_000_000
FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?P<head>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
QUESTION, ANSWER = ("question", "q", "问题", "问"), ("answer", "a", "回答", "答案", "答")
LANGUAGES = ("en", "zh")
Render = Callable[[str, str], str]
"""Fills a template (first) in for a language (second)."""


@dataclass(frozen=True)
class Bad:
    """A file, or a document in one, that cannot be used: where, why, and what to do."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


Read = Iterator[Document | Bad]


def read_file(path: Path, render: Render) -> Read:
    """The documents of a file, and what is wrong with the others. Markdown is a template over the shop's policies."""
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            yield Bad(str(path), f"it has {size / 1e6:.0f} MB; split it into files of at most {MOST_BYTES // 10**6} MB")
            return
        data = path.read_bytes()
    except OSError as exc:
        yield Bad(str(path), f"it cannot be read: {exc.strerror}")
        return
    if not data.strip():
        yield Bad(str(path), "it is empty; write something into it, or remove it")
        return
    yield from _checked(path, READERS[path.suffix.casefold()](path, data, render))


def _checked(path: Path, read: Read) -> Read:
    """Refuses what holds nothing or far too much, and turns what a reader raises into a Bad."""
    try:
        for found in read:
            yield _of_good_size(path, found) if isinstance(found, Document) else found
    except ValueError as exc:
        yield Bad(str(path), str(exc))


def _of_good_size(path: Path, document: Document) -> Document | Bad:
    characters = sum(len(section.text) for section in document.sections)
    where = str(path) if document.id == path.stem else f"{path}: {document.id}"
    if not any(character.isalnum() for section in document.sections for character in section.text):
        return Bad(where, "there is no text in it; if it is a scan, use one with text")
    if characters > MOST_CHARACTERS:
        return Bad(where, f"it has {characters:,} characters; split it into documents of at most {MOST_CHARACTERS:,}")
    return document


def read_markdown(path: Path, data: bytes, render: Render) -> Read:
    """One document. Its front matter may name title, language, id, source, valid_from, valid_until."""
    text = _decoded(data)
    found = FRONT_MATTER.match(text)
    head = _front_matter(found["head"]) if found else {}
    body = text[found.end() :] if found else text
    language = _language(head, body)
    try:
        body, title = render(body, language), render(str(head.get("title") or ""), language)
    except RENDER_ERRORS as exc:
        raise ValueError(f"its template cannot be filled in: {exc}; mend it, or set it in {{% raw %}}") from exc
    sections = markdown_sections(body)
    title = title or next((section.heading for section in sections if section.heading), path.stem)
    yield _document(path, {**head, "title": title, "language": language}, sections)


def read_text(path: Path, data: bytes, render: Render) -> Read:
    """One document, named after the file."""
    text = _decoded(data)
    yield _document(path, {"title": path.stem, "language": language_of(text)}, markdown_sections(text))


def read_html(path: Path, data: bytes, render: Render) -> Read:
    """One document: what a reader of the page would see."""
    title, language, sections = html_sections(_decoded(data))
    fields = {"title": title or path.stem, "language": language if language in LANGUAGES else ""}
    yield _document(path, fields, sections)


def read_pdf(path: Path, data: bytes, render: Render) -> Read:
    """One document: the text of all pages."""
    title, sections = pdf_sections(data)
    yield _document(path, {"title": title or path.stem}, sections)


def read_json(path: Path, data: bytes, render: Render) -> Read:
    """Objects with `id`, `title` and `content`: one, or an array of them."""
    try:
        found = orjson.loads(_decoded(data))
    except orjson.JSONDecodeError as exc:
        raise ValueError(f"it is no JSON: {exc}") from exc
    entries = found if isinstance(found, list) else [found]
    for place, entry in enumerate(entries, 1):
        yield _from_entry(path, f"entry {place}", entry)


def read_json_lines(path: Path, data: bytes, render: Render) -> Read:
    """An object with `id`, `title` and `content` on each line."""
    for number, line in enumerate(_decoded(data).splitlines(), 1):
        if line.strip():
            try:
                yield _from_entry(path, f"line {number}", orjson.loads(line))
            except orjson.JSONDecodeError as exc:
                yield Bad(f"{path}, line {number}", f"it is no JSON: {exc}")


def read_faq(path: Path, data: bytes, render: Render) -> Read:
    """Columns `question` and `answer`. Rows with an `id` are documents; all others are one, named after the file."""
    rows = csv.DictReader(io.StringIO(_decoded(data), newline=""), dialect=_dialect(data))
    names = {str(name).strip().casefold(): name for name in rows.fieldnames or ()}
    question = next((names[name] for name in QUESTION if name in names), None)
    answer = next((names[name] for name in ANSWER if name in names), None)
    if question is None or answer is None:
        raise ValueError("its first line has no columns `question` and `answer`; name them so")
    together: dict[str, list[Section]] = {}
    for row in rows:
        asked, told = (row.get(question) or "").strip(), (row.get(answer) or "").strip()
        if not asked or not told:
            yield Bad(f"{path}, line {rows.line_num}", "the question or the answer is empty; fill it in")
            continue
        fields = {name: row.get(column) or "" for name, column in names.items()}
        section = Section(told, asked, whole=True)
        if fields.get("id"):
            yield _faq(path, {**fields, "title": asked}, [section])
        else:
            together.setdefault(_language(fields, f"{asked} {told}"), []).append(section)
    for language, sections in together.items():
        yield _faq(path, {"title": path.stem, "language": language}, sections)


def _faq(path: Path, fields: Mapping[str, Any], sections: list[Section]) -> Document:
    return replace(_document(path, fields, sections), asks=tuple(section.heading for section in sections))


READERS: Mapping[str, Callable[[Path, bytes, Render], Read]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_text,
    ".csv": read_faq,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}


def _from_entry(path: Path, place: str, entry: Any) -> Document | Bad:
    where = f"{path}, {place}"
    if not isinstance(entry, dict):
        return Bad(where, "it is no object; write {id, title, content}")
    for name in ("id", "content"):
        if not isinstance(entry.get(name), (str, int)) or not str(entry[name]).strip():
            return Bad(where, f"`{name}` is missing or no text; each document needs id, title and content")
    sections = markdown_sections(str(entry["content"]))
    try:
        return _document(path, {**entry, "title": entry.get("title") or str(entry["id"])}, sections)
    except ValueError as exc:
        return Bad(where, str(exc))


def _document(path: Path, fields: Mapping[str, Any], sections: list[Section]) -> Document:
    text = "\n".join(section.text for section in sections)
    return Document(
        id=str(fields.get("id") or path.stem).strip(),
        title=str(fields["title"]).strip(),
        language=_language(fields, text),
        source=str(fields.get("source") or fields.get("url") or path.name),
        sections=tuple(sections),
        valid_from=_date(fields, "valid_from"),
        valid_until=_date(fields, "valid_until"),
    )


def _language(fields: Mapping[str, Any], text: str) -> str:
    named = str(fields.get("language") or "").casefold()[:2]
    return named if named in LANGUAGES else language_of(text)


def _date(fields: Mapping[str, Any], name: str) -> date | None:
    value = fields.get(name)
    if not value or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        raise ValueError(f"`{name}` is {str(value)[:40]!r}; write it as 2026-12-31") from None


def _front_matter(text: str) -> dict[str, Any]:
    try:
        head = yaml.safe_load(text) or {}
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f" on line {mark.line + 2}" if mark else ""
        raise ValueError(f"its front matter is no YAML{line}; write `title: ...` and `language: ...`") from exc
    if not isinstance(head, dict):
        raise ValueError("its front matter is no mapping; write `title: ...` and `language: ...`")
    return head


def _decoded(data: bytes) -> str:
    try:
        marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        return data.decode("utf-16" if marked else "utf-8-sig").replace("\0", " ")
    except UnicodeDecodeError as exc:
        raise ValueError(f"it is not UTF-8 (byte {exc.start}); save it as UTF-8") from exc


def _dialect(data: bytes) -> type[csv.Dialect]:
    """Comma, semicolon or tab, whichever the first line has most of."""
    first = data.split(b"\n", 1)[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=lambda sign: first.count(sign.encode()))

    return Found

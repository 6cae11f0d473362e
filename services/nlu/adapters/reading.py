"""Labelled texts from files: the shop's YAML, or JSON Lines. Each keeps the line that it stands on."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.nlu.adapters.examples import Example, Span
from services.nlu.domain.language import language_of
from shared.errors import ConfigError
from shared.shop.marks import Mention, unmark
from shared.shop.problems import ShopProblem
from shared.shop.source import Source, read_yaml
from shared.shop.texts import NluFile
from shared.shop.validation import validate

LONGEST_LINE = 64 * 1024
LONGEST_TEXT = 4_000
"""In code points; as much as a customer may write at once."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".jsonl": "lines", ".json": "lines", ".ndjson": "lines"}


@dataclass(frozen=True)
class Placed:
    """An example and where it stands."""

    example: Example
    file: str
    line: int

    def problem(self, message: str, remedy: str) -> ShopProblem:
        return ShopProblem(self.file, self.line, message, remedy)


class Mistake(ValueError):
    """What is wrong with one line, and the remedy, as `message; remedy`."""


def read_examples(path: Path) -> list[Placed]:
    """The examples of a file, or of all files that lie directly in a folder.

    Raises ConfigError, which names file and line, for what cannot be read.
    """
    files = _files(path)
    rows: list[Placed] = []
    problems: list[ShopProblem] = []
    for file in files:
        reader = _read_yaml if SUFFIXES.get(file.suffix.lower()) == "yaml" else _read_lines
        found, wrong = reader(file)
        rows += found
        problems += wrong
    if problems:
        raise ConfigError(told(problems))
    if not rows:
        raise ConfigError(f"{path} has no examples; fill it, or name another file")
    return rows


def told(problems: Sequence[ShopProblem]) -> str:
    """The first problem, and how many more there are."""
    more = len(problems) - 1
    if not more:
        return str(problems[0])
    others = ", ".join(f"{Path(problem.file).name}:{problem.line}" for problem in problems[1:6])
    return f"{problems[0]} (and {more} more: {others}{', ...' if more > 5 else ''})"


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
        if not files:
            raise ConfigError(f"{path} holds neither *.yaml nor *.jsonl; name a file or folder with examples")
        return files
    if not path.exists():
        raise ConfigError(f"there is no {path}; name a file or folder with examples")
    return [path]


def _read_yaml(path: Path) -> tuple[list[Placed], list[ShopProblem]]:
    source: Source = read_yaml(path)
    file: NluFile | None = validate(source, NluFile)
    if file is None or source.problems:
        return [], source.problems
    rows = []
    for intent, texts in file.intents.items():
        for index, marked in enumerate(texts):
            text, mentions = unmark(marked)
            line = source.line(("intents", intent, index))
            rows.append(Placed(Example(text, intent, file.language, _spans(mentions)), source.file, line))
    return rows, []


def _spans(mentions: Iterable[Mention]) -> tuple[Span, ...]:
    return tuple(Span(mention.start, mention.end, mention.type) for mention in mentions)


def _read_lines(path: Path) -> tuple[list[Placed], list[ShopProblem]]:
    rows, problems = [], []
    try:
        with path.open("rb") as file:
            for number, line in numbered(file):
                try:
                    rows.append(Placed(parse_example(parse_line(line)), str(path), number))
                except Mistake as exc:
                    message, _, remedy = str(exc).rpartition("; ")
                    problems.append(ShopProblem(str(path), number, message, remedy))
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {(exc.strerror or str(exc)).lower()}") from exc
    return rows, problems


def numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines that hold something, counted from 1."""
    for number, line in enumerate(lines, 1):
        bare = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if bare.strip():
            yield number, bare


def parse_line(line: bytes) -> dict[str, Any]:
    """The JSON object of a line, with a `text` that can be understood. Raises Mistake."""
    if len(line) > LONGEST_LINE:
        raise Mistake(f"the line is {len(line) // 1024} kB long; write one example a line, at most {LONGEST_TEXT} long")
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise Mistake("the line is not UTF-8; save the file as UTF-8") from exc
    except (ValueError, RecursionError) as exc:
        raise Mistake(f"not JSON ({_reason(exc)}); write one JSON object a line") from exc
    if not isinstance(row, dict):
        raise Mistake('not a JSON object; write {"text": ..., "intent": ...}')
    _check_text(row.get("text"))
    return row


def _reason(exc: Exception) -> str:
    return f"{exc.msg.lower()} at column {exc.colno}" if isinstance(exc, json.JSONDecodeError) else "nested too deeply"


def _check_text(text: Any) -> None:
    if text is None:
        raise Mistake("`text` is missing; add it")
    if not isinstance(text, str) or not text.strip():
        raise Mistake("`text` is no text; write what a customer says")
    if len(text) > LONGEST_TEXT:
        raise Mistake(f"`text` is {len(text)} characters long; at most {LONGEST_TEXT} are understood")
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise Mistake("`text` holds half a character (a lone surrogate); write it whole") from exc


def parse_example(row: dict[str, Any]) -> Example:
    """The example that a line's object describes. Raises Mistake."""
    text, intent = row["text"], row.get("intent")
    if intent is None:
        raise Mistake("`intent` is missing; add it, or `out_of_scope`")
    if not isinstance(intent, str) or not intent.strip() or not intent.isprintable():
        raise Mistake("`intent` is no name; write a word such as `cancel_order`")
    return Example(text, intent, parse_language(row), _parse_spans(row.get("entities"), text))


def parse_language(row: dict[str, Any]) -> str:
    """The line's language, or the one its text is written in. Raises Mistake."""
    language = row.get("language")
    if language is None:
        return language_of(row["text"], "en")
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise Mistake("`language` is no code; write `en` or `zh`, or leave it out")
    return language


def _parse_spans(entities: Any, text: str) -> tuple[Span, ...]:
    if entities is None:
        return ()
    if not isinstance(entities, list):
        raise Mistake('`entities` is no list; write [{"start": 0, "end": 4, "type": "..."}]')
    spans = sorted((_parse_span(entity, text) for entity in entities), key=lambda span: (span.start, span.end))
    for before, after in zip(spans, spans[1:], strict=False):
        if after.start < before.end:
            raise Mistake(f"entities {before.start}-{before.end} and {after.start}-{after.end} overlap; keep one")
    return tuple(spans)


def _parse_span(entity: Any, text: str) -> Span:
    if not isinstance(entity, dict):
        raise Mistake('an entity is no object; write {"start": 0, "end": 4, "type": "..."}')
    start, end, kind = entity.get("start"), entity.get("end"), entity.get("type")
    if type(start) is not int or type(end) is not int:
        raise Mistake("an entity lacks `start` or `end`; both are whole numbers, counting characters")
    if not 0 <= start < end <= len(text):
        raise Mistake(f"entity {start}-{end} is outside its text of {len(text)} characters; mend its offsets")
    if not isinstance(kind, str) or not kind.strip() or not kind.isprintable():
        raise Mistake(f"entity {start}-{end} has no `type`; name one")
    return Span(start, end, kind)

"""SNIPS (Coucke et al. 2018) and xSID (van der Goot et al. 2021): intents and mentions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.corpora.items import Item, read, trimmed
from services.nlu.adapters.examples import Example, Span
from shared.errors import ConfigError

LANGUAGES = ("en", "zh")


def snips(folder: Path) -> list[Item]:
    """`train_<intent>_full.json`, some of them latin-1: pieces of text, some of which are mentions."""
    items = []
    for path in sorted(folder.glob("train_*_full.json")):
        for intent, rows in _json(path).items():
            items += [_snips_item(row["data"], intent) for row in rows]
    if not items:
        raise ConfigError(f"{folder} has no train_*_full.json; --data names the folder of the collection")
    return [item for item in items if item.example.text]


def _json(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        text = path.read_text("latin-1")
    content: dict[str, Any] = json.loads(text)
    return content


def _snips_item(pieces: list[dict[str, str]], intent: str) -> Item:
    text, spans = "", []
    for piece in pieces:
        if "entity" in piece and piece["text"]:
            spans.append(Span(len(text), len(text) + len(piece["text"]), piece["entity"]))
        text += piece["text"]
    bare, moved = trimmed(text, tuple(spans))
    return Item(Example(bare, intent, "en", moved), bare)


def xsid(folder: Path) -> list[Item]:
    """`<language>.valid.conll`: the same sentences in the same order; a sentence and its translation are one group."""
    return [
        Item(example, str(number))
        for language in LANGUAGES
        for number, example in enumerate(_conll(read(folder / f"{language}.valid.conll"), language))
    ]


def _conll(content: str, language: str) -> Iterator[Example]:
    for block in content.split("\n\n"):
        lines = block.strip().splitlines()
        head = dict(line[1:].strip().split(" = ", 1) for line in lines if line.startswith("#") and " = " in line)
        tokens = [line.split("\t") for line in lines if line and not line.startswith("#")]
        if tokens:
            text = head["text"]
            yield Example(text, head["intent"], language, tuple(_spans(text, tokens)))


def _spans(text: str, tokens: list[list[str]]) -> Iterator[Span]:
    """Runs of B- and I- labels, found in the text token by token."""
    at, open_span = 0, None
    for token in tokens:
        word, label = token[1], token[-1]
        start = text.index(word, at)
        at = start + len(word)
        if open_span and label == f"I-{open_span.type}":
            open_span = Span(open_span.start, at, open_span.type)
            continue
        if open_span:
            yield open_span
        open_span = Span(start, at, label[2:]) if label != "O" else None
    if open_span:
        yield open_span

"""The report of a model of understanding: `report.json`, and a page with pictures that opens without a server."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from loadtest.html import page, pairs, table
from services.commands.understanding.plots import draw

MEANING = (
    "Accuracy counts texts in scope; one that was refused is wrong. Recall and precision of refusing count texts out "
    "of scope. A calibrated model is right as often as its confidence says; the calibration error (ECE) is the mean "
    "gap over ten bins. F1 of mentions asks for the exact start, end and type."
)
MAIN = {
    "texts": "texts",
    "intent_accuracy": "accuracy in scope",
    "intent_accuracy_without_refusing": "if nothing were refused",
    "intent_macro_f1": "macro F1",
    "oos_recall": "out of scope: recall",
    "oos_precision": "out of scope: precision",
    "false_refusals": "refused though in scope",
    "entity_f1": "F1 of mentions",
    "ece": "calibration error",
}
MOST_CONFUSIONS = 30


def write_report(directory: Path, document: Mapping[str, Any]) -> None:
    """Writes the folder. `document` holds what `measures.figures` gives, and whatever else is worth keeping."""
    directory.mkdir(parents=True, exist_ok=True)
    pictures = draw(directory, document)
    (directory / "report.html").write_text(_page(document, pictures), encoding="utf-8")
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")


def _page(document: Mapping[str, Any], pictures: Sequence[str]) -> str:
    title = f"Understanding: {document.get('title') or document.get('data', '')}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{MEANING}</p>",
        *_warnings(document),
        _main(document),
        *(f'<p><img src="{name}" alt="{name.removesuffix(".svg").replace("_", " ")}"></p>' for name in pictures),
        "<h2>Largest confusions</h2>",
        table(("right", "found", "texts"), document["confusions"][:MOST_CONFUSIONS]),
        "<h2>By intent, the worst first</h2>",
        _scores(document["by_intent"], "texts"),
    ]
    if document.get("by_entity"):
        parts += ["<h2>By type of mention</h2>", _scores(document["by_entity"], "mentions", keep_order=True)]
    if document.get("parts"):
        parts += ["<h2>Parts</h2>", _columns(document["parts"])]
    for name in ("notes", "model"):
        if document.get(name):
            parts += [f"<h2>{name.capitalize()}</h2>", pairs(document[name])]
    return page(title, [*parts, f"<h2>Again</h2><pre>{escape(str(document.get('command', '')))}</pre>"])


def _warnings(document: Mapping[str, Any]) -> list[str]:
    found = []
    if document.get("seen_in_training"):
        found.append("These are the very texts that the model was fitted to: the figures say nothing about others.")
    if unknown := document.get("unknown_intents"):
        found.append(f"The model does not know these intents of the data: {', '.join(unknown)}.")
    return [f'<p class="bad">{escape(text)}</p>' for text in found]


def _main(document: Mapping[str, Any]) -> str:
    languages = document["by_language"]
    return _columns({"all": document, **(languages if len(languages) > 1 else {})})


def _columns(columns: Mapping[str, Mapping[str, Any]]) -> str:
    """The main figures, a column for each set of texts."""
    rows = [
        [name, *(_cell(column.get(key), key) for column in columns.values())]
        for key, name in MAIN.items()
        if any(column.get(key) is not None for column in columns.values())
    ]
    return table(["", *columns], rows)


def _cell(value: Any, key: str) -> str:
    if value is None:
        return ""
    return str(value) if key == "texts" else f"{100 * value:.2f} %"


def _scores(scores: Mapping[str, Mapping[str, Any]], counted: str, *, keep_order: bool = False) -> str:
    rows = list(scores.items())
    if not keep_order:
        rows.sort(key=lambda item: (item[1]["f1"] is None, item[1]["f1"], item[0]))
    shares = ("precision", "recall", "f1")
    head = ("", counted, *shares)
    return table(head, [[name, row[counted], *(_cell(row[share], share) for share in shares)] for name, row in rows])

"""What preparing made, on disk: three files of examples, `report.json` and a page."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from services.nlu.adapters.exports.reading import Source
from services.nlu.domain.preparing.neighbours import Suspect
from services.nlu.domain.preparing.rows import Drop, Row
from services.nlu.domain.preparing.splitting import SHARES
from services.nlu.domain.preparing.steps import Prepared
from shared.errors import ConfigError
from shared.folders import put_folder

MADE_BY = "data prepare"
LISTED = 500
"""Of each reason the report lists so many lines; it counts all."""
REASONS = {
    "empty": "nothing was written",
    "attachment": "a picture, a file or a note of the messenger",
    "no_words": "signs only, and no intent told",
    "too_long": "longer than understanding reads",
    "not_a_customer": "said by the shop",
    "contradiction": "the same text stands under two intents: correct it in the source",
    "duplicate": "the same text once more",
    "near_duplicate": "nearly the same text once more",
    "few_examples": "its intent has too few examples: write more, or join it with another intent",
}


@dataclass(frozen=True)
class Report:
    """All that `report.json` tells."""

    source: Source
    prepared: Prepared
    seed: int
    suspects: list[Suspect] | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def drops(self) -> list[Drop]:
        return [*self.source.drops, *self.prepared.drops]

    def document(self) -> dict[str, Any]:
        sides = self.prepared.sides
        listed: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for drop in self.drops:
            if len(listed[drop.reason]) < LISTED:
                listed[drop.reason].append(_place(drop.row) | ({"detail": drop.detail} if drop.detail else {}))
        return {
            "made_by": MADE_BY,
            "seed": self.seed,
            "files": self.source.files,
            "read": len(self.source.rows) + len(self.source.drops),
            "kept": {side: len(rows) for side, rows in sides.items()},
            "dropped": dict(Counter(drop.reason for drop in self.drops)),
            "masked": dict(self.prepared.counts["mask personal data"]),
            "intents": self._intents(),
            "notes": [*self.source.notes, *self.notes, *self._missing()],
            "suspects": None if self.suspects is None else [_suspect(suspect) for suspect in self.suspects[:LISTED]],
            "lines": listed,
        }

    def _intents(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for side, rows in self.prepared.sides.items():
            for intent, n in Counter(row.intent or "" for row in rows).items():
                found.setdefault(intent, dict.fromkeys(SHARES, 0))[side] = n
        return {
            intent: {**counts, "templates": self.prepared.templates[intent or None]}
            for intent, counts in sorted(found.items())
        }

    def _missing(self) -> list[str]:
        return [
            f"`{intent}` has no example to {side} with: its texts follow too few templates; write some in other words"
            for intent, counts in self._intents().items()
            for side in ("validation", "test")
            if intent and not counts[side]
        ]


def _place(row: Row) -> dict[str, Any]:
    return {"line": row.line} | ({"file": row.placed} if row.placed else {})


def _suspect(suspect: Suspect) -> dict[str, Any]:
    told = {"text": suspect.row.text, "intent": suspect.row.intent, "neighbours": suspect.other, "share": suspect.share}
    return _place(suspect.row) | told


def check_target(folder: Path) -> None:
    """Raises ConfigError where writing would destroy something that preparing has not made."""
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() and not _is_ours(folder):
        raise ConfigError(f"{folder} is there already and holds other things; name a new folder with --out")


def _is_ours(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / "report.json").read_text("utf-8"))["made_by"] == MADE_BY)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_prepared(folder: Path, report: Report) -> None:
    """Puts the whole folder in place at once, instead of an earlier one of the same kind. Raises ConfigError."""
    check_target(folder)
    document = report.document()

    def fill(draft: Path) -> None:
        for side, rows in report.prepared.sides.items():
            (draft / f"{side}.jsonl").write_text("".join(json_lines(rows)), "utf-8")
        (draft / "report.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (draft / "report.html").write_text(render_page(document), "utf-8")
        draft.chmod(0o755)

    put_folder(folder, fill, lambda _: False)


def json_lines(rows: Sequence[Row]) -> Iterable[str]:
    """Each row as `train nlu` reads it; without `intent` where nobody told it."""
    for row in rows:
        entities = [{"start": start, "end": end, "type": kind} for start, end, kind in row.marks]
        told = {"text": row.text} | ({"intent": row.intent} if row.intent else {})
        yield json.dumps(told | {"entities": entities, "language": row.language}, ensure_ascii=False) + "\n"


STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .9rem .2rem 0;text-align:left;"
    "border-bottom:1px solid #ddd;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
)


def render_page(document: dict[str, Any]) -> str:
    """The report for people, as one page without scripts."""
    kept = document["kept"]
    files = [[f["file"], f["form"], f["encoding"], _columns(f), f["records"]] for f in document["files"]]
    dropped = [
        [reason, REASONS[reason], n, _lines(document["lines"][reason])] for reason, n in document["dropped"].items()
    ]
    intents = [[name or "(none told)", *counts.values()] for name, counts in document["intents"].items()]
    parts = [
        f"<h1>Prepared data</h1><p>{document['read']} messages read; {sum(kept.values())} examples kept: "
        + ", ".join(f"{n} to {side}" for side, n in kept.items())
        + f". No template stands on two sides. Seed {document['seed']}.</p>",
        "".join(f"<p>Note: {escape(note)}.</p>" for note in document["notes"]),
        "<h2>Read</h2>" + _table(["file", "form", "encoding", "columns", "messages"], files),
        "<h2>Left out</h2>" + _table(["reason", "", "messages", "lines"], dropped),
        "<h2>Masked</h2>" + _table(["kind", "places"], sorted(document["masked"].items())),
        "<h2>Intents</h2>" + _table(["intent", *SHARES, "templates"], intents),
    ]
    if document["suspects"]:
        rows = [[s["line"], s["text"], s["intent"], s["neighbours"]] for s in document["suspects"]]
        parts.append("<h2>Perhaps labelled wrongly</h2>" + _table(["line", "text", "intent", "its neighbours'"], rows))
    head = f'<meta charset="utf-8"><title>Prepared data</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _columns(file: dict[str, Any]) -> str:
    return ", ".join(f"{meaning}: {column}" for meaning, column in file["columns"].items())


def _lines(places: Sequence[dict[str, Any]], most: int = 20) -> str:
    return ", ".join(str(place["line"]) for place in places[:most]) + (", ..." if len(places) > most else "")


def _table(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    def cells(row: Sequence[Any], tag: str) -> str:
        return "".join(f"<{tag}{' class=n' * isinstance(c, int)}>{escape(str(c))}</{tag}>" for c in row)

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table><tr>{cells(heading, 'th')}</tr>{body}</table>" if body else "<p>None.</p>"

"""How well the span tagger finds mentions in public data: `python -m benchmarks.spans snips|xsid --data DIR`."""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.nlu.adapters.examples import Example
from services.nlu.adapters.tagging import fit_tagger
from services.nlu.domain.scores import SpanScore, span_f1, span_f1_by_type
from services.nlu.domain.spans import Span
from shared.errors import ConfigError

SEED = 0


@dataclass(frozen=True)
class Fold:
    """What one fold gave: the score, the seconds it took to fit, and milliseconds a text."""

    by_type: dict[str, SpanScore]
    score: SpanScore
    fit_s: float
    tag_ms: float


def read_snips(folder: Path) -> dict[str, list[Example]]:
    """All seven intents as one set; some of the files are latin-1. Raises ConfigError."""
    rows = [example for path in sorted(folder.glob("train_*_full.json")) for example in _snips_file(path)]
    if not rows:
        raise ConfigError(f"{folder} holds no train_*_full.json: pass the folder of the SNIPS files")
    return {"en": rows}


def _snips_file(path: Path) -> Iterator[Example]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    for intent, rows in json.loads(text).items():
        for row in rows:
            yield _joined(intent, [(chunk["text"], chunk.get("entity")) for chunk in row["data"]])


def _joined(intent: str, chunks: Sequence[tuple[str, str | None]]) -> Example:
    """Blanks at the edge of a mention are not part of it."""
    text, spans = "", []
    for chunk, kind in chunks:
        if kind and chunk.strip():
            start = len(text) + len(chunk) - len(chunk.lstrip())
            spans.append(Span(start, len(text) + len(chunk.rstrip()), kind))
        text += chunk
    return Example(text, intent, "en", tuple(spans))


def read_xsid(folder: Path) -> dict[str, list[Example]]:
    """The sentences of each language. Raises ConfigError."""
    files = {path.name.partition(".")[0]: path for path in sorted(folder.glob("*.conll"))}
    if not files:
        raise ConfigError(f"{folder} holds no *.conll: pass the folder of the xSID files")
    return {language: [_xsid(block, language) for block in _blocks(path)] for language, path in files.items()}


def _blocks(path: Path) -> Iterator[list[str]]:
    for block in path.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.split("\n") if line.strip()]
        if any(line.startswith("# text =") for line in lines):
            yield lines


def _xsid(lines: list[str], language: str) -> Example:
    heads = (line[1:].partition("=") for line in lines if line[0] == "#")
    said = {key.strip(): value.strip() for key, _, value in heads}
    spans: list[Span] = []
    end, inside = 0, False
    for word, label in ((cells[1], cells[3]) for cells in (line.split("\t") for line in lines if line[0] != "#")):
        start = said["text"].index(word, end)
        end = start + len(word)
        kind = label[2:]
        if label.startswith("I") and inside and spans[-1].type == kind:
            spans[-1] = Span(spans[-1].start, end, kind)
        elif kind:
            spans.append(Span(start, end, kind))
        inside = bool(kind)
    return Example(said["text"], said["intent"], language, tuple(spans))


def folds_of(examples: Sequence[Example], folds: int) -> list[int]:
    """The fold of each example, drawn; sentences said twice are in the same one."""
    texts = sorted({example.text.casefold() for example in examples})
    random.Random(SEED).shuffle(texts)
    drawn = {text: place % folds for place, text in enumerate(texts)}
    return [drawn[example.text.casefold()] for example in examples]


def measure(examples: Sequence[Example], fold_of: Sequence[int], fold: int) -> Fold:
    """Fits to the other folds, tags this one."""
    held_out = [example for example, at in zip(examples, fold_of, strict=True) if at == fold]
    started = time.perf_counter()
    tagger = fit_tagger([example for example, at in zip(examples, fold_of, strict=True) if at != fold], seed=SEED)
    fitted = time.perf_counter()
    found = [tagger.spans(example.text) for example in held_out]
    tag_ms = (time.perf_counter() - fitted) / max(len(held_out), 1) * 1000
    gold = [example.entities for example in held_out]
    return Fold(span_f1_by_type(gold, found), span_f1(gold, found), fitted - started, tag_ms)


def report_of(folds: Sequence[Fold]) -> dict[str, Any]:
    """The figures of all folds together, in percent, seconds and milliseconds."""
    total = sum((fold.score for fold in folds), SpanScore(0, 0, 0))
    by_type: dict[str, SpanScore] = {}
    for fold in folds:
        for kind, score in fold.by_type.items():
            by_type[kind] = by_type.get(kind, SpanScore(0, 0, 0)) + score
    ranked = sorted(by_type.items(), key=lambda item: -item[1].expected)
    return {
        **_figures(total),
        "f1_of_folds": [round(100 * fold.score.f1, 2) for fold in folds],
        "fit_s": round(max(fold.fit_s for fold in folds), 1),
        "tag_ms": round(sum(fold.tag_ms for fold in folds) / len(folds), 3),
        "types": {kind: _figures(score) for kind, score in ranked},
    }


def _figures(score: SpanScore) -> dict[str, float | int]:
    shares = {"f1": score.f1, "precision": score.precision, "recall": score.recall}
    return {name: round(100 * share, 2) for name, share in shares.items()} | {"spans": score.expected}


def page_of(name: str, reports: dict[str, dict[str, Any]]) -> str:
    """The reports for people."""
    lines = [f"# Spans: {name}", "", "Exact spans and types, micro-averaged over all folds, in percent.", ""]
    for language, report in reports.items():
        lines += [f"## {language}", "", "| type | F1 | precision | recall | spans |", "|---|---|---|---|---|"]
        for kind, figures in {"all": report, **report["types"]}.items():
            lines.append("| " + " | ".join(str(v) for v in (kind, *(figures[k] for k in FIGURES))) + " |")
        lines += ["", f"Fitted in {report['fit_s']} s at most; {report['tag_ms']} ms a text.", ""]
    return "\n".join(lines)


FIGURES = ("f1", "precision", "recall", "spans")
READERS = {"snips": read_snips, "xsid": read_xsid}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=sorted(READERS))
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data's files")
    parser.add_argument("--report", type=Path, required=True, help="where report.json and report.md go")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", type=int, default=None, help="measure so many of the folds")
    given = parser.parse_args()
    reports = {}
    for language, examples in READERS[given.set](given.data).items():
        fold_of = folds_of(examples, given.folds)
        reports[language] = report_of([measure(examples, fold_of, fold) for fold in range(given.only or given.folds)])
        head = {key: value for key, value in reports[language].items() if key != "types"}
        sys.stdout.write(f"{language} {json.dumps(head)}\n")
        sys.stdout.flush()
    given.report.mkdir(parents=True, exist_ok=True)
    (given.report / "report.json").write_text(json.dumps(reports, indent=2) + "\n", "utf-8")
    (given.report / "report.md").write_text(page_of(given.set, reports), "utf-8")


if __name__ == "__main__":
    main()

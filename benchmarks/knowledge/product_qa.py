"""Amazon product questions: which of a product's attributes and sentences answers, beside BM25 in the same run."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.knowledge.bench import Bench, Bm25, share
from services.dialogue.adapters.knowledge.documents import Document, Section
from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.adapters.knowledge.scoring import scores_of

SETS = {"hetPQA": "hetPQA/evidence_ranking/dev.csv", "semiPQA": "semiPQA/attribute_ranking/dev.csv"}
BARS = {"points_over_bm25": 5.0}
ATTRIBUTE = re.compile(r"^([a-z0-9_#]+):\s+(\{.*)$", re.DOTALL)
NORMALISED = re.compile(r"normalized_value:\{[^{}]*\},?")
MARKS = re.compile(r"\b(?:value|unit|standardized_values):|[{}\[\]\"]")


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """Precision at 1 over the questions that some candidate answers, for each of the two sets."""
    return {"bars": BARS, **{name: await _one(bench, data / path, name) for name, path in SETS.items()}}


async def _one(bench: Bench, path: Path, name: str) -> dict[str, Any]:
    groups = [group for group in _groups(path) if any(right for _, right in group[1])]
    texts = [candidate for _, candidates in groups for candidate, _ in candidates]
    documents = [
        Document(str(place), "", "en", "dev.csv", (Section(text, whole=True),), "product")
        for place, text in enumerate(texts)
    ]
    index = await bench.index(documents, f"product-qa-{name}")
    starts = _starts(index, len(texts))
    floor = Bm25(texts)
    at, ours, bm25 = 0, [], []
    for question, candidates in groups:
        rows = slice(at, at + len(candidates))
        at = rows.stop
        (vector,) = await bench.encoder.embed([question], "query")
        places = np.arange(starts[rows.start], starts[rows.stop])
        features = index.features(places, vector, bench.tokenizer.words(question))
        nothing = np.zeros(len(places), dtype=np.float32)
        best = np.maximum.reduceat(scores_of(features, "en", nothing, nothing), starts[rows] - places[0])
        ours.append(candidates[int(np.argmax(best))][1])
        bm25.append(candidates[int(np.argmax(floor.scores(question)[rows]))][1])
    found = {"questions": len(groups), "precision_at_1": share(ours), "bm25_precision_at_1": share(bm25)}
    return {**found, "points_over_bm25": round(found["precision_at_1"] - found["bm25_precision_at_1"], 1)}


def _starts(index: Index, candidates: int) -> np.ndarray:
    """Where the passages of each candidate begin, and where the last ends: a long one is cut into several."""
    counts = np.bincount([int(entry.document) for entry in index.entries], minlength=candidates)
    if not counts.all():
        raise ValueError("a candidate has no passage; its rank would be another's")
    return np.concatenate([[0], np.cumsum(counts)])


def _groups(path: Path) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Each question with its candidates and whether they answer it."""
    by_question: dict[str, tuple[str, list[tuple[str, bool]]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, dialect="excel-tab"):
            group = by_question.setdefault(row["qid"], (row["question"], []))
            group[1].append((spoken(row["candidate"]), row["label"] != "0"))
    return iter(by_question.values())


def spoken(candidate: str) -> str:
    """An attribute as a line that a person would read, as an importer of product data writes it."""
    if (found := ATTRIBUTE.match(candidate)) is None:
        return candidate
    value = MARKS.sub(" ", NORMALISED.sub(" ", found[2]))
    value = re.sub(r"\s+", " ", re.sub(r"\s*([,;])[\s,;]*", r"\1 ", value)).strip(" ,;")
    return f"{found[1].replace('_', ' ')}: {value.replace('_', ' ')}"

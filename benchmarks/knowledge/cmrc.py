"""CMRC 2018: Chinese questions over encyclopedia passages. Which passage comes first, and whether it is answered."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.knowledge.bench import Bench, Bm25, share
from services.dialogue.adapters.knowledge.cutting import sentences_of
from services.dialogue.adapters.knowledge.documents import Document
from services.dialogue.adapters.knowledge.markup import plain_sections
from services.dialogue.adapters.knowledge.search import Query

BARS = {"first": 97.0, "answered": 80.0}


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """The share of questions whose passage comes first, and of those answered by one or two sentences."""
    paragraphs = [
        (article["title"], paragraph)
        for article in json.loads((data / "trial.json").read_text("utf-8"))["data"]
        for paragraph in article["paragraphs"]
    ]
    documents = [
        Document(paragraph["id"], title, "zh", "trial.json", tuple(plain_sections(paragraph["context"])))
        for title, paragraph in paragraphs
    ]
    index = await bench.index(documents, "cmrc2018")
    floor = Bm25([paragraph["context"] for _, paragraph in paragraphs])
    found: dict[str, list[bool]] = {name: [] for name in ("first", "answered", "bm25_first", "bm25_answered")}
    for place, (_, paragraph) in enumerate(paragraphs):
        for asked in paragraph["qas"]:
            golds = [answer["text"] for answer in asked["answers"]]
            hits = await bench.searcher.search(index, Query(asked["question"], "zh", top=1))
            found["first"].append(bool(hits) and hits[0].document == paragraph["id"])
            found["answered"].append(bool(hits) and _holds(hits[0].answer, golds))
            best = int(np.argmax(floor.scores(asked["question"])))
            found["bm25_first"].append(best == place)
            found["bm25_answered"].append(_holds(_two_best(paragraphs[best][1]["context"], asked["question"]), golds))
    return {"questions": len(found["first"]), **{name: share(hits) for name, hits in found.items()}, "bars": BARS}


def _two_best(text: str, question: str) -> str:
    sentences = sentences_of(text)
    scores = Bm25(sentences).scores(question)
    return "".join(sentences[place] for place in sorted(np.argsort(-scores)[:2]))


def _holds(answer: str, golds: list[str]) -> bool:
    said = "".join(answer.split())
    return any("".join(gold.split()) in said for gold in golds)

"""The demo shop's own questions, in both languages and across them, and what no page of it tells."""

from pathlib import Path
from typing import Any

import yaml

from benchmarks.knowledge.bench import Bench, share
from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.adapters.knowledge.search import Query, Searcher
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from services.dialogue.config import DialogueSettings
from shared.config import ROOT
from shared.shop import load_shop

OTHER = {"en": "zh", "zh": "en"}
SETS = {
    "demo": "demo_questions", "demo-second": "demo_questions_second", "demo-third": "demo_questions_third",
    "demo-fourth": "demo_questions_fourth", "demo-fifth": "demo_questions_fifth", "demo-sixth": "demo_questions_sixth",
}  # fmt: skip
"""From the third on each by somebody who had seen none of the others, nor what the search learns from."""
UNSEEN = "demo-sixth"
BARS = {"first": 92.0, "declined": 90.0, "answerable_declined_at_most": 5.0}


async def run(trial: str, bench: Bench, data: Path) -> dict[str, Any]:
    """One of SETS; of the one that nothing was tuned on figures alone are told, so that nothing will be."""
    found = await _measure(bench, data, f"{SETS[trial]}.yaml")
    rows = {name for name, value in found.items() if isinstance(value, list)}
    return {name: value for name, value in found.items() if trial != UNSEEN or name not in rows}


async def _measure(bench: Bench, data: Path, name: str) -> dict[str, Any]:
    """Shares of right pages first, and of what was declined, apart by language."""
    asked = yaml.safe_load((data / name).read_text("utf-8"))
    shop = load_shop(ROOT / "shops" / "demo")
    index = await bench.index(load_documents(shop), "demo")
    limit = DialogueSettings().dialogue_knowledge_threshold
    async with bench.open_searcher(shop) as searcher:
        rows = [await _row(searcher, index, case) for case in [*asked["answered"], *asked["unanswered"]]]
    answered = [row for row in rows if row["wanted"]]
    unanswered = [row for row in rows if not row["wanted"]]
    groups = {
        "all": answered,
        "en": [row for row in answered if row["language"] == "en" and not row["cross"]],
        "zh": [row for row in answered if row["language"] == "zh" and not row["cross"]],
        "en, page in zh": [row for row in answered if row["language"] == "en" and row["cross"]],
        "zh, page in en": [row for row in answered if row["language"] == "zh" and row["cross"]],
        "cross-language": [row for row in answered if row["cross"]],
    }
    return {
        "bars": BARS,
        "threshold": limit,
        "model_of_pages": searcher.chooser.name if searcher.chooser else "none",
        "answerable": {
            name: {
                "questions": len(group),
                "first": share([row["found"] == row["wanted"] for row in group]),
                "declined": share([row["score"] < limit for row in group]),
            } for name, group in groups.items()
        },
        "unanswerable": _declined(unanswered, limit),
        "missed": [row for row in answered if row["found"] != row["wanted"] or row["score"] < limit],
        "answered_all_the_same": [row for row in unanswered if row["score"] >= limit],
    }  # fmt: skip


def _declined(unanswered: list[dict[str, Any]], limit: float) -> dict[str, dict[str, Any]]:
    """What is declined of that which nothing answers, of all and by language."""
    groups = {"all": unanswered}
    groups |= {language: [row for row in unanswered if row["language"] == language] for language in ("en", "zh")}
    return {
        name: {"questions": len(group), "declined": share([row["score"] < limit for row in group])}
        for name, group in groups.items()
    }


async def _row(searcher: Searcher, index: Index, case: dict[str, Any]) -> dict[str, Any]:
    """What is found first for a question, beside what is right."""
    language = case["language"]
    only = OTHER[language] if case.get("cross") else ""
    hits = await searcher.search(index, Query(case["question"], language, 3, only))
    best = hits[0] if hits else None
    return {
        "question": case["question"], "language": language, "cross": bool(case.get("cross")),
        "wanted": case.get("document"), "found": best.document if best else None,
        "score": best.score if best else 0.0, "answer": best.answer if best else "",
    }  # fmt: skip

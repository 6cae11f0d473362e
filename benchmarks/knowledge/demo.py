"""The demo shop's own questions, in both languages and across them, and what no page of it tells."""

from pathlib import Path
from typing import Any

import yaml

from benchmarks.knowledge.bench import Bench, share
from services.dialogue.adapters.knowledge.search import Query
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from services.dialogue.config import DialogueSettings
from shared.config import ROOT
from shared.shop import load_shop

OTHER = {"en": "zh", "zh": "en"}
BARS = {"first": 92.0, "declined": 90.0, "answerable_declined_at_most": 5.0}


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """`data` holds demo_questions.yaml. Shares of right pages first, and of what was declined, apart by language."""
    asked = yaml.safe_load((data / "demo_questions.yaml").read_text("utf-8"))
    index = await bench.index(load_documents(load_shop(ROOT / "shops" / "demo")), "demo")
    limit = DialogueSettings().dialogue_knowledge_threshold
    rows = []
    for case in [*asked["answered"], *asked["unanswered"]]:
        language = case["language"]
        only = OTHER[language] if case.get("cross") else ""
        hits = await bench.searcher.search(index, Query(case["question"], language, 3, only))
        best = hits[0] if hits else None
        rows.append({
            "question": case["question"], "language": language, "cross": bool(case.get("cross")),
            "wanted": case.get("document"), "found": best.document if best else None,
            "score": best.score if best else 0.0, "answer": best.answer if best else "",
        })  # fmt: skip
    answered = [row for row in rows if row["wanted"]]
    groups = {
        "all": answered,
        "en": [row for row in answered if row["language"] == "en" and not row["cross"]],
        "zh": [row for row in answered if row["language"] == "zh" and not row["cross"]],
        "cross-language": [row for row in answered if row["cross"]],
    }
    unanswered = [row for row in rows if not row["wanted"]]
    return {
        "bars": BARS,
        "threshold": limit,
        "answerable": {
            name: {
                "questions": len(group),
                "first": share([row["found"] == row["wanted"] for row in group]),
                "declined": share([row["score"] < limit for row in group]),
            } for name, group in groups.items()
        },
        "unanswerable": {"questions": len(unanswered), "declined": share([row["score"] < limit for row in unanswered])},
        "missed": [row for row in answered if row["found"] != row["wanted"] or row["score"] < limit],
        "answered_all_the_same": [row for row in unanswered if row["score"] >= limit],
    }  # fmt: skip

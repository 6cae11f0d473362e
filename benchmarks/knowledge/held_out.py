"""The tenth of the demo shop's questions that its model of pages has not learned: with the model, without, and with a
model that lacks the very page that answers, as if it had been added since.

The model's heads and the weights of its word were chosen on these, so the first figures flatter; the last tell what a
new page has to fear.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.knowledge.bench import Bench, share
from services.dialogue.adapters.knowledge.choosing import Choice, Chooser
from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.adapters.knowledge.page_model import MODEL_FOLDER, read_learned
from services.dialogue.adapters.knowledge.questions import Question, questions_of
from services.dialogue.adapters.knowledge.search import Query, Searcher
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from services.dialogue.config import DialogueSettings
from shared.config import ROOT
from shared.shop import load_shop
from shared.shop.asked import PRODUCT, is_nothing


@dataclass
class Lacking:
    """A model that has never heard of one page."""

    chooser: Chooser
    page: str = ""
    name: str = "lacking"

    async def choose(self, question: str) -> Choice:
        """What the others get if they share what the page has."""
        choice = await self.chooser.choose(question)
        shares = dict(choice.shares)
        shares.pop(self.page, None)
        return replace(choice, shares={name: value / sum(shares.values()) for name, value in shares.items()})


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """Shares of right documents first and of what is declined; `data` is not read."""
    shop = load_shop(ROOT / "shops" / "demo")
    index = await bench.index(load_documents(shop), "demo")
    learned = read_learned(shop.files.root / MODEL_FOLDER) or frozenset()
    held = [one for one in questions_of(shop) if one.digest not in learned]
    pages = [one for one in held if one.wanted != PRODUCT and not is_nothing(one.wanted)]
    async with bench.open_searcher(shop) as searcher:
        if searcher.chooser is None:
            raise ValueError("the demo shop ships no model of these questions: fit one with `deskbell train knowledge`")
        lacking = Lacking(searcher.chooser)
        stranger = Searcher(bench.encoder, bench.tokenizer, bench.today, lacking)
        found = {"with the model": await _figures(searcher, index, held)}
        found["without"] = await _figures(bench.searcher, index, held)
        rows = []
        for one in pages:
            lacking.page = one.wanted
            rows.append(await _row(stranger, index, one))
        found["page unknown to the model"] = _told(rows)
        lacking.page = pages[0].wanted
        rows = [await _row(stranger, index, one) for one in pages if one.wanted != lacking.page]
        found[f"others, {lacking.page} unknown"] = _told(rows)
    return found


async def _figures(searcher: Searcher, index: Index, questions: list[Question]) -> dict[str, Any]:
    return _told([await _row(searcher, index, one) for one in questions])


async def _row(searcher: Searcher, index: Index, one: Question) -> tuple[str, bool, float]:
    """What is wanted, whether it comes first, and the score of what does. Of products any will do."""
    hits = await searcher.search(index, Query(one.text, one.language, 1))
    if not hits:
        return one.wanted, False, 0.0
    products = {entry.document for entry in index.entries if entry.origin == "product"}
    found = PRODUCT if hits[0].document in products else hits[0].document
    return one.wanted, found == one.wanted, hits[0].score


def _told(rows: list[tuple[str, bool, float]]) -> dict[str, Any]:
    limit = DialogueSettings().dialogue_knowledge_threshold
    groups = {
        "pages": [row for row in rows if row[0] != PRODUCT and not is_nothing(row[0])],
        "products": [row for row in rows if row[0] == PRODUCT],
    }
    told: dict[str, Any] = {}
    for name, group in groups.items():
        told[name] = len(group)
        told[f"{name}_first"] = share([right for _, right, _ in group])
        told[f"{name}_declined"] = share([score < limit for *_, score in group])
    nothing = [score for wanted, _, score in rows if is_nothing(wanted)]
    return told | {"nothing": len(nothing), "nothing_declined": share([score < limit for score in nothing])}

"""Questions to a local model, through the shop's own search and the check: what customers would be told."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.generation.recheck import Findings, recheck
from loadtest.machine import describe
from services.commands.generation.arms import Model, Said
from services.commands.generation.finding import Found, open_finder
from services.commands.understanding.progress import progress_bar
from services.generator.adapters.local.transformers_model import open_transformers
from services.generator.adapters.pairs.products import product_pairs
from shared.shop import load_shop

BARS = {"released_that_pass": 95.0, "false_numbers": 0}
WRONG_SHOWN = 40


def questions_of(shop_dir: Path, most: int, seed: int) -> list[str]:
    """English questions to pages and products, in customers' words, as many of each as there are."""
    shop = load_shop(shop_dir)
    asks = [ask for told in shop.page_answers.get("en", {}).values() for one in told for ask in one.ask]
    asks += [ask for of in shop.page_questions.values() for ask in of.get("en", ())]
    products = sorted({pair.question for pair in product_pairs(shop, seed)})
    chance = random.Random(seed)
    pages = chance.sample(sorted(set(asks)), min(len(set(asks)), most - most // 2))
    return [*pages, *chance.sample(products, min(len(products), most - len(pages)))]


async def run(shop_dir: Path, model: str, adapter: Path | None, asked: list[str]) -> dict[str, Any]:
    """Asks all and rechecks what was released."""
    opened = await asyncio.to_thread(open_transformers, model, adapter)
    arm = Model("model", opened, opened.count)
    rows: list[tuple[Found, Said, Findings]] = []
    started = perf_counter()
    async with open_finder(shop_dir) as finder:
        with progress_bar() as tell:
            for number, question in enumerate(asked, 1):
                if (found := await finder.find(question)) is not None:
                    said = await arm.say(found)
                    sources = (*found.ground.passages, *found.ground.facts)
                    rows.append((found, said, recheck(said.shown, sources)))
                tell("asking", number, len(asked))
    await opened.close()
    return _document(rows, len(asked)) | {
        "model": opened.name, "device": opened.device, "seconds": round(perf_counter() - started, 1),
        "machine": describe(),
    }  # fmt: skip


def _document(rows: list[tuple[Found, Said, Findings]], asked: int) -> dict[str, Any]:
    spoken = [(found, said, again) for found, said, again in rows if said.by_model]
    passed = sum(again.passed for _, _, again in spoken)
    return {
        "bars": BARS,
        "questions": asked,
        "answered": len(rows),
        "released": len(spoken),
        "released_percent": round(100 * len(spoken) / max(len(rows), 1), 1),
        "released_that_pass": round(100 * passed / max(len(spoken), 1), 1),
        "false_numbers": sum(len(again.numbers) for _, _, again in spoken),
        "false_names": sum(len(again.names) for _, _, again in spoken),
        "template_that_pass": _percent(rows),
        "faults": dict(Counter(fault for _, said, _ in rows for fault in said.faults).most_common()),
        "wrong": [
            {
                "question": found.question,
                "shown": said.shown,
                "numbers": again.numbers,
                "names": again.names,
                "passages": found.ground.passages,
            }
            for found, said, again in spoken
            if not again.passed
        ][:WRONG_SHOWN],
        "examples": [
            {"question": found.question, "shown": said.shown, "by_model": said.by_model}
            for found, said, _ in rows[:WRONG_SHOWN]
        ],
    }


def _percent(rows: list[tuple[Found, Said, Findings]]) -> float:
    """How often the second look passes what is sent without a model."""
    passed = [recheck(found.answer, (*found.ground.passages, *found.ground.facts)).passed for found, _, _ in rows]
    return round(100 * sum(passed) / max(len(passed), 1), 1)

"""Questions to a local model, through the shop's own search and the check: what customers would be told."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.generation.recheck import Findings, recheck
from benchmarks.generation.rows import Row, RowFile, read_rows
from loadtest.machine import describe
from services.commands.generation.arms import Model, Said, said_of
from services.commands.generation.finding import Found, open_finder
from services.commands.understanding.progress import progress_bar
from services.generator.adapters.pairs.products import product_pairs
from shared.errors import ConfigError
from shared.shop import load_shop

BARS = {"released_that_pass": 95.0, "false_numbers": 0}
WRONG_SHOWN = 40


@dataclass(frozen=True)
class Source:
    """Which model answers, with which adapter, and the seed of the questions."""

    model: str
    adapter: Path | None
    seed: int

    def about(self, questions: int) -> dict[str, Any]:
        """What tells a run from others; an adapter that is trained anew is another one."""
        files = sorted(self.adapter.rglob("*.safetensors")) if self.adapter else ()
        digest = sha256(b"".join(file.read_bytes() for file in files)).hexdigest() if files else None
        adapter = str(self.adapter) if self.adapter else None
        return {
            "model": self.model, "adapter": adapter, "adapter_sha256": digest, "seed": self.seed, "questions": questions
        }  # fmt: skip


def questions_of(shop_dir: Path, most: int, seed: int) -> list[str]:
    """English questions to pages and products, in customers' words, as many of each as there are."""
    shop = load_shop(shop_dir)
    asks = [ask for told in shop.page_answers.get("en", {}).values() for one in told for ask in one.ask]
    asks += [ask for of in shop.page_questions.values() for ask in of.get("en", ())]
    products = sorted({pair.question for pair in product_pairs(shop, seed)})
    chance = random.Random(seed)
    pages = chance.sample(sorted(set(asks)), min(len(set(asks)), most - most // 2))
    return [*pages, *chance.sample(products, min(len(products), most - len(pages)))]


async def run(shop_dir: Path, source: Source, asked: list[str], kept: Path) -> dict[str, Any]:
    """Asks what the file `kept` has no row of yet, and rechecks what was released of all. Raises ConfigError."""
    # Late: judging kept rows needs no torch.
    from services.generator.adapters.local.transformers_model import open_transformers

    file = RowFile(kept, source.about(len(asked)))
    if other := next((q for q, row in zip(asked, file.rows, strict=False) if q != row.question), None):
        raise ConfigError(f"{kept} is of other questions ({other!r} is missing); name another --report, or remove it")
    opened = await asyncio.to_thread(open_transformers, source.model, source.adapter, measured=True)
    arm = Model("model", opened, opened.count)
    async with open_finder(shop_dir) as finder:
        with progress_bar() as tell:
            for number, question in enumerate(asked[len(file.rows) :], len(file.rows) + 1):
                started = perf_counter()
                found = await finder.find(question)
                said = await arm.say(found) if found else None
                written, whole = (said.written, said.whole) if said else ("", True)
                file.add(Row(question, found, written, whole, round(perf_counter() - started, 2)))
                tell("asking", number, len(asked))
    await opened.close()
    return judged(file.rows) | {"model": opened.name, "device": opened.device}


def recheck_rows(kept: Path) -> dict[str, Any]:
    """Judges the kept rows with today's rules; no model is asked. Raises ConfigError."""
    about, rows = read_rows(kept)
    return judged(rows) | {
        "model": about.get("model"), "seed": about.get("seed"), "rechecked": True,
        "note": "the raw texts kept by an earlier run, through today's release and check; those in `cut_short` were "
        "stopped by the check of that run, so that nothing is known of how they would have gone on",
    }  # fmt: skip


def judged(kept: Sequence[Row]) -> dict[str, Any]:
    """What customers would be told, and what a second look makes of it."""
    rows = []
    for row in kept:
        if row.found is not None:
            said = said_of(row.written, row.found, whole=row.whole)
            sources = (*row.found.ground.passages, *row.found.ground.facts)
            rows.append((row.found, said, recheck(said.shown, sources)))
    return _document(rows, len(kept)) | {
        "cut_short": sum(not row.whole for row in kept),
        "seconds": round(sum(row.seconds for row in kept), 1),
        "machine": describe(),
    }


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

"""How search grows with the catalogue: synthetic product passages, from 1,000 to 100,000.

Texts are put together from words of a catalogue; vectors are those of the demo shop's passages with noise, for
100,000 real ones would take the encoder many minutes and their content does not change how long a search takes.
"""

import asyncio
import gc
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.knowledge.bench import Bench
from services.dialogue.adapters.knowledge.index import Index, build_index
from services.dialogue.adapters.knowledge.search import Query
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from shared.config import ROOT
from shared.shop import load_shop

SIZES = (1_000, 3_000, 5_000, 10_000, 30_000, 100_000)
BARS = {"p95_ms_at_100000": 30.0}
SEARCHES = 200
NOISE = 0.35
KINDS = ("boot", "lamp", "kettle", "jacket", "scarf", "backpack", "speaker", "watch", "mug", "tent", "sock", "chair")
PARTS = ("waterproof", "weight", "material", "warranty", "battery", "colour", "fit", "care", "origin", "size")
QUESTIONS = (
    "is the {0} {1} {2} waterproof", "how heavy is the {0} {1}", "how long does the battery of the {1} {2} last",
    "can I wash the {0} {1} in the machine", "what colours does the {1} come in", "does the {2} {1} run small",
)  # fmt: skip


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """Time of a search and memory by number of passages, with the graph from the size on at which it is used."""
    demo = await bench.index(load_documents(load_shop(ROOT / "shops" / "demo")), "demo")
    chance = np.random.default_rng(7)
    questions = [QUESTIONS[n % len(QUESTIONS)].format(*_name(chance)) for n in range(SEARCHES)]
    await bench.encoder.embed(questions, "query")
    grown = {}
    for size in SIZES:
        before = resident_mb()
        started = time.perf_counter()
        index = await asyncio.to_thread(build_index, "scale", list(_rows(bench, demo, size, chance)))
        built = time.perf_counter() - started
        times = [await _timed(bench, index, question) for question in questions]
        held = resident_mb() - before
        without = replace(index, graph=None)
        looking = [await _timed(bench, without, question) for question in questions] if index.graph else times
        # A question's embedding is cached here; what it costs stands apart, for it does not grow.
        grown[f"{size:,}"] = {
            "p50_ms": round(float(np.percentile(times, 50)), 2), "p95_ms": round(float(np.percentile(times, 95)), 2),
            "p95_ms_without_graph": round(float(np.percentile(looking, 95)), 2),
            "build_s": round(built, 1), "memory_mb": round(held), "graph": index.graph is not None,
        }  # fmt: skip
        del index, without
        gc.collect()
    return {"bars": BARS, "embedding_p95_ms": await _embedding_ms(bench), "growth": grown}


async def _timed(bench: Bench, index: Index, question: str) -> float:
    started = time.perf_counter()
    await bench.searcher.search(index, Query(question, "en"))
    return 1_000 * (time.perf_counter() - started)


async def _embedding_ms(bench: Bench) -> float:
    times = []
    for number in range(50):
        started = time.perf_counter()
        await bench.encoder.embed([f"is the model {number} good for long walks in the rain"], "query")
        times.append(1_000 * (time.perf_counter() - started))
    return round(float(np.percentile(times, 95)), 2)


def _rows(bench: Bench, demo: Index, size: int, chance: np.random.Generator) -> Iterator[SimpleNamespace]:
    picked = chance.integers(len(demo.entries), size=size)
    for number in range(size):
        name = " ".join(_name(chance))
        part = PARTS[number % len(PARTS)]
        text = f"{part.capitalize()}: {part} of the {name}, tested in series {chance.integers(10_000)}, batch {number}."
        rows = demo.passages[[picked[number], picked[number]]].astype(np.float32)
        rows += NOISE * chance.standard_normal(rows.shape).astype(np.float32) / np.sqrt(rows.shape[1])
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        yield SimpleNamespace(
            document=f"S{number // len(PARTS)}", language="en", title=name, text=text, leads=False, asks=0,
            source="scale", origin="import", valid_from=None, valid_until=None,
            words=bench.tokenizer.words(f"{name}\n{text}"), vectors=rows.astype(np.float16).tobytes(),
        )  # fmt: skip


def _name(chance: np.random.Generator) -> tuple[str, str, str]:
    maker = "".join(chance.choice(list("abcdefghiklmnoprstuvw"), size=5))
    return maker.capitalize(), str(chance.choice(KINDS)), str(chance.integers(2, 99))


def resident_mb() -> float:
    """What this process holds in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1_024
    return 0.0

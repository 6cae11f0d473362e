"""700 foreign documents of a page each: how long their import takes, and when a running dialogue answers from them."""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.knowledge.bench import Bench
from services.dialogue.adapters.knowledge.live import Home, LiveKnowledge, open_knowledge
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from services.runner import database_url
from shared.config import ROOT, Settings
from shared.shop import load_shop

DOCUMENTS = 700
WORDS = 300
"""About a printed page."""
ASKED = 10
BARS = {"import_s": 120.0, "answered_after_s": 5.0}
DEMO = ROOT / "shops" / "demo"


async def run(bench: Bench, data: Path) -> dict[str, Any]:
    """Seconds of `deskbell knowledge import`, and from its end until another process answers by the last document."""
    with TemporaryDirectory() as folder:
        shop, var, source = (Path(folder) / name for name in ("shop", "var", "documents"))
        shutil.copytree(DEMO, shop)
        source.mkdir()
        documents = _documents()
        (source / "documents.json").write_text(json.dumps(documents), "utf-8")
        url = database_url(Settings(var=var, shop_dir=shop))
        Path(url.partition("///")[2]).parent.mkdir(parents=True)
        async with open_knowledge(Home(shop, var, url), bench.encoder) as live, asyncio.TaskGroup() as owner:
            following = owner.create_task(live.follow())
            took, busy = await _imported(source, shop, var)
            ended = time.perf_counter()
            await _answered(live, documents[-1])
            after = time.perf_counter() - ended
            right = [await _is_first(live, document) for document in documents[:: DOCUMENTS // ASKED]]
            following.cancel()
    return {
        "bars": BARS, "documents": DOCUMENTS, "words_each": WORDS, "passages": len(live.index.entries),
        "import_s": round(took, 1), "import_cpu_s": round(busy, 1), "answered_after_s": round(after, 1),
        "first": f"{sum(right)} of {len(right)}",
    }  # fmt: skip


async def _imported(source: Path, shop: Path, var: Path) -> tuple[float, float]:
    """Seconds by the clock, and of both processors."""
    command = [sys.executable, "-m", "services.cli", "knowledge", "import", str(source), "--shop", str(shop)]
    environment = {**os.environ, "DESKBELL_VAR": str(var), "DESKBELL_ENV_FILE": ""}
    started, before = time.perf_counter(), os.times()
    process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    if process.returncode:
        raise ValueError(f"the import failed: {told.decode()}")
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, busy


async def _answered(live: LiveKnowledge, document: dict[str, str]) -> None:
    while not await _is_first(live, document):  # noqa: ASYNC110 - the index tells nobody
        await asyncio.sleep(0.1)


async def _is_first(live: LiveKnowledge, document: dict[str, str]) -> bool:
    hits = await live.search(f"where is the {document['title']} kept", "en", 1)
    return bool(hits) and hits[0].document == document["id"]


def _documents() -> list[dict[str, str]]:
    """Sentences of the demo shop's pages in ever new order, and one that no other document has."""
    pages = [page for page in load_documents(load_shop(DEMO)) if page.origin == "page" and page.language == "en"]
    sentences = [part for page in pages for section in page.sections for part in section.text.split(". ") if part]
    chance = np.random.default_rng(11)
    return [_document(number, sentences, chance) for number in range(DOCUMENTS)]


def _document(number: int, sentences: Sequence[str], chance: np.random.Generator) -> dict[str, str]:
    name = "".join(chance.choice(list("abdefgiklmnoprstuvz"), size=7)).capitalize()
    told, words = [f"The {name} manual is kept in cabinet {number}"], 0
    while words < WORDS:
        told.append(str(chance.choice(sentences)).rstrip("."))
        words += len(told[-1].split())
    paragraphs = [". ".join(told[at : at + 4]) + "." for at in range(0, len(told), 4)]
    return {"id": f"foreign-{number}", "title": f"{name} manual", "content": "\n\n".join(paragraphs)}

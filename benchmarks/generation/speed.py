"""A local model through our adapter beside the same weights by transformers' own `generate`, turn about."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from transformers.generation.streamers import BaseStreamer

from loadtest.machine import describe
from services.generator.adapters.local.loading import Loaded, load
from services.generator.adapters.local.transformers_model import TransformersModel
from services.generator.adapters.pairs.pages import page_pairs
from services.generator.domain.prompt import Prompt, knowledge_prompt
from services.generator.ports import Limits, NoAnswer
from shared.shop import load_shop

BAR = 0.9
MOST_TOKENS = 64


class Clock(BaseStreamer):
    """Notes when tokens come; the first call is the prompt itself."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._prompt = True

    def put(self, value: Any) -> None:
        if not self._prompt:
            self.times.append(perf_counter())
        self._prompt = False

    def end(self) -> None:
        """Nothing to do: the caller takes the time."""


def prompts_of(shop_dir: Path, most: int) -> list[Prompt]:
    """Knowledge questions of different pages, with the shop's own figures."""
    first: dict[str, Prompt] = {}
    for pair in page_pairs(load_shop(shop_dir), 0):
        if not pair.varied and pair.language == "en":
            first.setdefault(pair.group, knowledge_prompt(pair.question, pair.ground))
    return list(first.values())[:most]


async def run(shop_dir: Path, model: str, adapter: Path | None, most: int) -> dict[str, Any]:
    """Every prompt by both, who begins alternates; the first prompt of each only warms up."""
    loaded = load(model, adapter)
    ours = TransformersModel(loaded)
    rows: list[dict[str, Any]] = []
    for number, prompt in enumerate(prompts_of(shop_dir, most + 1)):
        row: dict[str, Any] = {}
        for name in ("ours", "bare") if number % 2 else ("bare", "ours"):
            row[name] = await _ours(ours, prompt) if name == "ours" else await asyncio.to_thread(_bare, loaded, prompt)
        if number:
            rows.append(row)
    await ours.close()
    return _document(rows) | {"model": loaded.name, "device": loaded.device.name, "machine": describe()}


async def _ours(model: TransformersModel, prompt: Prompt) -> dict[str, Any]:
    started, first, text = perf_counter(), 0.0, ""
    limits = Limits(first_token_s=600, token_s=600, total_s=3600, max_tokens=MOST_TOKENS)
    try:
        async with aclosing(model.stream(prompt, limits)) as pieces:
            async for piece in pieces:
                first = first or perf_counter()
                text += piece
    except NoAnswer as exc:
        if exc.kind != "length":
            raise
    return _row(model.count(text), started, first, text)


def _bare(loaded: Loaded, prompt: Prompt) -> dict[str, Any]:
    started, clock = perf_counter(), Clock()
    ids = torch.tensor([loaded.ids(prompt)], device=loaded.device.torch)
    with torch.inference_mode():
        out = loaded.model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=MOST_TOKENS, do_sample=False, streamer=clock,
            pad_token_id=loaded.tokenizer.eos_token_id,
        )  # fmt: skip
    text = loaded.tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
    count = len(loaded.tokenizer(text, add_special_tokens=False)["input_ids"])
    return _row(count, started, clock.times[0], text)


def _row(tokens: int, started: float, first: float, text: str) -> dict[str, Any]:
    ended = perf_counter()
    return {
        "tokens": tokens, "first_s": first - started, "all_s": ended - started,
        "tokens_per_s": (tokens - 1) / (ended - first), "text": text,
    }  # fmt: skip


def _document(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    def middle(name: str, key: str) -> float:
        return round(median(row[name][key] for row in rows), 3)

    both = {
        name: {key: middle(name, key) for key in ("first_s", "all_s", "tokens_per_s", "tokens")} for name in rows[0]
    }
    return {
        "bar": BAR,
        "prompts": len(rows),
        **both,
        "speed_of_bare": round(median(r["ours"]["tokens_per_s"] / r["bare"]["tokens_per_s"] for r in rows), 3),
        "first_chunk_of_bare": round(median(r["ours"]["first_s"] / r["bare"]["first_s"] for r in rows), 3),
        "same_text_percent": round(100 * sum(r["ours"]["text"] == r["bare"]["text"] for r in rows) / len(rows), 1),
    }

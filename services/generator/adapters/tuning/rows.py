"""Pairs as tokens, in batches of like length."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import torch

from services.generator.adapters.local.loading import prompt_ids
from services.generator.adapters.pairs import Pair
from services.generator.domain.prompt import knowledge_prompt

WINDOW = 50
"""Batches' worth of pairs that are sorted by length together: like with like, yet in an order of chance."""


@dataclass(frozen=True)
class Row:
    """A pair's tokens; the reply begins at `reply`."""

    ids: tuple[int, ...]
    reply: int


@dataclass(frozen=True)
class Batch:
    """Rows beside each other, padded at the end. `wanted` says where a token is the reply's, which alone is learned."""

    ids: torch.Tensor
    mask: torch.Tensor
    wanted: torch.Tensor


def rows_of(pairs: Sequence[Pair], tokenizer: Any, most: int) -> list[Row]:
    """The pairs as they are asked and answered; those of more than `most` tokens are left out."""
    rows = []
    for pair in pairs:
        prompt = prompt_ids(tokenizer, knowledge_prompt(pair.question, pair.ground), taught=True)
        reply = tokenizer(pair.reply, add_special_tokens=False)["input_ids"]
        row = Row((*prompt, *reply, tokenizer.eos_token_id), len(prompt))
        if len(row.ids) <= most:
            rows.append(row)
    return rows


def batches(rows: Sequence[Row], batch_tokens: int, seed: int) -> list[list[Row]]:
    """All rows once, in batches of about so many tokens; the same seed gives the same batches."""
    random = Random(seed)
    order = list(rows)
    random.shuffle(order)
    mean = sum(len(row.ids) for row in order) / max(len(order), 1)
    window = max(1, round(WINDOW * batch_tokens / max(mean, 1)))
    made: list[list[Row]] = []
    for start in range(0, len(order), window):
        made += _filled(sorted(order[start : start + window], key=lambda row: len(row.ids)), batch_tokens)
    random.shuffle(made)
    return made


def padded(rows: Sequence[Row], device: torch.device) -> Batch:
    """The rows as tensors."""
    width = max(len(row.ids) for row in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask, wanted = torch.zeros_like(ids), torch.zeros(len(rows), width, dtype=torch.bool)
    for place, row in enumerate(rows):
        ids[place, : len(row.ids)] = torch.tensor(row.ids)
        mask[place, : len(row.ids)] = 1
        wanted[place, row.reply : len(row.ids)] = True
    return Batch(ids.to(device), mask.to(device), wanted.to(device))


def _filled(rows: Sequence[Row], batch_tokens: int) -> list[list[Row]]:
    made: list[list[Row]] = [[]]
    for row in rows:
        if made[-1] and (len(made[-1]) + 1) * len(row.ids) > batch_tokens:
            made.append([])
        made[-1].append(row)
    return [batch for batch in made if batch]

"""What a second opinion could gain on a shop's held-out texts: `python -m benchmarks.second_opinion [--shop DIR]`.

For each pair of thresholds: how many texts the language model is asked about, how many of these the encoder reads
wrongly, and how many would be right in all if the model never erred. No model is asked.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

from services.nlu.adapters.reading import read_examples
from services.nlu.config import NluSettings
from services.nlu.domain.second_opinion import Doubt
from services.nlu.service import Opener
from shared.config import Settings
from shared.contracts.messages import Expects, Understanding
from shared.encoder import open_encoder
from shared.shop import load_shop

ABOVE = (0.0, 0.05, 0.1, 0.2)
BELOW = (0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class Read:
    """A held-out text's understanding, and whether it is right."""

    understanding: Understanding
    right: bool


def figures(reads: list[Read], doubt: Doubt) -> dict[str, float]:
    """Shares of all texts."""
    asked = [read for read in reads if doubt.places(read.understanding, Expects())]
    wrong = sum(not read.right for read in asked)
    right = sum(read.right for read in reads)
    told = {"asked": len(asked), "asked_and_wrong": wrong, "right_now": right, "right_at_best": right + wrong}
    return {"above": doubt.above, "below": doubt.below} | {name: round(n / len(reads), 4) for name, n in told.items()}


async def _reads(settings: Settings, data: Path) -> list[Read]:
    async with (
        open_encoder(kept=settings.var / "encoder", timeout_s=120, lazy=True) as encoder,
        Opener(load_shop(settings.shop_dir), settings.var, encoder, NluSettings()).open(None) as mind,
    ):
        found = []
        for example in (placed.example for placed in read_examples(data)):
            language = "zh" if example.language == "zh" else "en"
            vectors = await mind.embedder.embed(mind.reader.texts(example.text), "query")
            understanding = mind.reader.read(example.text, language, Expects(), vectors)
            intents = [request.intent for request in understanding.requests]
            found.append(Read(understanding, intents == [example.intent]))
    return found


def main(
    shop: Annotated[Path | None, typer.Option(help="default: the demo shop")] = None,
    data: Annotated[Path | None, typer.Option(help="default: the shop's nlu/test")] = None,
) -> None:
    """Prints one line of JSON for each pair of thresholds."""
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    reads = asyncio.run(_reads(settings, data or settings.shop_dir / "nlu" / "test"))
    for above, below in product(ABOVE, BELOW):
        sys.stdout.write(json.dumps(figures(reads, Doubt(above, below))) + "\n")


if __name__ == "__main__":
    typer.run(main)

"""`python -m benchmarks.nlu --report DIR`: how well and how fast texts are understood.

One run, one machine: absolute figures of a shared machine promise nothing, ratios and accuracies do.
"""

import asyncio
import random
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.crowd import Speed, Turn, joined, measure
from benchmarks.nlu.data import Split, in_scope, parted, read_examples, shop_examples
from benchmarks.nlu.report import FLOOR, Result, document, write_report
from benchmarks.nlu.systems import MiniLm, System, bare, deskbell, regression, words
from shared.config import Settings
from shared.e5_engine import load_e5_engine
from shared.encoder import AT_ONCE, Engine, sharing_cores
from shared.errors import ConfigError
from shared.shop import Shop, load_shop

WARM_UP_S = 0.5
ROUNDS = 4
ASKED = 0.2
SEED = 0


def nlu(
    report: Annotated[Path, typer.Option(help="folder for the report")],
    data: Annotated[Path | None, typer.Option(help="examples in JSON Lines; unset: those of the shop")] = None,
    test: Annotated[Path | None, typer.Option(help="what is asked; unset: a fifth of the examples")] = None,
    seconds: Annotated[float, typer.Option(min=0.5, help="measured time of each system, alone and in the crowd")] = 8,
    callers: Annotated[int, typer.Option(min=1, max=1024, help="who ask at once")] = 50,
) -> None:
    """Fits and asks our understanding, its encoder alone, MiniLM with logistic regression, and a word-based SVM."""
    shop = load_shop(Settings().shop_dir)
    try:
        examples = read_examples(data) if data else shop_examples(shop)
        split = in_scope(Split(examples, read_examples(test)) if test else parted(examples, ASKED, SEED))
    except ConfigError as exc:
        raise typer.BadParameter(str(exc)) from exc
    bench = Bench(split, seconds, callers)
    results = asyncio.run(bench.run(shop))
    facts = {"train": len(split.train), "test": len(split.test), "intents": len({e.intent for e in split.train})}
    source = {"examples": str(data or shop.files.root.name), "asked": str(test or "a fifth of the examples")}
    write_report(report, document(results, facts | source, ["python -m benchmarks.nlu", *sys.argv[1:]]))
    typer.echo(f"{report / 'report.html'}")


class Bench:
    """One run over one split."""

    def __init__(self, split: Split, seconds: float, callers: int) -> None:
        self.split, self.seconds, self.callers = split, seconds, callers
        self.texts = [example.text for example in split.test]
        random.Random(SEED).shuffle(self.texts)

    async def run(self, shop: Shop) -> list[Result]:
        """Fits all systems, then measures them in turns, so that what else the machine does falls on each alike."""
        engine: Engine = load_e5_engine()
        with sharing_cores(), ThreadPoolExecutor(AT_ONCE) as worker:
            systems = [deskbell(engine, worker, shop, self.split), bare(FLOOR, engine, worker)]
            if MiniLm.is_installed():
                systems.append(regression("MiniLM-L6 (torch) + LR", MiniLm(), worker, self.split))
            systems.append(words(self.split))
            alone, crowd = await self._speeds(systems, 1), await self._speeds(systems, self.callers)
        return [
            Result(system.name, self._accuracy(system), *speeds)
            for system, *speeds in zip(systems, alone, crowd, strict=True)
        ]

    async def _speeds(self, systems: Sequence[System], callers: int) -> list[Speed]:
        turns = [self._turns(system, callers) for system in systems]
        rounds: list[list[Speed]] = []
        for number in range(ROUNDS):
            typer.echo(f"{callers} at once, round {number + 1} of {ROUNDS}", err=True)
            rounds.append([await measure(of, WARM_UP_S, self.seconds / ROUNDS) for of in turns])
        return [joined(of) for of in zip(*rounds, strict=True)]

    def _turns(self, system: System, callers: int) -> list[Turn]:
        """Each caller has a share of the texts, so that no two ask the same at once."""
        shares = [self.texts[first::callers] or self.texts for first in range(callers)]
        return [_turn(system, cycle(share)) for share in shares]

    def _accuracy(self, system: System) -> dict[str, float]:
        """Percent of the asked texts whose intent was found, by language and over all."""
        if system.predicted is None:
            return {}
        languages = sorted({example.language for example in self.split.test})
        pairs = list(zip(self.split.test, system.predicted, strict=True))
        shares = {name: [e.intent == p for e, p in pairs if e.language == name] for name in languages}
        shares = {"all": [e.intent == p for e, p in pairs]} | (shares if len(languages) > 1 else {})
        return {name: round(100 * sum(right) / len(right), 2) for name, right in shares.items()}


def _turn(system: System, texts: Iterator[str]) -> Turn:
    async def turn() -> None:
        await system.read(next(texts))

    return turn


if __name__ == "__main__":
    typer.run(nlu)

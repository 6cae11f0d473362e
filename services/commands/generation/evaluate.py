"""`deskbell evaluate generator`: a model's replies beside the shop's own words, on what it was not taught."""

import asyncio
import json
import os
import random
import shlex
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.commands.generation.train import read_shop_pairs, training_module
from services.commands.understanding.progress import progress_bar
from services.generator.adapters.local import BUNDLED, CARD
from shared.errors import ConfigError

if TYPE_CHECKING:
    from services.commands.generation.arms import Arm
    from services.commands.generation.figures import Case
    from services.commands.generation.finding import Finder
    from services.generator.adapters.pairs import Pair, Pairs

LOCAL = "services.generator.adapters.local.transformers_model"
SHOWN = ("passes_check", "released", "coverage_shown", "chrf_shown", "words", "tokens_per_s")


def evaluate_generator(  # noqa: PLR0913 - an option each
    report: Annotated[Path, typer.Option(help="folder for report.json, report.html and blind.html")],
    model: Annotated[str, typer.Option(help="smollm2, a folder, a GGUF file, a name on the hub")] = BUNDLED,
    adapter: Annotated[Path | None, typer.Option(help="what `train generator` has made of it")] = None,
    shop: Annotated[Path, typer.Option(help="the shop's folder")] = Path("shops/demo"),
    questions: Annotated[int, typer.Option("-n", min=2, help="how many questions")] = 100,
    seed: Annotated[
        int, typer.Option(min=0, help="of the choice of questions; without an adapter also of the split")
    ] = 0,
    choose: Annotated[
        bool, typer.Option(help="write into the adapter's card for which kinds of answer it is to speak")
    ] = False,
) -> None:
    """Measures replies to questions about pages and products that were held back: the check, facts, likeness, speed."""
    if choose and adapter is None:
        raise ConfigError("--choose says when an adapter is to speak; name it with --adapter")
    local = training_module(LOCAL)
    loading = training_module("services.generator.adapters.local.loading")
    card = loading.read_card(adapter) if adapter else {}
    made = read_shop_pairs(shop, int(card.get("seed", seed)))
    asked = held_back(made, questions, seed)
    cases = asyncio.run(_measure(asked, shop, partial(_arms, local, model, adapter)))
    if not cases:
        raise ConfigError("the shop's search answers none of the questions; write more pages or questions")
    changed = bool(card) and card["held_back"]["test"] != made.groups("test")
    document = _document(cases, {"card": card, "changed": changed, "seed": seed, "asked": len(asked), "model": model})
    from services.commands.generation.report import write_report

    try:
        write_report(report, document, cases)
    except OSError as exc:
        raise ConfigError(f"cannot write the report to {report}: {exc.strerror}") from exc
    _tell(document["arms"])
    if choose and adapter is not None:
        choose_kinds(adapter, card, document["kinds"])
    typer.echo(f"{report / 'report.html'}")


async def _measure(asked: "Sequence[Pair]", shop: Path, open_arms: "Callable[[], list[Arm]]") -> "list[Case]":
    from services.commands.generation.finding import open_finder

    async with open_finder(shop) as finder:
        return await run(asked, finder, await asyncio.to_thread(open_arms))


def _tell(arms: dict[str, dict[str, Any]]) -> None:
    for name, found in arms.items():
        typer.echo(f"{name:>9}: " + ", ".join(f"{key} {found[key]}" for key in SHOWN if found[key] is not None))


def choose_kinds(adapter: Path, card: dict[str, Any], found: dict[str, Any]) -> None:
    """Writes into the adapter's card for which kinds it is to speak: those in which it helps. Raises ConfigError."""
    from services.commands.generation.figures import helped

    kinds = helped(found)
    draft = adapter / f".{CARD}.draft"
    try:
        draft.write_text(json.dumps({**card, "kinds": kinds}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(draft, adapter / CARD)
    except OSError as exc:
        raise ConfigError(f"cannot write to {adapter}: {exc.strerror}") from exc
    typer.echo(f"speaks about: {', '.join(kinds) or 'nothing'}")


def held_back(made: "Pairs", most: int, seed: int) -> "list[Pair]":
    """Questions of the test part with the shop's own figures, each once, as many of pages as of products."""
    kinds: dict[str, list[Pair]] = {}
    seen: set[str] = set()
    for pair in made.test:
        if not pair.varied and pair.question.lower() not in seen:
            seen.add(pair.question.lower())
            kinds.setdefault("page" if pair.kind == "page" else "product", []).append(pair)
    chosen: list[Pair] = []
    for left, (_, of_kind) in zip(
        range(len(kinds), 0, -1), sorted(kinds.items(), key=lambda k: len(k[1])), strict=True
    ):
        chosen += random.Random(seed).sample(of_kind, min(len(of_kind), (most - len(chosen)) // left))
    return chosen


async def run(pairs: "Sequence[Pair]", finder: "Finder", arms: "Sequence[Arm]") -> "list[Case]":
    """Lets every arm answer; a question whose search leads elsewhere is left out, for no arm could answer it."""
    from services.commands.generation.figures import Case

    cases = []
    with progress_bar() as tell:
        for number, pair in enumerate(pairs, 1):
            found = await finder.find(pair.question, pair.language)
            if found is not None and found.document in pair.group.split():
                said = {arm.name: await arm.say(found) for arm in arms}
                cases.append(Case(found, pair.reply, said))
            tell("asking", number, len(pairs))
    return cases


def _arms(local: Any, model: str, adapter: Path | None) -> "list[Arm]":
    from services.commands.generation.arms import Model, Template

    arms: list[Arm] = [Template()]
    for name, with_adapter in (("base", None), ("tuned", adapter)):
        if name == "base" or with_adapter:
            opened = local.open_transformers(model, with_adapter, measured=True)
            arms.append(Model(name, opened, opened.count))
    return arms


def _document(cases: "Sequence[Case]", about: dict[str, Any]) -> dict[str, Any]:
    from loadtest.machine import describe
    from services.commands.generation.figures import by_kind, figures

    return {
        **about,
        "answerable": len(cases),
        "arms": {arm: figures(cases, arm) for arm in cases[0].said},
        "kinds": by_kind(cases),
        "machine": describe(),
        "command": "deskbell " + shlex.join(sys.argv[1:]),
    }

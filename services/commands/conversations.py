"""`deskbell evaluate conversations`: a shop's executable conversations against a stack, pass^k."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from math import comb
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services import runner
from services.commands.cases import Played, Player, needs_shop
from services.commands.client import open_client
from services.commands.final_state import ShopState
from services.commands.own_stack import open_own_stack
from services.commands.shop_state import lives_elsewhere
from services.stack import find_stack
from shared.config import Settings
from shared.errors import ConfigError
from shared.shop.conversations import Conversation as Case
from shared.shop.load import load_shop


@dataclass(frozen=True)
class Target:
    """A running stack and, where it can be reached, the shop behind it."""

    url: str
    shop: ShopState | None


@dataclass(frozen=True)
class Result:
    """All runs of a case, or why it was not run."""

    name: str
    runs: tuple[Played, ...]
    skipped: str = ""

    @property
    def passed(self) -> int:
        return sum(run.passed for run in self.runs)


def evaluate_conversations(
    shop_dir: Annotated[Path, typer.Argument(help="the shop's folder")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="how often each conversation must succeed")] = 1,
    url: Annotated[str | None, typer.Option(help="a running stack; default: one of its own, embedded")] = None,
    websocket: Annotated[bool, typer.Option("--websocket", help="talk over WebSocket instead of REST")] = False,
    report: Annotated[Path | None, typer.Option(help="folder for report.json")] = None,
) -> None:
    """Plays every conversation of the shop K times; succeeds if none fails. Resets the shop before each."""
    cases = load_shop(shop_dir).conversations
    if not cases:
        raise ConfigError(f"{shop_dir} has no conversations; write some to {shop_dir / 'conversations'}")
    results = asyncio.run(_evaluate_all(shop_dir, url, cases, k, websocket))
    if report is not None:
        write_report(report, results, k)
    _show(results, k)
    if any(result.passed < len(result.runs) for result in results):
        raise typer.Exit(1)


async def _evaluate_all(
    shop_dir: Path, url: str | None, cases: Sequence[Case], k: int, websocket: bool
) -> list[Result]:
    async with open_target(shop_dir, url) as target, open_client(target.url) as client:
        player = Player(client, target.shop, websocket=websocket)
        return [await run_case(player, case, k, shop=target.shop is not None) for case in cases]


async def run_case(player: Player, case: Case, k: int, *, shop: bool) -> Result:
    """Plays the case k times, or says why it cannot be played."""
    if needs_shop(case) and not shop:
        return Result(case.name, (), "needs the shop's database; set DESKBELL_DATABASE_URL to that of the stack")
    return Result(case.name, tuple([await player.play(case) for _ in range(k)]))


@asynccontextmanager
async def open_target(shop_dir: Path, url: str | None) -> AsyncIterator[Target]:
    """The stack at `url`, or an embedded one that lives as long as the block."""
    if url is None:
        async with open_own_stack(shop_dir, "evaluation") as own, _shop(own.settings) as shop:
            yield Target(own.url, shop)
        return
    settings = Settings(shop_dir=shop_dir)
    running = find_stack(runner.state_dir(settings))
    unknown = settings.database_url is None and (running is None or running.url != url.rstrip("/"))
    if unknown or lives_elsewhere():
        yield Target(url, None)
        return
    async with _shop(settings) as shop:
        yield Target(url, shop)


@asynccontextmanager
async def _shop(settings: Settings) -> AsyncIterator[ShopState]:
    from services.dialogue.adapters.sql_shop import open_sql_shop

    async with open_sql_shop(runner.database_url(settings), load_shop(settings.shop_dir)) as backend:
        yield backend


def pass_hat(results: Sequence[Result], k: int) -> float:
    """The share of cases that succeed k times over, estimated without bias from the runs made (k of them or more)."""
    played = [result for result in results if result.runs]
    if not played:
        return 0.0
    return sum(comb(result.passed, k) / comb(len(result.runs), k) for result in played) / len(played)


def write_report(directory: Path, results: Sequence[Result], k: int) -> None:
    """Writes `report.json`: figures first, then every run with its transcript."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(summary(results, k), ensure_ascii=False, indent=2)
    (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    (directory / "failed.txt").write_text("\n\n".join(_failed(results)) + "\n", encoding="utf-8")


def _failed(results: Sequence[Result]) -> Iterator[str]:
    """The transcript of every run that failed."""
    for result in results:
        for run in (run for run in result.runs if not run.passed):
            lines = [f"{who}: {text}" for who, text in run.transcript]
            yield "\n".join([f"# {result.name}", *(f"- {failure}" for failure in run.failures), *lines])


def quality(results: Sequence[Result]) -> dict[str, Any]:
    """How well and how safely the runs went. `resolution`: of the cases that should change the shop, those that did."""
    runs = [run for result in results for run in result.runs]
    turns = sorted(seconds for run in runs for seconds in run.turn_seconds)
    acting = [run for run in runs if run.to_change]
    return {
        "resolution": round(sum(run.passed for run in acting) / len(acting), 4) if acting else None,
        "turns": round(sum(len(run.turn_seconds) for run in runs) / len(runs), 2) if runs else None,
        "answer_seconds": {"p50": _at(turns, 0.5), "p95": _at(turns, 0.95)},
        "writes": {
            kind: sum(getattr(run.writes, kind) for run in runs)
            for kind in ("total", "wrong", "duplicate", "unconfirmed")
        },
    }


def _at(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 4) if ordered else None


def summary(results: Sequence[Result], k: int) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "k": k,
        "pass_hat": {str(times): round(pass_hat(results, times), 4) for times in range(1, k + 1)},
        "cases": len(results),
        "passed": sum(bool(result.runs) and result.passed == len(result.runs) for result in results),
        "failed": sum(result.passed < len(result.runs) for result in results),
        "skipped": sum(not result.runs for result in results),
        **quality(results),
        "results": [
            {"name": result.name, "skipped": result.skipped, "runs": [asdict(run) for run in result.runs]}
            for result in results
        ],
    }


def _show(results: Sequence[Result], k: int) -> None:
    table = Table("conversation", "passed", "seconds", "what went wrong", show_lines=False)
    for result in results:
        wrong = next((run.failures[0] for run in result.runs if run.failures), result.skipped)
        mean_s = sum(run.seconds for run in result.runs) / max(1, len(result.runs))
        table.add_row(result.name, f"{result.passed}/{len(result.runs)}", f"{mean_s:.2f}", wrong)
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(table)
    figures = summary(results, k)
    counts = ", ".join(f"{figures[name]} {name}" for name in ("passed", "failed", "skipped"))
    rates = ", ".join(f"pass^{times} = {share:.3f}" for times, share in figures["pass_hat"].items())
    bad = ", ".join(f"{count} {kind}" for kind, count in figures["writes"].items())
    typer.echo(f"{counts}; {rates}")
    typer.echo(f"writes: {bad}; resolution {figures['resolution']}, {figures['turns']} turns a conversation")

"""`deskbell load`: open-loop load on a running stack, and a report of it."""

import asyncio
import os
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

import typer

from services.commands.client import LOCAL_URL, Refused, Unreachable, open_client
from shared.errors import ConfigError

if TYPE_CHECKING:
    from loadtest.records import Plan, Run
    from loadtest.report import Findings
    from loadtest.scenarios import Scenario

MOST_PER_S = 500
LONGEST_S = 3600
MOST_ARRIVALS = 200_000
PROGRESS_S = 5


def load(  # noqa: PLR0913 - an option each
    rate: Annotated[float, typer.Option(min=0.01, max=MOST_PER_S, help="conversations started per second")],
    duration: Annotated[float, typer.Option(min=1, max=LONGEST_S, help="seconds in which they start")],
    report: Annotated[Path, typer.Option(help="folder for the report")],
    url: Annotated[str, typer.Option(help="the running stack")] = LOCAL_URL,
    profile: Annotated[
        Literal["conversations", "turns"], typer.Option(help="turns: single questions, RATE a second")
    ] = "conversations",
    seed: Annotated[int, typer.Option(help="the same seed, the same customers")] = 1,
    scenario: Annotated[list[str] | None, typer.Option(help="only these kinds of visit")] = None,
    rest: Annotated[float, typer.Option(min=0, max=1, help="share of the visits over REST")] = 0.25,
    think: Annotated[float, typer.Option(min=0, max=60, help="mean thinking time, seconds")] = 2.0,
    books: Annotated[str | None, typer.Option(help="internal address whose /books to compare with")] = None,
    cpu: Annotated[int | None, typer.Option(min=0, help="run the generator on this core only")] = None,
    i_own_this_host: Annotated[bool, typer.Option(help="allow an address outside this machine")] = False,
) -> None:
    """Lets customers of the demo shop arrive at RATE a second, and reports latency, outcomes and the books.

    Fails when an accepted message has not exactly one end.
    """
    _check(url, books, rate * duration, owned=i_own_this_host)
    plan_type, customers = _parts()
    plan = plan_type(url, rate, duration, seed, _chosen(scenario or []), customers, profile, rest, think)
    if cpu is not None:
        _pin(cpu)
    try:
        findings = _drive(plan, books, cpu)
    except Unreachable as exc:
        raise ConfigError(f"nothing answers at {url}: start Deskbell with `./deskbell run`, or set --url") from exc
    except Refused as exc:
        raise ConfigError(f"{url} does not take part in a load test: {exc}") from exc
    _finish(report, findings)


def _check(url: str, books: str | None, arrivals: float, *, owned: bool) -> None:
    if arrivals > MOST_ARRIVALS:
        raise ConfigError(f"that is more than {MOST_ARRIVALS} arrivals; take a smaller --rate or --duration")
    for address in filter(None, (url, books)):
        if not owned and not is_ours(address):
            raise ConfigError(f"{address} is outside this machine; load a host of your own with --i-own-this-host")


def is_ours(url: str) -> bool:
    """Whether the address is this machine's loopback, or a bare name of a private network, as in a compose file."""
    host = urlsplit(url).hostname or ""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError as exc:
        raise ConfigError(f"there is no host {host!r}") from exc
    addresses = [ip_address(str(address).partition("%")[0]) for address in found]
    bare_name = host.isidentifier() or host.replace("-", "").isalnum() and not host[0].isdigit()
    return all(address.is_loopback or (bare_name and address.is_private) for address in addresses)


def _parts() -> tuple[type["Plan"], tuple[str, ...]]:
    try:
        from loadtest import report  # noqa: F401 - shows at once whether the extra is installed
        from loadtest.records import Plan
        from loadtest.scenarios import LOAD_CUSTOMERS
    except ModuleNotFoundError as exc:
        raise ConfigError(
            f"{exc.name} is not installed; start with `./deskbell load`, or pip install '.[load]'"
        ) from exc
    return Plan, LOAD_CUSTOMERS


def _chosen(names: list[str]) -> tuple["Scenario", ...]:
    from loadtest.scenarios import SCENARIOS

    known = {scenario.name: scenario for scenario in SCENARIOS}
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no scenario {name!r}; there are {', '.join(known)}")
    return tuple(known[name] for name in names or known)


def _pin(cpu: int) -> None:
    try:
        os.sched_setaffinity(0, {cpu})
    except (OSError, AttributeError) as exc:
        raise ConfigError(f"this machine has no core {cpu} to pin to") from exc


def _drive(plan: "Plan", books: str | None, cpu: int | None) -> "Findings":
    try:
        import uvloop
    except ModuleNotFoundError:
        factory: Any = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(_measure(plan, books, cpu))


async def _measure(plan: "Plan", books_url: str | None, cpu: int | None) -> "Findings":
    from loadtest.generator import new_run, play, sign_in
    from loadtest.ledger import compare_books, read_books, read_ledger
    from loadtest.report import Findings

    async with open_client(plan.url) as client, open_client(_base(books_url or plan.url)) as internal:
        before = await read_books(internal) if books_url else {}
        tokens = await sign_in(client, plan)
        run = new_run(plan)
        async with asyncio.TaskGroup() as owner:
            teller = owner.create_task(_tell(run))
            await play(client, run, tokens)
            teller.cancel()
        ledger = await read_ledger(client, run.visits, run.turns)
        books = compare_books(before, await read_books(internal), ledger) if books_url else None
    return Findings(run, ledger, books, ("./deskbell", *sys.argv[1:]), cpu)


def _base(url: str) -> str:
    return url.rstrip("/").removesuffix("/books")


async def _tell(run: "Run") -> None:
    while True:
        await asyncio.sleep(PROGRESS_S)
        done = sum(turn.ended is not None for turn in run.turns)
        typer.echo(f"{len(run.visits)} conversations, {len(run.turns)} messages, {done} ended", err=True)


def _finish(directory: Path, findings: "Findings") -> None:
    from loadtest.report import write_report

    try:
        report = write_report(directory, findings)
    except OSError as exc:
        raise ConfigError(f"cannot write the report to {directory}: {exc.strerror}") from exc
    for doubt in report["doubts"]:
        typer.echo(f"do not quote these latencies: {doubt}", err=True)
    typer.echo(f"{_counts(report)}; {directory / 'report.html'}")
    if not findings.balanced:
        raise typer.Exit(1)


def _counts(report: dict[str, Any]) -> str:
    ledger, complete = report["ledger"], report["latency_ms"]["complete"]
    ends = ", ".join(f"{count} {end}" for end, count in ledger["ends"].items())
    quick = f"p50 {complete['p50']:.0f} ms, p99 {complete['p99']:.0f} ms" if complete["count"] else "nothing ended"
    books = "the books balance" if ledger["balanced"] else "THE BOOKS DO NOT BALANCE"
    return f"{ledger['accepted']} accepted = {ends}: {books}; {quick}"

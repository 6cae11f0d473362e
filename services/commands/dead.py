"""`deskbell dead`: the messages that nobody could handle."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from services import runner
from shared.config import Settings
from shared.errors import ConfigError

dead_app = typer.Typer(help="Lists, replays or drops dead letters.", no_args_is_help=True)
AllOrId = Annotated[str, typer.Argument(help="a dead letter's id, or all")]


@dead_app.command("list")
def list_(limit: Annotated[int, typer.Option(help="at most this many")] = 100) -> None:
    """One line each: id, queue, when, reason. The message itself may hold private words and is not shown."""

    async def listing() -> None:
        async with runner.open_bus(_url()) as bus:
            for dead in await bus.dead_letters(limit):
                at = datetime.fromtimestamp(dead.at, UTC).isoformat(timespec="seconds")
                typer.echo(f"{dead.id}\t{dead.queue}\t{at}\t{dead.reason}")

    asyncio.run(listing())


@dead_app.command()
def replay(which: AllOrId) -> None:
    """Puts dead letters back into the queues that they came from."""
    asyncio.run(_take(which, replay=True))


@dead_app.command()
def drop(which: AllOrId) -> None:
    """Removes dead letters for good."""
    asyncio.run(_take(which, replay=False))


async def _take(which: str, *, replay: bool) -> None:
    async with runner.open_bus(_url()) as bus:
        ids = [dead.id for dead in await bus.dead_letters(10_000)] if which == "all" else [which]
        taken = [await bus.take_dead_letter(dead_id, replay=replay) for dead_id in ids]
    if which != "all" and not any(taken):
        raise ConfigError(f"there is no dead letter {which}; `deskbell dead list` shows them")
    typer.echo(f"{sum(taken)} {'replayed' if replay else 'dropped'}")


def _url() -> str:
    settings = Settings()
    if settings.embedded:
        raise ConfigError("an embedded stack keeps no dead letters on disk; set DESKBELL_BUS_URL to the broker's")
    return settings.bus_url.get_secret_value()

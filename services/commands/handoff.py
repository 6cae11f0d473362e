"""`deskbell handoff`: the tickets that wait for a person, and handing a conversation back to the bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from services import runner
from services.stack import find_stack
from shared.config import Settings
from shared.errors import ConfigError
from shared.store.client import open_redis
from shared.store.conversations import Conversations
from shared.store.desk import RedisDesk

handoff_app = typer.Typer(help="Tickets for people.", no_args_is_help=True)
Shop = Annotated[Path | None, typer.Option(help="the shop's folder")]


@handoff_app.command("list")
def list_(shop: Shop = None) -> None:
    """One line a ticket, the longest waiting first: number, state, language, reason, conversation."""

    async def listing() -> None:
        async with _desk(shop) as (desk, _):
            for ticket in await desk.tickets():
                typer.echo(
                    "\t".join((ticket.number, ticket.state, ticket.language, ticket.reason, ticket.conversation_id))
                )

    asyncio.run(listing())


@handoff_app.command("return")
def return_(ticket: Annotated[str, typer.Argument(help="a ticket number, such as T-7")], shop: Shop = None) -> None:
    """Ends a ticket: from now on the bot answers this conversation again."""

    async def returning() -> None:
        async with _desk(shop) as (desk, conversations):
            found = next((one for one in await desk.tickets() if one.number == ticket), None)
            if found is None or not await desk.hand_back(ticket):
                raise ConfigError(f"there is no open ticket {ticket}; `deskbell handoff list` shows them")
            await conversations.append(found.conversation_id, "handoff", {"ticket": ticket, "state": "returned"})
        typer.echo(f"{ticket} returned")

    asyncio.run(returning())


@asynccontextmanager
async def _desk(shop: Path | None) -> AsyncIterator[tuple[RedisDesk, Conversations]]:
    settings = Settings(shop_dir=shop) if shop else Settings()
    stack = find_stack(runner.state_dir(settings))
    async with runner.open_state(settings, stack.state_url if stack else None) as url, open_redis(url) as redis:
        yield RedisDesk(redis), Conversations(redis)

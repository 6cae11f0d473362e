"""`deskbell shop`: the shop's data behind the bot."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services import runner
from shared.config import Settings
from shared.shop import load_shop

shop_app = typer.Typer(help="Looks after the embedded shop's data.", no_args_is_help=True)
ShopDir = Annotated[Path | None, typer.Option("--shop", help="the shop's folder")]


@shop_app.callback()
def _shop() -> None:
    """Looks after the embedded shop's data."""


@shop_app.command()
def reset(shop: ShopDir = None) -> None:
    """Sets products, customers and orders back to the catalogue's state, and forgets all receipts."""
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    asyncio.run(_reset(settings))
    typer.echo(f"the shop in {settings.shop_dir} is back to its catalogue", err=True)


async def _reset(settings: Settings) -> None:
    from services.dialogue.adapters.sql_shop import open_sql_shop

    async with open_sql_shop(runner.database_url(settings), load_shop(settings.shop_dir)) as backend:
        await backend.reset()

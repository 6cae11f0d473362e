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


@shop_app.command()
def vectors(shop: ShopDir = None) -> None:
    """Computes the vectors of the shop's examples and pages into its folder, so that first starts are quick."""
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    asyncio.run(_vectors(settings.shop_dir))


async def _vectors(shop_dir: Path) -> None:
    from services.dialogue.adapters.knowledge.making import embed_documents
    from services.dialogue.adapters.knowledge.shop_documents import load_documents
    from services.nlu.service import embed_examples
    from shared.encoder import open_encoder
    from shared.vectors import VectorFile

    shop, folder = load_shop(shop_dir), shop_dir / "vectors"
    async with open_encoder(timeout_s=60) as encoder:
        examples = await embed_examples(shop.nlu, VectorFile(folder / "examples.npz"), encoder)
        pages = await embed_documents(load_documents(shop), VectorFile(folder / "pages.npz"), encoder)
    typer.echo(f"{len(examples)} examples, {len(pages)} of pages and products")


async def _reset(settings: Settings) -> None:
    from services.dialogue.adapters.sql_shop import open_sql_shop

    async with open_sql_shop(runner.database_url(settings), load_shop(settings.shop_dir)) as backend:
        await backend.reset()

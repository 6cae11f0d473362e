"""`deskbell shop`: the shop's data behind the bot."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services import runner
from shared.config import ROOT, Settings
from shared.errors import ConfigError
from shared.shop import load_shop
from shared.shop.formats import FORMATS

shop_app = typer.Typer(help="Looks after the embedded shop's data.", no_args_is_help=True)
BASE = ROOT / "shops" / "demo"
FormatName = StrEnum("FormatName", [(name.replace("-", "_"), name) for name in FORMATS])  # type: ignore[misc]
ShopDir = Annotated[Path | None, typer.Option("--shop", help="the shop's folder")]


@shop_app.callback()
def _shop() -> None:
    """Looks after the embedded shop's data."""


@shop_app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="a file, or a folder for ecom-bench and csv")],
    out: Annotated[Path, typer.Option(help="the shop folder to make")],
    format_name: Annotated[FormatName, typer.Option("--format", help="how the data is laid out")],
) -> None:
    """Makes a shop folder that runs of a foreign shop's data; see docs/shops.md for the formats."""
    from shared.shop.formats.folder import import_shop

    found = import_shop(format_name.value, source, out, load_shop(BASE)).records
    variants = sum(len(product.variants) for product in found.products)
    told = f"{out}: {len(found.products)} products in {variants} variants, {len(found.customers)} customers"
    typer.echo(f"{told}, {len(found.orders)} orders", err=True)


@shop_app.command()
def export(
    out: Annotated[Path, typer.Option(help="the file, or the folder for ecom-bench and csv, to write")],
    format_name: Annotated[FormatName | None, typer.Option("--format", help="default: the imported one")] = None,
    shop: ShopDir = None,
) -> None:
    """Writes the shop's present state in the format that it was imported from."""
    from services.commands.foreign import present_documents

    settings = Settings() if shop is None else Settings(shop_dir=shop)
    name, documents = asyncio.run(present_documents(settings, format_name.value if format_name else None))
    _put(out, lambda draft: FORMATS[name].write(documents, draft))
    typer.echo(f"{out}: the shop's present state as {name}", err=True)


@shop_app.command()
def reset(shop: ShopDir = None) -> None:
    """Sets products, customers and orders back to the catalogue's state, and forgets all receipts."""
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    asyncio.run(_reset(settings))
    typer.echo(f"the shop in {settings.shop_dir} is back to its catalogue", err=True)


@shop_app.command()
def vectors(shop: ShopDir = None) -> None:
    """Computes vectors and fits understanding into the shop's folder, so that first starts are quick."""
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    asyncio.run(_vectors(settings.shop_dir))


def _put(out: Path, write: Callable[[Path], None]) -> None:
    """Writes a draft beside `out`, then puts it there at once; files in a folder are replaced one by one."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=out.parent) as folder:
            draft = Path(folder) / out.name
            write(draft)
            if draft.is_dir():
                out.mkdir(exist_ok=True)
            for path in sorted(draft.iterdir()) if draft.is_dir() else [draft]:
                os.replace(path, out / path.name if draft.is_dir() else out)
    except OSError as exc:
        raise ConfigError(f"{out} cannot be written: {exc.strerror}; name another place") from exc


async def _vectors(shop_dir: Path) -> None:
    from services.dialogue.adapters.knowledge.making import embed_documents
    from services.dialogue.adapters.knowledge.shop_documents import load_documents
    from services.nlu.adapters.models import ship_heads
    from services.nlu.adapters.shop_heads import card_of, fit_examples
    from shared.encoder import open_encoder
    from shared.vectors import VectorFile

    shop, folder = load_shop(shop_dir), shop_dir / "vectors"
    async with open_encoder(timeout_s=60) as encoder:
        fit = await fit_examples(shop.nlu, VectorFile(folder / "examples.npz"), encoder)
        ship_heads(folder / "heads", fit.heads, card_of(fit), shop.nlu)
        pages = await embed_documents(load_documents(shop), VectorFile(folder / "pages.npz"), encoder)
    typer.echo(f"{len(fit.judged)} examples, {len(pages)} of pages and products")


async def _reset(settings: Settings) -> None:
    from services.commands.shop_state import must_be_embedded
    from services.dialogue.adapters.sql_shop import open_sql_shop

    must_be_embedded()
    async with open_sql_shop(runner.database_url(settings), load_shop(settings.shop_dir)) as backend:
        await backend.reset()

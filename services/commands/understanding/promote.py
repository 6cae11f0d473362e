"""`deskbell promote nlu` and `deskbell rollback nlu`: which model reads what customers write."""

from pathlib import Path
from typing import Annotated

import typer

from shared.config import Settings

ShopDir = Annotated[Path | None, typer.Option("--shop", help="the shop's folder")]


def promote_nlu(
    model: Annotated[Path, typer.Argument(help="the model's folder, as `train nlu` wrote it")],
    shop: ShopDir = None,
    with_shop: Annotated[
        bool, typer.Option("--with-shop", help="keep it in the shop's folder, for all who get that")
    ] = False,
) -> None:
    """Puts a model live: every running nlu service that shares DESKBELL_VAR takes it over within seconds.

    A model in the shop's folder serves where none was promoted, until an example changes.
    """
    from services.nlu.adapters.coverage import refuse_gaps
    from services.nlu.adapters.models import MODEL_FOLDER, load_model, ship_model
    from services.nlu.adapters.store import ModelStore
    from shared.shop import load_shop

    settings = Settings() if shop is None else Settings(shop_dir=shop)
    stored = load_model(model)
    refuse_gaps(stored.heads.intents, load_shop(settings.shop_dir), str(model))
    if with_shop:
        ship_model(model, settings.shop_dir / MODEL_FOLDER, load_shop(settings.shop_dir).nlu)
        typer.echo(f"{settings.shop_dir / MODEL_FOLDER} holds it", err=True)
        return
    version = ModelStore.of(settings.var, settings.shop_dir).promote(model)
    typer.echo(f"{model} is live for {settings.shop_dir}", err=True)
    typer.echo(version)


def rollback_nlu(shop: ShopDir = None) -> None:
    """Puts the model before the present one live again; before the first promoted one comes the service's own."""
    from services.nlu.adapters.store import ModelStore
    from services.nlu.adapters.watching import OWN

    settings = Settings() if shop is None else Settings(shop_dir=shop)
    version = ModelStore.of(settings.var, settings.shop_dir).rollback()
    told = "the service fits its own again" if version is None else f"{version} is live again"
    typer.echo(f"{told} for {settings.shop_dir}", err=True)
    typer.echo(version or OWN)

"""`deskbell token`: a customer token signed with the shop's development key."""

import time
from pathlib import Path
from typing import Annotated

import typer

from services.gateway.domain.customer_token import development_key, sign
from shared.config import Settings
from shared.errors import ConfigError
from shared.shop.load import load_shop


def token(
    customer: Annotated[str, typer.Argument(help="the customer's id in the shop, such as C001")],
    shop: Annotated[Path | None, typer.Option(help="the shop's folder")] = None,
    life_s: Annotated[int, typer.Option(help="seconds until it expires", min=1, max=86_400)] = 3600,
) -> None:
    """Prints a customer token for tests and the demo page; a production stack refuses it."""
    if not customer.strip():
        raise ConfigError("name a customer, such as C001")
    name = load_shop(shop or Settings().shop_dir).name
    typer.echo(sign(development_key(name), customer, name, time.time(), life_s))

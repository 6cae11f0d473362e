"""`deskbell flows`: a shop's flows as drawings, and the schema that editors check them by."""

import json
from pathlib import Path
from typing import Annotated

import typer

from shared.config import Settings
from shared.errors import ConfigError
from shared.shop import load_shop
from shared.shop.drawing import draw as drawing
from shared.shop.flows import FlowFile
from shared.shop.problems import did_you_mean

flows_app = typer.Typer(help="Draws a shop's flows, and prints the schema of flow files.", no_args_is_help=True)
ShopDir = Annotated[Path | None, typer.Option("--shop", help="the shop's folder")]


@flows_app.callback()
def _flows() -> None:
    """Draws a shop's flows, and prints the schema of flow files."""


@flows_app.command()
def draw(
    names: Annotated[list[str] | None, typer.Argument(help="flows to draw; default: all")] = None, shop: ShopDir = None
) -> None:
    """Prints the flows as Mermaid flowcharts, one Markdown section each."""
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    flows = load_shop(settings.shop_dir).flows
    for name in names or sorted(flows):
        if name not in flows:
            raise ConfigError(f"there is no flow `{name}`; {did_you_mean(name, flows, 'see the shop’s flows/')}")
        typer.echo(f"## {name}\n\n```mermaid\n{drawing(name, flows[name])}\n```\n")


@flows_app.command()
def schema() -> None:
    """Prints the JSON Schema of a flow file, for editors that check YAML while one types."""
    typer.echo(json.dumps(FlowFile.model_json_schema(by_alias=True), indent=2))

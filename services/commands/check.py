"""`deskbell check`: everything that is wrong with a shop's folder, in one run."""

from pathlib import Path
from typing import Annotated

import typer

ShopDir = Annotated[Path, typer.Argument(help="the shop's folder, such as shops/demo")]


def check(shop_dir: ShopDir) -> None:
    """Validates a shop: a line `file:line: what is wrong; remedy` for every problem, exit code 1 if there is one."""
    from services.dialogue.domain.actions import ACTIONS
    from shared.shop.rules import ActionNeeds, find_problems

    needs = {name: ActionNeeds(action.arguments, action.policies, action.optional) for name, action in ACTIONS.items()}
    problems = find_problems(shop_dir, needs)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        typer.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in {shop_dir}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{shop_dir} is in order", err=True)

"""`deskbell check`: everything that is wrong with a shop's folder, in one run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shared.shop.rules import ActionNeeds

ShopDir = Annotated[Path, typer.Argument(help="the shop's folder, such as shops/demo")]


def check(shop_dir: ShopDir) -> None:
    """Validates a shop: a line `file:line: what is wrong; remedy` for every problem, exit code 1 if there is one."""
    from shared.shop.rules import find_problems

    needs = action_needs()
    problems = find_problems(shop_dir, needs)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        typer.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in {shop_dir}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{shop_dir} is in order", err=True)


def action_needs() -> "dict[str, ActionNeeds]":
    """What each act asks of a shop's files."""
    from services.dialogue.domain.actions import ACTIONS
    from shared.shop.rules import ActionNeeds

    return {name: ActionNeeds(action.arguments, action.policies, action.optional) for name, action in ACTIONS.items()}

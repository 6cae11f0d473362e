"""`deskbell replay`: how a turn came about, step by step, for operators."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services import runner
from services.stack import find_stack
from shared.config import Settings
from shared.errors import ConfigError
from shared.store.client import open_redis
from shared.store.states import DialogueStates


def replay(
    turn: Annotated[str, typer.Argument(help="CONVERSATION or CONVERSATION/TURN, such as c-1f3a/3; default: its last")],
    shop: Annotated[Path | None, typer.Option("--shop", help="the shop's folder")] = None,
) -> None:
    """Prints what understanding said, which steps of flows ran, what the shop was asked, and what was said."""
    conversation, _, number = turn.partition("/")
    if number and not number.isdigit():
        raise ConfigError(f"`{number}` is no turn; write CONVERSATION/TURN, such as c-1f3a/3")
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    for line in asyncio.run(_lines(settings, conversation, int(number) if number else None)):
        typer.echo(line)


async def _lines(settings: Settings, conversation: str, turn: int | None) -> list[str]:
    from services.dialogue.domain.trace import trace_of
    from services.dialogue.handlers.messages import read_state

    stack = find_stack(runner.state_dir(settings))
    async with runner.open_state(settings, stack.state_url if stack else None) as url, open_redis(url) as redis:
        found = trace_of(read_state(await DialogueStates(redis).load(conversation)), turn)
    if found is None:
        raise ConfigError(f"nothing is known of that turn of {conversation}; the last ten of a conversation are kept")
    return [f"turn {found.turn}", *(f"  {line}" for line in found.lines)]

"""The shop behind a stack, seen and changed past the bot: for executable conversations and demonstrations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.commands.final_state import ShopState
from services.dialogue.config import DialogueSettings
from shared.errors import ConfigError
from shared.shop import load_shop


def lives_elsewhere() -> bool:
    """Whether the stack asks a shop's own server, so that the embedded shop's database means nothing."""
    return DialogueSettings().shop_url is not None


def must_be_embedded() -> None:
    """Raises ConfigError where the shop lives elsewhere."""
    if lives_elsewhere():
        raise ConfigError("this is about the embedded shop, and DESKBELL_SHOP_URL names another; do it there")


@asynccontextmanager
async def open_shop_state(database_url: str, shop_dir: Path) -> AsyncIterator[ShopState]:
    """The embedded shop in this database. Raises ConfigError if the database or the shop's files cannot be used."""
    from services.dialogue.adapters.sql_shop import open_sql_shop

    async with open_sql_shop(database_url, load_shop(shop_dir)) as shop:
        yield shop

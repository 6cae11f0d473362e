"""The shop behind a stack, seen and changed past the bot: for executable conversations and demonstrations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.commands.final_state import ShopState
from shared.shop import load_shop


@asynccontextmanager
async def open_shop_state(database_url: str, shop_dir: Path) -> AsyncIterator[ShopState]:
    """The embedded shop in this database. Raises ConfigError if the database or the shop's files cannot be used."""
    from services.dialogue.adapters.sql_shop import open_sql_shop

    async with open_sql_shop(database_url, load_shop(shop_dir)) as shop:
        yield shop

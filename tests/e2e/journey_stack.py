"""One embedded stack for the journeys of a module, and the shop behind it."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from services import runner
from services.commands.cases import ShopState
from services.commands.shop_state import open_shop_state
from shared.config import Settings
from tests.harness.stack import ROOT, Stack, embedded

SHOP = ROOT / "shops" / "demo"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, make_var) -> Iterator[Stack]:
    """`deskbell run` with the demo shop, free of the developer's settings."""
    directory = tmp_path_factory.mktemp("journeys")
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("DESKBELL_") and name != "DESKBELL_ENV_FILE"]:
            environment.delenv(name)
        running = embedded(directory, make_var(directory), SHOP)
        with running as stack:
            yield stack


@pytest_asyncio.fixture(loop_scope="module")
async def shop(stack: Stack) -> AsyncIterator[ShopState]:
    """The embedded shop's database, fresh from the catalogue."""
    url = runner.database_url(Settings(var=stack.env["DESKBELL_VAR"], shop_dir=SHOP))
    async with open_shop_state(url, SHOP) as state:
        await state.reset()
        yield state

"""A reader of the small shop, fitted once for all tests here."""

import asyncio
from pathlib import Path

import pytest

from services.nlu.domain.understanding import Reader
from services.nlu.service import open_reader
from shared.contracts.messages import Expects, Language, Understanding
from shared.e5_engine import load_e5_engine
from shared.encoder import cleaned
from shared.shop import load_shop


class Engine:
    """The real engine without its thread: it outlives the event loop of one test."""

    def __init__(self) -> None:
        self.e5 = load_e5_engine()

    async def embed(self, texts, kind, soon=False):
        return getattr(self.e5, kind)([cleaned(text) for text in texts])

    async def under_way(self):
        await asyncio.sleep(0)


class Nlu:
    """Reads one text as the handler does."""

    def __init__(self, shop_dir: Path, var: Path) -> None:
        self.shop_dir = shop_dir
        self.var = var
        self.engine = Engine()
        self.reader: Reader | None = None

    async def __call__(self, text: str, language: Language = "en", expects: Expects | None = None) -> Understanding:
        self.reader = self.reader or await open_reader(load_shop(self.shop_dir), self.var, self.engine)
        vectors = await self.engine.embed(self.reader.texts(text), "query")
        return self.reader.read(text, language, expects or Expects(), vectors)

    def now(self, *arguments, **named) -> Understanding:
        return asyncio.run(self(*arguments, **named))


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Nlu:
    return Nlu(Path("tests/fixtures/shop_small"), tmp_path_factory.mktemp("var"))

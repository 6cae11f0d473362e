"""Understanding: joins the encoder, the fitted heads and the rules to the queue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from services.nlu.adapters.catalogue import CatalogueWatch, catalogue_of
from services.nlu.adapters.coverage import refuse_gaps
from services.nlu.adapters.llm_adviser import Limits, open_adviser
from services.nlu.adapters.opening import open_model
from services.nlu.adapters.rules import load_signals
from services.nlu.adapters.shop_heads import open_heads
from services.nlu.adapters.store import ModelStore
from services.nlu.adapters.watching import Watcher
from services.nlu.config import NluSettings
from services.nlu.domain.entities import Patterns
from services.nlu.domain.heads import Heads
from services.nlu.domain.second_opinion import Doubt
from services.nlu.domain.understanding import Reader
from services.nlu.handlers import Counsel, Mind, NluHandlers
from services.nlu.ports import Embedder
from shared.contracts.messages import MessageReceived
from shared.encoder import open_encoder
from shared.errors import ConfigError
from shared.service import Service, World
from shared.shop import Shop, load_shop
from shared.store.budget import DailyBudget


@asynccontextmanager
async def build(world: World) -> AsyncIterator[Service]:
    """Serves the promoted model, else one fitted to the shop's examples. Raises ConfigError for an unreadable shop."""
    settings, var = NluSettings(), world.settings.var
    shop = load_shop(world.settings.shop_dir)
    async with (
        _open_counsel(settings, shop, world) as counsel,
        open_encoder(
            kept=var / "encoder", cache_size=settings.nlu_cache_texts, timeout_s=settings.nlu_timeout_s
        ) as encoder,
    ):
        opener = Opener(shop, var, encoder, settings)
        watcher = Watcher(ModelStore.of(var, world.settings.shop_dir), opener.open)
        async with watcher.started() as mind:
            handlers = NluHandlers(mind.reader, mind.embedder, counsel)
            watcher.serve(handlers)
            catalogue = CatalogueWatch(world.settings.shop_dir, handlers.stock)
            loops = (watcher.loop, catalogue.loop)
            yield Service("nlu", {MessageReceived: handlers.on_message_received}, loops=loops)


@asynccontextmanager
async def _open_counsel(settings: NluSettings, shop: Shop, world: World) -> AsyncIterator[Counsel | None]:
    """None unless it is switched on. Raises ConfigError where no server is set."""
    if not settings.nlu_llm:
        yield None
        return
    if (server := settings.llm_server) is None:
        raise ConfigError("DESKBELL_NLU_LLM is on and no server is set; set DESKBELL_LLM_URL and DESKBELL_LLM_MODEL")
    budget = DailyBudget(world.state, "nlu-llm", settings.nlu_llm_daily_requests, settings.nlu_llm_daily_tokens)
    limits = Limits(settings.nlu_llm_timeout_s, settings.nlu_llm_concurrency)
    async with open_adviser(server, shop, budget, limits) as adviser:
        yield Counsel(adviser, Doubt(settings.nlu_llm_above, settings.nlu_llm_below))


@dataclass(frozen=True)
class Opener:
    """Opens the models of a shop."""

    shop: Shop
    var: Path
    encoder: Embedder
    settings: NluSettings

    @asynccontextmanager
    async def open(self, folder: Path | None) -> AsyncIterator[Mind]:
        """The promoted model in `folder`, or for None one fitted to the shop's examples. Raises ConfigError."""
        threshold = self.settings.nlu_threshold
        if folder is None:
            yield Mind(await open_reader(self.shop, self.var, self.encoder, threshold), self.encoder)
            return
        async with open_model(folder, self.encoder, timeout_s=self.settings.nlu_timeout_s) as model:
            refuse_gaps(model.heads.intents, self.shop, f"the promoted model {folder.name}")
            reader = reader_of(self.shop, model.heads, threshold)
            yield Mind(replace(reader, tagger=model.tagger), model.embedder)


async def open_reader(shop: Shop, var: Path, embedder: Embedder, threshold: float | None = None) -> Reader:
    """All that understanding knows of the shop; `threshold` replaces the fitted one."""
    return reader_of(shop, await open_heads(shop, var, embedder), threshold)


def reader_of(shop: Shop, heads: Heads, threshold: float | None = None) -> Reader:
    """The heads beside what is read from the shop's other files."""
    patterns = Patterns(shop.profile.order_number.pattern, shop.profile.one_time_code.digits)
    catalogue = catalogue_of(shop.products, shop.profile.title.values())
    return Reader(
        heads if threshold is None else replace(heads, threshold=threshold),
        patterns,
        catalogue.products,
        load_signals(),
        catalogue.options,
        timezone=shop.profile.timezone,
    )

"""Brings a foreign shop's data up to the state that its shop is in."""

from copy import deepcopy
from pathlib import Path

from services import runner
from shared.config import Settings
from shared.errors import ConfigError
from shared.shop import Shop, load_shop
from shared.shop.catalogue import CatalogueOrder
from shared.shop.formats import EMPTY, FORMATS
from shared.shop.formats.base import Change, Documents, Done, Records
from shared.shop.formats.folder import Origin, origin_of

SQLITE = "sqlite+aiosqlite:///"


async def present_documents(settings: Settings, format_name: str | None) -> tuple[str, Documents]:
    """The shop's present state in its own format or the named one, and that format's name. Raises ConfigError."""
    shop = load_shop(settings.shop_dir)
    origin = origin_of(settings.shop_dir)
    if origin is None or format_name not in (None, origin.format):
        if format_name is None:
            raise ConfigError(f"{settings.shop_dir} was not imported; name a format: --format {'|'.join(FORMATS)}")
        origin = Origin(format_name, deepcopy(EMPTY[format_name]))
    before = FORMATS[origin.format].imported(origin.documents).records
    now, done = await state_now(settings, shop) if has_run(settings) else (_catalogue(shop), ())
    orders = {order.number: order for order in before.orders}
    dated = tuple(_dated(order, orders.get(order.number)) for order in now.orders)
    change = Change(before, Records(now.products, now.customers, dated), done)
    FORMATS[origin.format].changed(origin.documents, change)
    return origin.format, origin.documents


def has_run(settings: Settings) -> bool:
    """Whether there may be a database of this shop: an embedded one is a file, of others nobody knows."""
    url = runner.database_url(settings)
    return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists()


def _catalogue(shop: Shop) -> Records:
    return Records(shop.products, shop.customers, shop.orders)


async def state_now(settings: Settings, shop: Shop) -> tuple[Records, tuple[Done, ...]]:
    """The database's state."""
    from services.commands.shop_state import must_be_embedded
    from services.dialogue.adapters.sql_shop import open_sql_shop

    must_be_embedded()
    async with open_sql_shop(runner.database_url(settings), shop) as backend:
        return await backend.state()


def _dated(order: CatalogueOrder, before: CatalogueOrder | None) -> CatalogueOrder:
    """The order with the dates that it was imported with: a running shop's move with the calendar."""
    if before is None:
        return order
    moments = {name: getattr(before.delivery, name) for name in ("shipped_at", "expected_at", "delivered_at")}
    delivery = order.delivery.model_copy(update=moments)
    return order.model_copy(update={"placed_at": before.placed_at, "delivery": delivery})

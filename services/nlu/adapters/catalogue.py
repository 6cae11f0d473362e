"""The shop's catalogue as names to recognise, read again when its file changes."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from services.nlu.domain.catalogue import Catalogue
from services.nlu.domain.options import OptionNames
from services.nlu.domain.products import Gazetteer
from shared.errors import ConfigError
from shared.shop import load_shop
from shared.shop.catalogue import CatalogueProduct

LOOK_EVERY_S = 2.0
Stamp = tuple[int, int] | None
log = structlog.get_logger(__name__)


def catalogue_of(products: Iterable[CatalogueProduct], also: Iterable[str] = ()) -> Catalogue:
    """The names of these products and of all options that their variants have.

    `also` are texts, such as the shop's own name, whose words name no product alone.
    """
    known = tuple(products)
    options = {
        (kind, tuple(sorted(names.items())))
        for product in known
        for variant in product.variants
        for kind, names in variant.options.items()
    }
    prose = (
        text
        for product in known
        for part in (product.description, *product.attributes.values())
        for text in part.values()
    )
    return Catalogue(
        Gazetteer.of(
            ((product.id, name) for product in known for name in product.name.values()), "\n".join((*prose, *also))
        ),
        OptionNames.of((kind, dict(names)) for kind, names in sorted(options)),
    )


class CatalogueWatch:
    """Looks whether `catalogue/products.yaml` has changed, and passes on what it holds then."""

    def __init__(self, shop_dir: Path, use: Callable[[Catalogue], None]):
        self._shop_dir = shop_dir
        self._use = use
        self._stamp = self._look_at_file()

    async def loop(self) -> None:
        """Looks again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Passes a changed catalogue on; one that cannot be read is told, and the old one stays."""
        stamp = self._look_at_file()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            catalogue = await asyncio.to_thread(self._read)
        except ConfigError as exc:
            log.error("nlu.catalogue_refused", reason=str(exc))
            return
        self._use(catalogue)
        log.info("nlu.catalogue_exchanged")

    def _read(self) -> Catalogue:
        shop = load_shop(self._shop_dir)
        return catalogue_of(shop.products, shop.profile.title.values())

    def _look_at_file(self) -> Stamp:
        try:
            status = (self._shop_dir / "catalogue" / "products.yaml").stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

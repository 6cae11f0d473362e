import shutil
from pathlib import Path

import pytest

from services.nlu.adapters.catalogue import CatalogueWatch
from services.nlu.domain.text import match_text

SMALL = Path("tests/fixtures/shop_small")


def products(catalogue, text):
    return [entity.value for entity in catalogue.products.mentions(text, match_text(text))]


@pytest.fixture
def shop(tmp_path):
    return Path(shutil.copytree(SMALL, tmp_path / "shop"))


async def test_a_changed_catalogue_is_passed_on_once(shop):
    seen = []
    watch = CatalogueWatch(shop, seen.append)
    await watch.look()
    assert seen == []
    file = shop / "catalogue" / "products.yaml"
    file.write_text(file.read_text("utf-8").replace("Pocket Speaker", "Thunder Speaker"), "utf-8")
    await watch.look()
    await watch.look()
    (catalogue,) = seen
    assert products(catalogue, "the thunder speaker") == ["P3"]


async def test_a_broken_catalogue_changes_nothing(shop):
    seen = []
    watch = CatalogueWatch(shop, seen.append)
    file = shop / "catalogue" / "products.yaml"
    file.write_text("- id: [", "utf-8")
    await watch.look()
    assert seen == []
    shutil.copy(SMALL / "catalogue" / "products.yaml", file)
    await watch.look()
    assert len(seen) == 1

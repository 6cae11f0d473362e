"""Pairs of the demo shop: enough of them, all releasable, and split by page and product."""

import pytest

from services.generator.adapters.pairs import Pairs, collect
from services.generator.adapters.pairs.collecting import parts_of
from shared.config import ROOT
from shared.shop import load_shop


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return collect(load_shop(ROOT / "shops/demo"))


@pytest.mark.slow
class TestDemoShop:
    def test_there_are_thousands_of_every_kind(self, pairs: Pairs) -> None:
        counts = pairs.counts()
        made = sum(sum(of.values()) for part, of in counts.items() if part != "unsound")
        assert made >= 5000
        assert {"page", "product", "comparison", "talk"} <= counts["train"].keys()
        assert len(pairs.unsound) < 0.05 * made

    def test_no_page_and_no_product_is_on_two_sides(self, pairs: Pairs) -> None:
        sides = [
            {name for pair in part for name in parts_of(pair)} for part in (pairs.train, pairs.validation, pairs.test)
        ]
        assert all(sides)
        assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])

    def test_every_page_is_told(self, pairs: Pairs) -> None:
        shop = load_shop(ROOT / "shops/demo")
        told = {
            pair.group for part in (pairs.train, pairs.validation, pairs.test) for pair in part if pair.kind == "page"
        }
        assert told == {page.stem for page in shop.pages if page.language == "en"}

    def test_figures_vary_and_stand_in_the_page(self, pairs: Pairs) -> None:
        window = {pair.reply for pair in pairs.train + pairs.validation + pairs.test if "calendar days" in pair.reply}
        assert len(window) > 3

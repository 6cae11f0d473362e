"""Goods that go with what a customer bought: of the same kind, not bought before, in a colour that they choose."""

from collections import Counter
from collections.abc import Iterable, Mapping

from services.proactive.domain.records import Goods


def suggested(bought: Iterable[str], before: Iterable[str], currency: str, goods: Mapping[str, Goods]) -> Goods | None:
    """One variant that is in stock, or None where nothing fits.

    `bought` are the SKUs that the message is about, `before` all that the customer ever bought. The category is that
    of most of `bought`; the colour that they took most often comes first, then what costs least more or less than
    what they bought.
    """
    last = [goods[sku] for sku in bought if sku in goods]
    known = [goods[sku] for sku in before if sku in goods]
    if not last:
        return None
    (category, _), *_ = Counter(one.category for one in last).most_common()
    owned = {one.product_id for one in (*known, *last)}
    liked = Counter(_color(one) for one in (*known, *last) if _color(one))
    usual = _price(last[0], currency) or 0.0
    open_ = [
        one
        for one in goods.values()
        if one.category == category and one.product_id not in owned and one.stock > 0 and currency in one.prices
    ]
    return min(
        open_,
        key=lambda one: (-liked[_color(one)], abs((_price(one, currency) or 0.0) - usual), one.sku),
        default=None,
    )


def _color(goods: Goods) -> str:
    return goods.options.get("color", {}).get("en", "")


def _price(goods: Goods, currency: str) -> float | None:
    return float(goods.prices[currency]) if currency in goods.prices else None

"""Goods that go with what a customer bought, and with what they said they like."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.proactive.domain.records import Goods, Liked


@dataclass(frozen=True)
class Taste:
    """What a message is about (`bought`, SKUs), all that the customer ever bought, and what they looked at."""

    bought: Sequence[str]
    before: Sequence[str]
    currency: str
    liked: Liked = Liked()


def suggested(taste: Taste, goods: Mapping[str, Goods]) -> Goods | None:
    """One variant that is in stock and of a product that they do not have, or None where nothing fits.

    It is of the category of most of what they bought, or of what they looked at. What they looked at comes first,
    then the colour that they asked for, then the one that they took most often, then what costs about as much.
    """
    last = [goods[sku] for sku in taste.bought if sku in goods]
    known = [*last, *(goods[sku] for sku in taste.before if sku in goods)]
    if not last:
        return None
    owned, colors = {one.product_id for one in known}, Counter(_color(one) for one in known if _color(one))
    usual, looked_at = _price(last[0], taste.currency), set(taste.liked.products)
    categories = {Counter(one.category for one in last).most_common(1)[0][0]}
    categories |= {one.category for one in goods.values() if one.product_id in looked_at}

    def rank(one: Goods) -> tuple[bool, bool, int, float, str]:
        color = _color(one)
        asked = bool(color) and color == taste.liked.color
        cost = abs(_price(one, taste.currency) - usual)
        return (one.product_id not in looked_at, not asked, -colors[color], cost, one.sku)

    open_ = [one for one in goods.values() if one.category in categories and one.product_id not in owned]
    return min((one for one in open_ if one.stock > 0 and taste.currency in one.prices), key=rank, default=None)


def _color(goods: Goods) -> str:
    return goods.options.get("color", {}).get("en", "")


def _price(goods: Goods, currency: str) -> float:
    return float(goods.prices.get(currency, 0))

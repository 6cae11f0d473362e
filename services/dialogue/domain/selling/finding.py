"""Which goods of the catalogue fit a wish, and which come nearest where none does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.dialogue.domain.reading import plain
from services.dialogue.domain.selling.lexicon import SAYS_NO, has_trait, is_of_kind, words
from services.dialogue.domain.shop import Product, Variant
from services.dialogue.domain.state import Wish

GIVEN_UP = ("color", "size", "price", "stock", "traits")
"""What is given up first, then next, to find the nearest goods where none has all that is wanted."""


@dataclass(frozen=True)
class Found:
    """Goods that fit, the best first. `without` is what they lack of the wish: empty where they have all of it."""

    products: tuple[Product, ...]
    without: tuple[str, ...] = ()


def find(products: Sequence[Product], wish: Wish, currency: str, near: Mapping[str, float] | None = None) -> Found:
    """The goods that fit, else those that fit but for one thing, else but for two, ...; nothing beyond the kind.

    `near` tells by product how near its description is to the customer's words; without it the order is by what
    the catalogue says of the traits, then by price.
    """
    pool = [product for product in products if _is_meant(product, wish) and product.id not in wish.seen]
    for given_up in _sacrifices(wish):
        fitting = [product for product in pool if _fits(product, wish, currency, given_up)]
        if fitting:
            return Found(tuple(sorted(fitting, key=_rank(wish, currency, near or {}, given_up))), given_up)
    return Found(())


def fitting_variants(product: Product, color: str, size: str) -> list[Variant]:
    """The variants in this colour and size, whatever is left of them."""
    return [
        variant
        for variant in product.variants
        if _has_option(variant, "color", color) and _has_option(variant, "size", size)
    ]


def lowest_price(variants: Sequence[Variant], currency: str) -> Decimal | None:
    """The lowest price in this currency."""
    return min((variant.prices[currency] for variant in variants if currency in variant.prices), default=None)


def _sacrifices(wish: Wish) -> list[tuple[str, ...]]:
    """Nothing, then each single thing that the wish names, then more and more of them."""
    named = {
        "color": bool(wish.color),
        "size": bool(wish.size),
        "price": any(bound is not None for bound in (wish.low, wish.high, wish.below)),
        "stock": True,
        "traits": bool(wish.traits),
    }
    some = [name for name in GIVEN_UP if named[name]]
    return [(), *((name,) for name in some), *(tuple(some[: count + 1]) for count in range(1, len(some)))]


def _is_meant(product: Product, wish: Wish) -> bool:
    if wish.category and plain(product.category) != plain(wish.category):
        return False
    return not wish.kinds or is_of_kind(product, wish.kinds)


def _fits(product: Product, wish: Wish, currency: str, given_up: tuple[str, ...]) -> bool:
    if "traits" not in given_up and not all(has_trait(product, trait) for trait in wish.traits):
        return False
    variants = fitting_variants(
        product, "" if "color" in given_up else wish.color, "" if "size" in given_up else wish.size
    )
    if "stock" not in given_up:
        variants = [variant for variant in variants if variant.stock > 0]
    if "price" not in given_up:
        variants = [variant for variant in variants if _is_affordable(variant, wish, currency)]
    return bool(variants)


def _is_affordable(variant: Variant, wish: Wish, currency: str) -> bool:
    price = variant.prices.get(currency)
    if price is None:
        return wish.low is None and wish.high is None and wish.below is None
    return (
        (wish.low is None or price >= wish.low)
        and (wish.high is None or price <= wish.high)
        and (wish.below is None or price < wish.below)
    )


def _has_option(variant: Variant, name: str, wanted: str) -> bool:
    if not wanted:
        return True
    texts = [plain(text) for text in variant.options.get(name, {}).values()]
    asked = plain(wanted)
    return any(text == asked or asked in text.split() for text in texts)


def _rank(
    wish: Wish, currency: str, near: Mapping[str, float], given_up: tuple[str, ...]
) -> Callable[[Product], tuple[float, float, float]]:
    """What has the traits outright comes first, then what lies nearest to the words, then the lower price.

    Where the price could not be kept the lowest comes first.
    """

    def key(product: Product) -> tuple[float, float, float]:
        price = float(lowest_price(product.variants, currency) or 0)
        outright = -sum(_plainly(product, trait) for trait in wish.traits)
        if "price" in given_up:
            return (price, outright, 0.0)
        return (outright, -near.get(product.id, 0.0), price)

    return key


def _plainly(product: Product, trait: str) -> bool:
    """Whether the attribute of the trait says yes in so many words."""
    told = product.attributes.get(words("traits")[trait].attribute, {})
    return plain(told.get("en", "")).startswith("yes") and not SAYS_NO.search(plain(told.get("en", "")))

"""What may be said and shown of goods: figures of the live catalogue, JSON-ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.dialogue.domain.selling.finding import fitting_variants
from services.dialogue.domain.selling.lexicon import words
from services.dialogue.domain.selling.sizes import advised
from services.dialogue.domain.shop import Localised, Product, Variant

FEW = 5
"""From so few pieces on the number is told."""
MOST_VALUES = 8


@dataclass(frozen=True)
class Look:
    """For whom goods are described: language, currencies (the customer's own, else all), and the variant in mind."""

    language: str
    currencies: tuple[str, ...]
    color: str = ""
    size: str = ""
    traits: tuple[str, ...] = ()
    said_color: str = ""
    words: str = ""
    guide: Any = None
    """The shop's size guide, `policies.size_guide`, for a measure in the customer's `words`."""

    def text(self, told: Localised) -> str:
        return told.get(self.language) or next(iter(told.values()), "")


def goods_facts(products: Sequence[Product], look: Look) -> list[dict[str, Any]]:
    """What responses may say of these products."""
    return [_facts(product, look) for product in products]


def product_card(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The component that shows a product."""
    prices = {price["currency"]: price["amount"] for price in facts["prices"]}
    single = dict(zip(("currency", "price"), next(iter(prices.items())), strict=True)) if len(prices) == 1 else {}
    shown = {name: facts[name] for name in ("id", "name", "description", "stock")}
    return {"type": "product_card", **shown, **(single or {"prices": prices})}


def _facts(product: Product, look: Look) -> dict[str, Any]:
    """`made`: there are such variants; `stock`: pieces of them; `open`: what is to be had instead or beside."""
    fitting = fitting_variants(product, look.color, look.size)
    described = fitting or list(product.variants)
    stock = sum(variant.stock for variant in fitting)
    return {
        "id": product.id,
        "name": look.text(product.name),
        "description": look.text(product.description),
        "prices": _prices(described, look.currencies),
        "wanted": _wanted(fitting, look),
        "made": bool(fitting),
        "stock": stock,
        "few": 0 < stock <= FEW and len(fitting) == 1,
        "open": _open(product, look, stock > 0),
        "why": _why(product, look),
        "fit": look.text(product.attributes.get("fit", {})),
        "sizes": _values(product.variants, "size", look),
        "advised": advised(look.words, product.category, look.guide),
        "sizes_left": _left(product, [variant for variant in product.variants if variant.stock > 0], "size", look),
    }


def _prices(variants: Sequence[Variant], currencies: Sequence[str]) -> list[dict[str, Any]]:
    """The lowest price in each currency, and whether others cost more."""
    found = []
    for currency in currencies:
        amounts = [variant.prices[currency] for variant in variants if currency in variant.prices]
        if amounts:
            more = min(amounts) != max(amounts)
            found.append({"amount": str(min(amounts)), "most": str(max(amounts)), "currency": currency, "varies": more})
    return found


def _wanted(fitting: Sequence[Variant], look: Look) -> str:
    """The colour and size in mind, in the words of the catalogue where it has them."""
    parts = []
    for name, value in (("color", look.color), ("size", look.size)):
        if value:
            told = [variant.options[name] for variant in fitting if name in variant.options]
            as_said = look.said_color if name == "color" and look.said_color else value
            parts.append(look.text(told[0]) if told else as_said)
    return " / ".join(parts)


def _open(product: Product, look: Look, has_it: bool) -> str:
    """In stock: the sizes, else the colours, where none was named. Sold out: what else there is near it."""
    left = [variant for variant in product.variants if variant.stock > 0]
    if has_it and look.color and look.size:
        return ""
    sizes = _left(product, [v for v in left if v in fitting_variants(product, look.color, "")], "size", look)
    colors = _left(product, [v for v in left if v in fitting_variants(product, "", look.size)], "color", look)
    if look.size and not look.color:
        return _joined(colors or sizes, look)
    return _joined(sizes or colors, look) if look.color or sizes else _joined(colors, look)


def _values(variants: Sequence[Variant], name: str, look: Look) -> list[str]:
    return list(dict.fromkeys(look.text(variant.options[name]) for variant in variants if name in variant.options))


def _left(product: Product, variants: Sequence[Variant], name: str, look: Look) -> list[str]:
    """The values of these variants, in the order in which the catalogue begins each."""
    left = set(_values(variants, name, look))
    return [value for value in _values(product.variants, name, look) if value in left]


def _joined(values: Sequence[str], look: Look) -> str:
    return ("、" if look.language == "zh" else ", ").join(values[:MOST_VALUES])


def _why(product: Product, look: Look) -> str:
    """What the catalogue says of the first trait that was asked for."""
    attributes = [words("traits")[trait].attribute for trait in look.traits]
    told = [product.attributes[name] for name in attributes if name in product.attributes]
    return look.text(told[0]) if told else ""

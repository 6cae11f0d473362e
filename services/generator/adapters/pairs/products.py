"""Pairs of the catalogue: single attributes, descriptions, and two products beside each other. English."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Any

from services.generator.adapters.pairs.asking import asked, phrasings
from services.generator.adapters.pairs.pair import Pair
from shared.shop import Shop
from shared.shop.catalogue import CatalogueProduct
from shared.templates import in_language

TIMES = 4
"""How many questions an attribute gets."""
COMPARED = 900
APART = "; "


def product_pairs(shop: Shop, seed: int) -> Iterator[Pair]:
    """What the catalogue says of each product, attribute by attribute."""
    for product in shop.products:
        random = Random(f"{seed} {product.id}")
        said = _said(product)
        for attribute, value in said.items():
            for _ in range(1 if attribute == "description" else TIMES):
                yield _pair(product, attribute, value, random)


def comparison_pairs(shop: Shop, seed: int) -> Iterator[Pair]:
    """Two products of a category, one attribute; the passage is what a search for a comparison finds."""
    random = Random(f"{seed} comparisons")
    told = [(product, _said(product)) for product in shop.products]
    both = [pair for pair in combinations(told, 2) if pair[0][0].category == pair[1][0].category]
    for one, other in random.sample(both, min(COMPARED, len(both))):
        shared = [name for name in one[1] if name in other[1] and name not in ("description", "size", "color")]
        if shared:
            yield _compared(one, other, shared, random)


def _pair(product: CatalogueProduct, attribute: str, value: str, random: Random) -> Pair:
    name = product.name["en"]
    frames = phrasings()["attributes"].get(attribute) or phrasings()["attribute"]
    spoken = spoken_name(attribute)
    known = {"name": name, "attribute": spoken, "Attribute": _capital(spoken), "value": value, "Value": _capital(value)}
    question = asked(random.choice(frames["ask"]).format(**known), "en", random)
    reply = _ended(random.choice(frames["say"]).format(**known))
    passage = value if attribute == "description" else f"{_capital(spoken)}: {value}"
    return Pair("product", product.id, "en", question, (passage,), reply, (name,))


Spoken = tuple[CatalogueProduct, dict[str, str]]


def _compared(one: Spoken, other: Spoken, shared: Sequence[str], random: Random) -> Pair:
    (a, says_a), (b, says_b) = sorted((one, other), key=lambda spoken: spoken[0].id)
    names = (a.name["en"], b.name["en"])
    lines = [
        f"{_capital(spoken_name(name))}: {names[0]} – {says_a[name]}{APART}{names[1]} – {says_b[name]}"
        for name in shared
    ]
    attribute = random.choice(shared)
    frames = phrasings()["comparison"]
    known: dict[str, Any] = {
        "a": names[0], "b": names[1], "x": says_a[attribute], "y": says_b[attribute],
        "attribute": spoken_name(attribute), "Attribute": _capital(spoken_name(attribute)),
    }  # fmt: skip
    question = asked(random.choice(frames["ask"]).format(**known), "en", random)
    reply = _ended(random.choice(frames["say"]).format(**known))
    return Pair("comparison", f"{a.id} {b.id}", "en", question, ("\n".join(lines),), reply, names)


def _said(product: CatalogueProduct) -> dict[str, str]:
    """Description, attributes and options in English."""
    told: dict[str, Any] = in_language(product.model_dump(mode="json", exclude={"variants"}), "en")
    options: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for name, value in in_language(dict(variant.options), "en").items():
            options.setdefault(name, {})[str(value)] = None
    chosen = {name: ", ".join(values) for name, values in options.items()}
    return {"description": str(told["description"]), **told["attributes"], **chosen}


def spoken_name(attribute: str) -> str:
    """What customers read before an attribute."""
    return {"color": "colours", "size": "sizes"}.get(attribute, attribute.replace("_", " "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ended(reply: str) -> str:
    return reply.replace("..", ".")

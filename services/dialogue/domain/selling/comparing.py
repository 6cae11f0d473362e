"""Products side by side: a row for what at least two of them tell, a letter for each product."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.dialogue.domain.selling.facts import Look, goods_facts
from services.dialogue.domain.shop import Product

MOST = 3
LETTERS = "ABC"


def comparison(products: Sequence[Product], look: Look, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """`columns` with a letter and a name each, and `rows` of an attribute's usual name and its value by column."""
    compared = products[:MOST]
    told = list(dict.fromkeys(name for product in compared for name in product.attributes))
    rows = [
        {"name": names.get(name, {}).get(look.language, name.replace("_", " ")), "values": values}
        for name in told
        for values in [[look.text(product.attributes.get(name, {})) for product in compared]]
        if sum(bool(value) for value in values) > 1
    ]
    facts = goods_facts(compared, look)
    columns = [{"letter": letter, **fact} for letter, fact in zip(LETTERS, facts, strict=False)]
    return {"columns": columns, "rows": rows}

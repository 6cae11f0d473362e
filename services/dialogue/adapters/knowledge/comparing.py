"""Products set beside each other, attribute by attribute: "compare A and B", "A 和 B 哪个轻"."""

import re
from collections.abc import Sequence

from services.dialogue.adapters.knowledge.index import Index
from services.dialogue.ports import Passage

COMPARES = re.compile(
    r"\b(?:compare[ds]?|comparison|differences?|differ|versus|vs|better|which|or|than)\b|对比|比较|区别|差别|不同|哪个|哪款|还是|比",
    re.IGNORECASE,
)
MOST = 4
SURE = 0.99
COLONS = re.compile(r"[:：]\s*")
APART = {"en": "; ", "zh": "；"}
COLON = {"en": ": ", "zh": "："}


def comparison(index: Index, question: str, language: str, named: Sequence[str]) -> Passage | None:
    """What the named products (ids) have of the same attributes, or None where there is nothing to compare."""
    if not 2 <= len(named) <= MOST or not COMPARES.search(question):
        return None
    found: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for entry in index.entries:
        if entry.document in named and entry.language == language and entry.origin == "product" and not entry.leads:
            attribute, _, value = _parted(entry.text)
            found.setdefault(attribute, {})[entry.document] = value
            names[entry.document] = entry.title
    shared = {name: values for name, values in found.items() if len(values) == len(named)}
    if not shared:
        return None
    lines = "\n".join(_line(name, values, names, language) for name, values in shared.items())
    title = " / ".join(names[product] for product in named)
    source = f"catalogue/products.yaml#{','.join(named)}"
    return Passage(named[0], title, lines, SURE, language, source, lines)


def _parted(text: str) -> tuple[str, str, str]:
    found = COLONS.search(text)
    return (text[: found.start()], found.group(), text[found.end() :]) if found else (text, "", text)


def _line(attribute: str, values: dict[str, str], names: dict[str, str], language: str) -> str:
    told = APART[language].join(f"{names[product]} – {value}" for product, value in sorted(values.items()))
    return f"{attribute}{COLON[language]}{told}"

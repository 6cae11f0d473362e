"""Which size the shop's own size guide gives for a measure that the customer tells."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.dialogue.domain.reading import plain

MEASURE = re.compile(r"(?<![\d.])(\d{2,3}(?:[.,]\d)?)\s?(?:cm|centimet(?:er|re)s?|厘米|公分)")
WAIST = re.compile(r"\bwaist\b|腰围|腰")
CHEST = re.compile(r"\b(?:chest|bust)\b|胸围|胸")
FOOT = re.compile(r"\b(?:foot|feet|insole)\b|脚长|脚")


def advised(text: str, category: str, guide: Any) -> str:
    """The size for the measure in the text: the smallest one that is large enough. Empty where the guide has none.

    Shoes go by the length of the foot (`shoes_cm`, whose spare room is in the table already), clothes by
    `chest_cm` or `waist_cm`, whose spans are `low-high`.
    """
    said = plain(text)
    measured = MEASURE.search(said)
    if measured is None or not isinstance(guide, Mapping):
        return ""
    centimetres = float(measured[1].replace(",", "."))
    if category == "shoes" or FOOT.search(said):
        return _first_that_holds(guide.get("shoes_cm"), centimetres).removeprefix("s")
    name = "waist_cm" if WAIST.search(said) else "chest_cm" if CHEST.search(said) else ""
    return _first_that_holds(guide.get(name), centimetres).upper()


def _first_that_holds(table: Any, centimetres: float) -> str:
    if not isinstance(table, Mapping):
        return ""
    spans = [(name, _figures(str(span))) for name, span in table.items()]
    known = [(name, figures) for name, figures in spans if figures]
    if not known or centimetres < _least(known):
        return ""
    return next((str(name) for name, figures in known if centimetres <= figures[-1]), "")


def _least(known: Sequence[tuple[str, list[float]]]) -> float:
    """Below the smallest span nothing is advised; a table of single figures allows one size's step below its first."""
    first = known[0][1]
    step = known[1][1][-1] - first[-1] if len(known) > 1 else 0.0
    return first[0] if len(first) > 1 else first[0] - step


def _figures(span: str) -> list[float]:
    return [float(part) for part in re.findall(r"\d+(?:\.\d+)?", span)]

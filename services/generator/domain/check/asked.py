"""What only the customer named: a reply may deny it or make it a condition, but not affirm it."""

import re
from collections.abc import Sequence

from services.generator.domain.check.comparing import conditional, denied
from services.generator.domain.check.ground import Ground
from services.generator.domain.check.quantities import SPANS, Quantity, quantities, same
from services.generator.domain.check.text import clauses, normal

_THEIRS = re.compile(
    r"[^,.;]*\bago\b[^,.;]*|[^,.;]*\bafter [^,.;]*\b(?:ended|expired|over|late|lapsed|past|gone)\b[^,.;]*|"
    r"[^,.;]*\byou(?:'ve| have|'d| had)? (?:had|used|owned|waited|worn|been)\b[^,.;]*|"
    r"[^,。;]*(?:前|以前)(?:发|买|下|付|收|寄|订|拍|点|申请)[^,。;]*(?:失效|过期|来不及|晚了|作废)[^,。;]*|"
    r"[^,。;]*[您你][^,。;]{0,8}(?:前|以前)(?:发|买|下|付|收|签|寄|订|拍)[^,。;]*|"
    r"[^,。;]*[您你](?:已经?|都)?(?:用|买|等|穿|戴|收|付|下单)[到]?了[^,。;]*"
)
"""Tells again what the customer has told of themselves, and whether it is too late."""


def claims(sentence: str, language: str) -> str:
    """A normal sentence without its clauses that deny something or only say when something holds."""
    said = [c for c in clauses(sentence) if not denied(c, language) and not conditional(c, anywhere=True)]
    return ". ".join(said)


def may_repeat(quantity: Quantity, sentence: str, ground: Ground) -> bool:
    """Whether a number is the customer's own and is denied, lies in a range that the passages tell, or is of a sort
    that they have no number of."""
    if quantity.kind != "number" or not any(_alike(quantity, asked) for asked in quantities(normal(ground.asked))):
        return False
    told = _THEIRS.sub(" ", claims(sentence, ground.language))
    if not any(_alike(quantity, other) for other in quantities(told)):
        return True
    return _within(quantity, ground.quantities) or not any(_sort(quantity, fact) for fact in ground.quantities)


def _alike(one: Quantity, other: Quantity) -> bool:
    return one.kind == other.kind and same(one, other)


def _sort(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit or {one.unit, other.unit} <= SPANS


def _within(quantity: Quantity, facts: Sequence[Quantity]) -> bool:
    """Whether two ends of a range, written as one, lie around it; their unit may be told elsewhere."""
    return any(
        low.written == high.written
        and any(
            float(low_end) < float(number) < float(high_end)
            for number, low_end, high_end in (
                (quantity.value, low.value, high.value), (quantity.bare, low.bare, high.bare)
            )
            if low.unit == quantity.unit or not low.unit or not quantity.unit
        )
        for low, high in zip(facts, facts[1:], strict=False)
        if low.kind == high.kind == "number"
    )  # fmt: skip

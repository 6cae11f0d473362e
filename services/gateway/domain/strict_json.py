"""JSON as RFC 8259 means it: no duplicate keys, no NaN or infinity, not too deep."""

import json
import math
from typing import Any

MAX_DEPTH = 8


class NotJson(ValueError):
    """The text is not acceptable JSON; the message says why without repeating any of it."""


def parse(text: str | bytes) -> Any:
    """The document. Raises NotJson."""
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite)
        _check_depth(document, MAX_DEPTH)
    except NotJson:
        raise
    except RecursionError:
        raise NotJson(f"nested deeper than {MAX_DEPTH}") from None
    except ValueError:
        raise NotJson("not JSON") from None
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("a key occurs twice")
    return found


def _no_constant(_: str) -> None:
    raise NotJson("a number is not finite")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJson("a number is not finite")
    return number


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, dict | list):
        return
    if left == 0:
        raise NotJson(f"nested deeper than {MAX_DEPTH}")
    for inner in value.values() if isinstance(value, dict) else value:
        _check_depth(inner, left - 1)

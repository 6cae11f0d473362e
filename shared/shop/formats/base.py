"""What a format of foreign shop data is: read, turned into a catalogue, brought up to date, written."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.errors import ConfigError
from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder, CatalogueProduct
from shared.shop.profile import Language

Documents = dict[str, Any]
"""The foreign shop's data as it came, by the name of each table. It is JSON, so it can be kept as it is."""

PLENTY = 1000
"""The stock of goods of which the format only says that there are some."""


@dataclass(frozen=True)
class Records:
    """The records of a shop: those of its catalogue, or those of its database."""

    products: tuple[CatalogueProduct, ...] = ()
    customers: tuple[CatalogueCustomer, ...] = ()
    orders: tuple[CatalogueOrder, ...] = ()


@dataclass(frozen=True)
class Done:
    """An act that was committed, as its receipt tells it."""

    customer: str
    action: str
    target: str
    arguments: Mapping[str, str]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Imported:
    """A foreign shop as Deskbell's records, and what its profile must say. `day` is the day that its dates mean."""

    records: Records
    languages: tuple[Language, ...]
    currencies: tuple[str, ...]
    timezone: str
    day: date | None = None


@dataclass(frozen=True)
class Change:
    """The same shop twice: as it was imported, and as it is; `done` is what happened between, the oldest first."""

    before: Records
    now: Records
    done: Sequence[Done] = field(default_factory=tuple)


@dataclass(frozen=True)
class Format:
    """One format. `read` and `imported` raise ConfigError; `changed` alters the documents that it is given."""

    read: Callable[[Path], Documents]
    imported: Callable[[Documents], Imported]
    changed: Callable[[Documents, Change], None]
    write: Callable[[Documents, Path], None]


def read_json(path: Path) -> Any:
    """The JSON in this file. Raises ConfigError with the line of a mistake."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}; give a file that is there") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} is not UTF-8; save it as UTF-8") from exc
    except json.JSONDecodeError as exc:
        raise ConfigError(f"{path}:{exc.lineno}: not JSON: {exc.msg}; mend the file") from exc


def write_json(path: Path, data: Any) -> None:
    """Writes JSON that keeps the order of keys and every letter as it is."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=4) + "\n", encoding="utf-8")


def record_of(kind: Any, where: str, **values: Any) -> Any:
    """A catalogue record. Raises ConfigError that names the foreign record `where`."""
    try:
        return kind(**values)
    except ValueError as exc:
        errors = getattr(exc, "errors", None)
        first = errors()[0] if errors else {"loc": (), "msg": str(exc)}
        place = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{where}: {place}: {first['msg']}; mend the record, then import again") from exc


def money(value: Any, where: str) -> Decimal:
    """An amount with two decimals. Raises ConfigError."""
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except ArithmeticError as exc:
        raise ConfigError(f"{where}: `{value}` is no amount of money; write one such as 19.90") from exc


def number(value: Decimal) -> int | float:
    """An amount as JSON writes it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def number_pattern(numbers: Sequence[str]) -> str:
    """A regular expression that fits all these order numbers, as narrow as their common shape."""
    shapes: dict[tuple[str, ...], list[list[str]]] = {}
    for text in numbers:
        runs = re.findall(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+", text)
        shapes.setdefault(tuple(_kind(run) for run in runs), []).append(runs)
    return "|".join("".join(_run(column) for column in zip(*rows, strict=True)) for _, rows in sorted(shapes.items()))


def _kind(run: str) -> str:
    return "9" if run.isdigit() else "a" if run.isascii() and run.isalpha() else run


def _run(column: tuple[str, ...]) -> str:
    sizes = {len(run) for run in column}
    size = str(min(sizes)) if len(sizes) == 1 else f"{min(sizes)},{max(sizes)}"
    if column[0].isdigit():
        return rf"\d{{{size}}}"
    if len(set(column)) == 1:
        return re.sub(r"([^0-9A-Za-z#\-_ ])", r"\\\1", column[0])
    return f"[A-Za-z]{{{size}}}"

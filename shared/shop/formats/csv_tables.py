"""The format `csv`: `products.csv`, `customers.csv`, `orders.csv`, `order_lines.csv`. docs/shops.md has the columns."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.errors import ConfigError
from shared.shop.catalogue import (
    CatalogueCustomer,
    CatalogueLine,
    CatalogueOrder,
    CataloguePayment,
    CatalogueProduct,
    CatalogueVariant,
    Delivery,
    Payment,
)
from shared.shop.formats.base import Documents, Imported, Records, money, record_of

Row = dict[str, str]
NEEDED: Mapping[str, tuple[str, ...]] = {
    "products": ("product_id", "sku", "name", "price"),
    "customers": ("customer_id", "name", "email"),
    "orders": ("order_number", "customer_id", "status", "placed_at"),
    "order_lines": ("order_number", "sku", "quantity", "price"),
}
"""The tables, and the columns without which there is no record."""
OPTION, ATTRIBUTE = "option_", "attribute_"
MOMENTS = ("shipped_at", "expected_at", "delivered_at")


def read(path: Path) -> Documents:
    """The folder's tables: `{"columns": [...], "rows": [{...}]}` by name. Raises ConfigError with the line."""
    if not path.is_dir():
        raise ConfigError(f"{path} is no folder; give the folder that holds {', '.join(f'{n}.csv' for n in NEEDED)}")
    return {name: _table(path / f"{name}.csv", needed) for name, needed in NEEDED.items()}


def _table(path: Path, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}; see docs/shops.md for the tables") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} is not UTF-8; save it as UTF-8") from exc
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = next(reader, [])
        if missing := [name for name in needed if name not in columns]:
            raise ConfigError(f"{path}:1: the column `{missing[0]}` is missing; add it")
        rows = [_row(path, reader.line_num, columns, cells) for cells in reader if cells]
    except csv.Error as exc:
        raise ConfigError(f"{path}:{reader.line_num}: not CSV: {exc}; mend the quotes") from exc
    return {"columns": columns, "rows": rows, "ends": "\r\n" if "\r\n" in text else "\n"}


def _row(path: Path, line: int, columns: list[str], cells: list[str]) -> Row:
    if len(cells) != len(columns):
        told = f"{path}:{line}: {len(cells)} cells under {len(columns)} columns; add or take away a comma, or quote it"
        raise ConfigError(told)
    return dict(zip(columns, cells, strict=True))


def write(documents: Documents, out: Path) -> None:
    """Writes the folder's tables."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in documents.items():
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table["columns"], restval="", lineterminator=table["ends"])
            writer.writeheader()
            writer.writerows(table["rows"])


def imported(documents: Documents) -> Imported:
    """The shop's records. Raises ConfigError that names a row which is not of the format."""
    rows = {name: documents[name]["rows"] for name in NEEDED}
    languages = tuple(sorted({row.get("language") or "en" for row in rows["customers"]})) or ("en",)
    currency = next((row["currency"] for row in rows["orders"] + rows["products"] if row.get("currency")), "EUR")
    products: dict[str, list[Row]] = {}
    for row in rows["products"]:
        products.setdefault(row["product_id"], []).append(row)
    lines: dict[str, list[Row]] = {}
    for row in rows["order_lines"]:
        lines.setdefault(row["order_number"], []).append(row)
    records = Records(
        tuple(_product(group, currency, languages) for group in products.values()),
        tuple(_customer(row, currency) for row in rows["customers"]),
        tuple(_order(row, lines.get(row["order_number"], []), currency) for row in rows["orders"]),
    )
    used = tuple(sorted({order.currency for order in records.orders} | {currency}))
    return Imported(records, languages, used, "UTC")  # type: ignore[arg-type]


def _texts(row: Row, column: str, languages: tuple[str, ...]) -> dict[str, str]:
    """A text in each language: from `name_zh` where there is one, else from `name`."""
    return {language: row.get(f"{column}_{language}") or row.get(column, "") for language in languages}


def _product(rows: list[Row], currency: str, languages: tuple[str, ...]) -> CatalogueProduct:
    first, where = rows[0], f"products.csv: {rows[0]['product_id']}"
    name = _texts(first, "name", languages)
    about = {language: text or name[language] for language, text in _texts(first, "description", languages).items()}
    attributes = {key.removeprefix(ATTRIBUTE): value for key, value in first.items() if key.startswith(ATTRIBUTE)}
    product: CatalogueProduct = record_of(
        CatalogueProduct,
        where,
        id=first["product_id"],
        name=name,
        category=first.get("category") or "goods",
        description=about,
        attributes={key: dict.fromkeys(languages, text) for key, text in attributes.items() if text.strip()},
        variants=tuple(_variant(row, currency, languages) for row in rows),
    )
    return product


def _variant(row: Row, currency: str, languages: tuple[str, ...]) -> CatalogueVariant:
    where = f"products.csv: {row['sku']}"
    options = {key.removeprefix(OPTION): value for key, value in row.items() if key.startswith(OPTION)}
    variant: CatalogueVariant = record_of(
        CatalogueVariant,
        where,
        sku=row["sku"],
        options={key: dict.fromkeys(languages, text) for key, text in options.items() if text.strip()},
        prices={row.get("currency") or currency: money(row["price"], where)},
        stock=row.get("stock") or "0",
    )
    return variant


def _customer(row: Row, currency: str) -> CatalogueCustomer:
    where = f"customers.csv: {row['customer_id']}"
    kept = {key: row[key] for key in ("phone", "postcode", "address", "tier", "points") if row.get(key)}
    paid: tuple[dict[str, str], ...] = ()
    if method := row.get("payment_method", ""):
        paid = ({"id": row.get("payment_id") or method, "method": method, "last4": row.get("payment_last4", "")},)
    customer: CatalogueCustomer = record_of(
        CatalogueCustomer,
        where,
        id=row["customer_id"],
        name=row["name"],
        email=row["email"],
        language=row.get("language") or "en",
        currency=row.get("currency") or currency,
        payment_methods=tuple(record_of(CataloguePayment, where, **method) for method in paid),
        **kept,
    )
    return customer


def _order(row: Row, lines: list[Row], currency: str) -> CatalogueOrder:
    where = f"orders.csv: {row['order_number']}"
    kept = {key: row[key] for key in ("postcode", "address", "shipping_fee") if row.get(key)}
    parcel = {key: row[key] for key in ("carrier", "tracking_number", *MOMENTS, "shipping") if row.get(key)}
    paid = {"method": row.get("payment_method") or "card", "last4": row.get("payment_last4", "")}
    order: CatalogueOrder = record_of(
        CatalogueOrder,
        where,
        number=row["order_number"],
        customer=row["customer_id"],
        status=row["status"],
        placed_at=row["placed_at"],
        currency=row.get("currency") or currency,
        lines=tuple(_line(line, where) for line in lines),
        payment=record_of(Payment, where, **paid),
        delivery=record_of(Delivery, where, **parcel),
        **kept,
    )
    return order


def _line(row: Row, where: str) -> CatalogueLine:
    kept = {key: row[key] for key in ("returning", "exchanging") if row.get(key)}
    line: CatalogueLine = record_of(
        CatalogueLine, where, sku=row["sku"], quantity=row["quantity"], price=money(row["price"], where), **kept
    )
    return line

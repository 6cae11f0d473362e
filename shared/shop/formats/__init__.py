"""Foreign shops' data: formats that a shop is imported from, and exported to without loss."""

from collections.abc import Mapping

from shared.shop.formats import csv_changes, csv_tables, ecom_bench, ecom_changes, tau2, tau2_changes
from shared.shop.formats.base import Documents, Format

FORMATS: Mapping[str, Format] = {
    "tau2": Format(tau2.read, tau2.imported, tau2_changes.changed, tau2.write),
    "ecom-bench": Format(ecom_bench.read, ecom_bench.imported, ecom_changes.changed, ecom_bench.write),
    "csv": Format(csv_tables.read, csv_tables.imported, csv_changes.changed, csv_tables.write),
}
EMPTY: Mapping[str, Documents] = {
    "tau2": {"db": {"products": {}, "users": {}, "orders": {}}},
    "ecom-bench": {"users_info": {}, "orders": {}, "products": {}},
    "csv": {name: {"columns": list(columns), "rows": [], "ends": "\n"} for name, columns in csv_tables.NEEDED.items()},
}
"""The documents of a shop without records, which an export of a shop from elsewhere begins with."""

__all__ = ["EMPTY", "FORMATS"]

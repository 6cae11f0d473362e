"""Small pieces of report pages: tables and the frame around them. Pages open without a server."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse } th, td { text-align: right; padding: .2rem .8rem; border-bottom: 1px solid #ddd }
th:first-child, td:first-child { text-align: left }
.good { color: #2f7d5b } .bad { color: #c0392b } img { width: 100% } pre { white-space: pre-wrap; background: #f4f4f2;
padding: .8rem } .note { color: #555 }
"""
PERCENTILES = ("count", "p50", "p90", "p99", "p99.9", "max")


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page; `parts` are HTML."""
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
    return f"{head}<style>{STYLE}</style>" + "\n".join(parts) + "</html>\n"


def percentile_table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """One row a measurement, as `measures.summary` gives it."""
    cells = [[name, *(row.get(key, "") for key in PERCENTILES)] for name, row in rows.items()]
    return table(("", *PERCENTILES), cells)


def pairs(values: Mapping[str, Any]) -> str:
    """Names and values, nested ones on one line."""
    return table(("", ""), [[name.replace("_", " "), _plain(value)] for name, value in values.items()])


def table(head: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; floats with one digit."""
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(_cell(value))}</td>' for value in row)}</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{body}</table>"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(part)}" for name, part in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)

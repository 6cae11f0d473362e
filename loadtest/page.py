"""The report as a page that opens without a server."""

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
METHOD = (
    "Conversations arrive at random (Poisson) at moments fixed before the run; inside a conversation the next message "
    "is intended after the end of the last turn and a thinking time. Every latency counts from the intended moment, "
    "so that a stalled system is charged for all who came while it stalled."
)
METHOD_TURNS = (
    "Single messages arrive at random (Poisson) at moments fixed before the run, over a pool of open conversations. "
    "Every latency counts from the intended moment."
)


def render_page(report: Mapping[str, Any], pictures: Sequence[str]) -> str:
    """The page for a report's figures, with its pictures beside it."""
    plan = report["plan"]
    kind = "conversations" if plan["profile"] == "conversations" else "messages"
    title = f"{plan['rate']:g} {kind}/s for {plan['duration_s']:g} s"
    parts = [
        f"<h1>Load: {escape(title)}</h1>",
        f"<p class=note>{escape(report['started_at'])} · {escape(plan['url'])} · seed {plan['seed']}</p>",
        _verdicts(report),
        f"<p>{METHOD if plan['profile'] == 'conversations' else METHOD_TURNS}</p>",
        "<h2>Latency, ms</h2>",
        _percentile_table(report["latency_ms"]),
        *(f'<p><img src="{name}" alt="{name.removesuffix(".svg")}"></p>' for name in pictures),
        "<h2>Completion by kind of visit, ms</h2>",
        _percentile_table(report["complete_ms_by_scenario"]),
        "<h2>Outcomes</h2>",
        _pairs(report["outcomes"]),
        "<h2>Books</h2>",
        _books(report),
        "<h2>Throughput and generator</h2>",
        _pairs({**report["throughput"], **report["generator"]}),
        "<h2>Machine</h2>",
        _pairs(report["machine"]),
        f"<h2>Again</h2><pre>{escape(report['command'])}</pre>",
    ]
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Load report</title><style>{STYLE}</style>'
    return head + "\n".join(parts) + "</html>\n"


def _verdicts(report: Mapping[str, Any]) -> str:
    lines = [_verdict(report["ledger"]["balanced"], "Every accepted message has exactly one end.", _unbalanced(report))]
    lines.append(_verdict(report["valid"], "The generator kept its times.", "; ".join(report["doubts"])))
    return "".join(lines)


def _verdict(good: bool, yes: str, no: str) -> str:
    return f'<p class="{"good" if good else "bad"}">{escape(yes if good else no)}</p>'


def _unbalanced(report: Mapping[str, Any]) -> str:
    names = ("without_end", "ended_twice", "vanished", "unread")
    counts = [f"{len(report['ledger'][name])} {name.replace('_', ' ')}" for name in names]
    return f"The books do not balance: {', '.join(counts)}."


def _books(report: Mapping[str, Any]) -> str:
    ledger = report["ledger"]
    rows = [["the conversations' logs", ledger["accepted"], *ledger["ends"].values()]]
    if report["books"]:
        during = report["books"]["during"]
        rows.append(["the stack's counters", during["accepted"], *(during[end] for end in ledger["ends"])])
    return _table(("", "accepted", *ledger["ends"]), rows)


def _percentile_table(rows: Mapping[str, Mapping[str, float]]) -> str:
    return _table(
        ("", *PERCENTILES), [[name, *(row.get(key, "") for key in PERCENTILES)] for name, row in rows.items()]
    )


def _pairs(values: Mapping[str, Any]) -> str:
    return _table(("", ""), [[name.replace("_", " "), _plain(value)] for name, value in values.items()])


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(part)}" for name, part in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(head: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(_cell(value))}</td>' for value in row)}</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{body}</table>"


def _cell(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)

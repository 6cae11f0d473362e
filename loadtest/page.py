"""The report as a page that opens without a server."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from loadtest.html import page, pairs, percentile_table, table

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
        percentile_table(report["latency_ms"]),
        *(f'<p><img src="{name}" alt="{name.removesuffix(".svg")}"></p>' for name in pictures),
        "<h2>Completion by kind of visit, ms</h2>",
        percentile_table(report["complete_ms_by_scenario"]),
        "<h2>Outcomes</h2>",
        pairs(report["outcomes"]),
        "<h2>Books</h2>",
        _books(report),
        "<h2>Throughput and generator</h2>",
        pairs({**report["throughput"], **report["generator"]}),
        "<h2>Machine</h2>",
        pairs(report["machine"]),
        f"<h2>Again</h2><pre>{escape(report['command'])}</pre>",
    ]
    return page("Load report", parts)


def _verdicts(report: Mapping[str, Any]) -> str:
    doubts = "; ".join(report["doubts"])
    lines = [_verdict(report["ledger"]["balanced"], "Every accepted message has exactly one end.", _unbalanced(report))]
    lines.append(_verdict(report["valid"], "The generator kept its times.", f"Do not quote these latencies: {doubts}."))
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
    return table(("", "accepted", *ledger["ends"]), rows)

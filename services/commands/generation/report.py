"""The report of an evaluation of replies: figures, examples, and a page where a person votes blindly."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from loadtest.html import page, pairs, table
from services.commands.generation.figures import Case

ROWS = {
    "questions": "questions",
    "passes_check": "passes the check as written, %",
    "released": "released by the check, in whole or in part, %",
    "coverage_shown": "facts of the reference in what is shown, %",
    "coverage_written": "facts of the reference in what was written, %",
    "chrf_shown": "chrF of what is shown",
    "chrf_written": "chrF of what was written",
    "own_words": "shown in other words than the page's, %",
    "words": "words of what is shown",
    "tokens_per_s": "tokens a second",
    "first_chunk_s": "seconds to the first piece",
}
EXAMPLES = 30
LETTERS = "ABC"


def write_report(directory: Path, document: Mapping[str, Any], cases: Sequence[Case]) -> None:
    """Writes `report.json`, `report.html`, and `blind.html` with its key in `blind-key.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "question": case.found.question,
            "reference": case.reference,
            "said": {n: asdict(s) for n, s in case.said.items()},
        }
        for case in cases
    ]
    _write(directory / "report.json", {**document, "cases": rows})
    (directory / "report.html").write_text(_page(document, cases), encoding="utf-8")
    items, key = blind(cases, int(document["seed"]))
    _write(directory / "blind-key.json", key)
    (directory / "blind.html").write_text(blind_page(items), encoding="utf-8")


def blind(cases: Sequence[Case], seed: int) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]]]:
    """Questions with the different replies in an order of chance, and apart from them which letter is whose."""
    random = Random(f"blind {seed}")
    items, key = [], {}
    for number, case in enumerate(cases, 1):
        by_text: dict[str, str] = {}
        for name, said in case.said.items():
            by_text[said.shown] = f"{by_text[said.shown]} {name}" if said.shown in by_text else name
        replies = list(by_text)
        if len(replies) < 2:
            continue  # all say the same: there is nothing to choose
        random.shuffle(replies)
        name = f"q{number}"
        items.append({
            "id": name, "question": case.found.question, "page": case.found.ground.passages[-1],
            "replies": dict(zip(LETTERS, replies, strict=False)),
        })  # fmt: skip
        key[name] = {letter: by_text[reply] for letter, reply in zip(LETTERS, replies, strict=False)}
    return items, key


def blind_page(items: Sequence[Mapping[str, Any]]) -> str:
    """A page that opens without a server; votes stay in it until they are downloaded."""
    shell = files("services.commands.generation").joinpath("blind.html").read_text("utf-8")
    # `</` would end the script in the middle of a text.
    return shell.replace("[/*items*/]", json.dumps(items, ensure_ascii=False).replace("</", "<\\/"))


def _page(document: Mapping[str, Any], cases: Sequence[Case]) -> str:
    arms = document["arms"]
    shown = [[case.found.question, case.reference, *(said.shown for said in case.said.values())] for case in cases]
    faults = [[arm, json.dumps(found["faults"])] for arm, found in arms.items()]
    parts = [
        "<h1>Replies: the shop's own words and models</h1>",
        f"<p>{document['answerable']} of {document['asked']} questions about pages and products that were held back "
        "from teaching; for the others the search led elsewhere. What is shown is what a customer sees: a model's "
        "sentences that the check released, else the shop's own.</p>",
        '<p class="bad">The shop has changed since the adapter was taught: other pages or products are held back '
        "now, so some of them may have been seen.</p>" if document["changed"] else "",
        _figures(arms),
        *(part for kind, of in document["kinds"].items() for part in (f"<h2>About a {kind}</h2>", _figures(of))),
        '<p><a href="blind.html">Vote without knowing whose is whose</a></p>',
        "<h2>Faults found in what was written</h2>", table(("", "faults"), faults),
        "<h2>Examples</h2>", table(("question", "reference", *arms), shown[:EXAMPLES]),
    ]  # fmt: skip
    if document["card"]:
        parts += [
            "<h2>Adapter</h2>",
            pairs({k: v for k, v in document["card"].items() if k not in ("held_back", "recipe")}),
        ]
    parts += ["<h2>Run</h2>", pairs(document["machine"]), f"<pre>{escape(str(document['command']))}</pre>"]
    return page("Replies", parts)


def _figures(arms: Mapping[str, Mapping[str, Any]]) -> str:
    return table(("", *arms), [[told, *(_cell(arms[arm][name]) for arm in arms)] for name, told in ROWS.items()])


def _cell(value: float | None) -> str:
    return "" if value is None else str(value)


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

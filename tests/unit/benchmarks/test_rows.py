"""Answers are kept as they come: a run goes on where it broke off, and what was written is judged anew."""

from pathlib import Path

import pytest

from benchmarks.generation.facts import recheck_rows
from benchmarks.generation.rows import Row, RowFile, read_rows
from services.commands.generation.finding import Found
from services.generator.domain.check import Ground
from shared.errors import ConfigError

ABOUT = {"model": "m", "seed": 0, "questions": 3}
PAGE = "You can return unworn items within 30 days of delivery. Return freight is paid by the buyer."
FOUND = Found("How long?", "returns", PAGE, Ground("en", (PAGE,), ("Returns",), asked="How long?"))
TRUE, FALSE = "You can return unworn items within 30 days.", "You can return unworn items within 60 days."


def test_a_run_goes_on_after_its_last_whole_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    first = RowFile(path, ABOUT)
    first.add(Row("How long?", FOUND, TRUE, seconds=1.5))
    first.add(Row("Who?", None))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"question": "broken o')
    again = RowFile(path, ABOUT)
    assert again.rows == first.rows
    again.add(Row("Why?", None))
    assert [row.question for row in read_rows(path)[1]] == ["How long?", "Who?", "Why?"]


def test_rows_of_another_run_are_refused(tmp_path: Path) -> None:
    RowFile(tmp_path / "rows.jsonl", ABOUT)
    with pytest.raises(ConfigError, match="of another run.*seed"):
        RowFile(tmp_path / "rows.jsonl", {**ABOUT, "seed": 1})


def test_a_line_that_is_no_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"model": "m"}\n{"found": null}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2"):
        read_rows(path)


def test_kept_texts_are_judged_without_a_model(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "rows.jsonl", ABOUT)
    file.add(Row("How long?", FOUND, TRUE))
    file.add(Row("How long?", FOUND, FALSE))
    file.add(Row("How long?", FOUND, TRUE + " Return fr", whole=False))
    report = recheck_rows(tmp_path / "rows.jsonl")
    assert (report["questions"], report["answered"], report["released"]) == (3, 3, 2)
    assert report["cut_short"] == 1
    assert report["faults"]["number"] == 1
    assert report["false_numbers"] == 0

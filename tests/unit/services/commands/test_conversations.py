import json
import math
from pathlib import Path

import pytest

from services.commands.cases import Played
from services.commands.conversations import Result, pass_hat, write_report


def result(name: str, passed: int, runs: int) -> Result:
    outcomes = [Played(name, [] if place < passed else ["wrong"]) for place in range(runs)]
    return Result(name, tuple(outcomes))


@pytest.mark.parametrize(("k", "expected"), [(1, (1 + 0.5) / 2), (2, (1 + 1 / 6) / 2), (3, 0.5), (4, 0.5)])
def test_pass_hat_counts_only_cases_that_succeed_k_times_over(k: int, expected: float) -> None:
    assert math.isclose(pass_hat([result("a", 4, 4), result("b", 2, 4)], k), expected)


def test_skipped_cases_neither_help_nor_harm() -> None:
    assert pass_hat([result("a", 1, 1), Result("b", (), "why")], 1) == 1
    assert pass_hat([Result("b", (), "why")], 1) == 0


def test_the_report_holds_figures_and_transcripts(tmp_path: Path) -> None:
    run = Played("a", [], [("customer", "你好")])
    write_report(tmp_path / "r", [Result("a", (run,)), Result("b", (), "why")], 1)
    report = json.loads((tmp_path / "r/report.json").read_text(encoding="utf-8"))
    assert (report["passed"], report["failed"], report["skipped"], report["pass_hat"]) == (1, 0, 1, {"1": 1.0})
    assert report["results"][0]["runs"][0]["transcript"] == [["customer", "你好"]]
    assert report["results"][1]["skipped"] == "why"

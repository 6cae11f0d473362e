import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from loadtest.ledger import Ledger
from loadtest.machine import cpu_model
from loadtest.records import Plan, Run, TurnRecord, Visit
from loadtest.report import Findings, write_report
from loadtest.scenarios import SCENARIOS


def findings(**ledger: list[str]) -> Findings:
    plan = Plan("http://127.0.0.1:8000", 2, 5, 1, SCENARIOS[:1], ())
    run = Run(plan, "2026-11-23T10:00:00+00:00", arrivals=1, wall_s=5, cpu_s=0.5)
    run.visits = [Visit(0, "faq_en", "en", "websocket", 0.0, opened=0.01)]
    run.turns = [
        TurnRecord(0, "text", n / 10, 0, n / 10, n / 10 + 0.002, n / 10 + 0.01, n / 10 + 0.02, n, "completed")
        for n in range(1, 31)
    ]
    run.turns.append(TurnRecord(0, "text", 3, 0, 3, outcome="refused", refusals=["rate_limited"]))
    return Findings(run, Ledger(30, **ledger), None, ("./deskbell", "load", "--rate", "2"))


def test_the_folder_holds_figures_page_histograms_and_every_message(tmp_path: Path) -> None:
    report = write_report(tmp_path / "r", findings())
    assert json.loads((tmp_path / "r/report.json").read_text()) == json.loads(json.dumps(report))
    assert report["latency_ms"]["complete"]["p50"] == pytest.approx(20, rel=0.01)
    assert report["latency_ms"]["accept"]["p99"] == pytest.approx(2, rel=0.01)
    assert report["outcomes"]["refusals"] == {"rate_limited": 1}
    assert report["command"] == "./deskbell load --rate 2"
    with (tmp_path / "r/turns.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 31 and rows[-1]["refusals"] == "rate_limited"
    assert "#[Max     =" in (tmp_path / "r/complete.hgrm").read_text()


def test_the_page_shows_its_pictures_and_verdicts(tmp_path: Path) -> None:
    write_report(tmp_path, findings())
    page = (tmp_path / "report.html").read_text()
    for picture in ("latency.svg", "percentiles.svg", "outcomes.svg"):
        assert f'src="{picture}"' in page
        assert ElementTree.parse(tmp_path / picture).getroot().tag.endswith("svg")
    assert "Every accepted message has exactly one end." in page


def test_an_unbalanced_ledger_is_said_on_the_page(tmp_path: Path) -> None:
    found = findings(without_end=["c/1", "c/2"])
    write_report(tmp_path, found)
    assert "The books do not balance: 2 without end" in (tmp_path / "report.html").read_text()
    assert not found.balanced


def test_the_processor_is_named_as_the_kernel_names_it(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Quick 9000\n")
    assert cpu_model(tmp_path / "cpuinfo") == "Quick 9000"
    assert cpu_model(tmp_path / "missing")

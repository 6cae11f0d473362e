import asyncio
import json
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.costs import cpu_s, memory_mb, ms_per_turn
from benchmarks.crowd import Speed, in_rotation, measure
from benchmarks.customers import varied_texts
from benchmarks.report import Findings, Part, document, ratios, write_report

ENCODER_CACHE = 4096
STAT = "7 (a program) S 1 " + " ".join(["0"] * 9) + " 150 50 0 0"
ROLLUP = "0-1 ---p 0 00:00 0 [rollup]\nRss:     2048 kB\nPss:     1024 kB\nPss_Anon: 9999 kB\n"


def part(crowd_per_s: int, alone_s: float) -> Part:
    return Part(Speed(64, 1.0, (0.05,) * crowd_per_s), Speed(1, 1.0, (alone_s,) * 100), {"nlu": 1.25}, {"greeting": 3})


def test_a_ratio_is_throughput_as_a_share_and_time_as_a_multiple() -> None:
    found = ratios(part(100, 0.012), part(400, 0.004))
    assert found == {"throughput": 0.25, "crowd_p50": 1.0, "crowd_p99": 1.0, "alone_p50": 3.0, "alone_p99": 3.0}


def test_the_report_has_figures_and_a_page(tmp_path: Path) -> None:
    memory = {"at rest": {"nlu": {"rss": 20.0, "pss": 10.0}}, "after": {"nlu": {"rss": 40.0, "pss": 30.0}}}
    found = Findings(
        {"floor": part(400, 0.004), "road": part(100, 0.012)}, memory, {"first": 9.5}, {"RabbitMQ": "3.10"}
    )
    write_report(tmp_path, document(found, ["python", "-m", "benchmarks.pipeline"]))
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["ratio"]["road"]["throughput"] == 0.25
    assert report["parts"]["floor"]["crowd"]["turns_per_s"] == 400
    assert report["start_s"] == {"first": 9.5}
    page = (tmp_path / "report.html").read_text()
    for shown in ("3.10", "0.25", "greeting 3", "30 / 40", "1.25", "9.5"):
        assert shown in page


def test_a_run_without_the_floor_tells_no_ratio(tmp_path: Path) -> None:
    report = document(Findings({"road": part(100, 0.012)}), [])
    write_report(tmp_path, report)
    assert report["ratio"] == {}


async def test_only_what_ends_within_the_measured_time_counts() -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        turns += 1
        await asyncio.sleep(0.01)

    speed = await measure([turn] * 4, warm_up_s=0.1, seconds=0.2)
    assert speed.in_flight == 4
    assert 8 <= len(speed.took) < turns
    assert speed.turns == turns
    assert speed.per_s == pytest.approx(len(speed.took) / 0.2)


async def test_in_rotation_each_customer_has_a_turn() -> None:
    said: list[str] = []

    async def first() -> None:
        said.append("first")

    async def second() -> None:
        said.append("second")

    turn = in_rotation([first, second])
    for _ in range(3):
        await turn()
    assert said == ["first", "second", "first"]


def test_varied_texts_are_new_to_the_encoders_cache() -> None:
    assert len(set(islice(varied_texts(), ENCODER_CACHE + 1))) == ENCODER_CACHE + 1


def test_costs_are_read_as_the_kernel_tells_them(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text(STAT)
    (tmp_path / "7" / "smaps_rollup").write_text(ROLLUP)
    assert memory_mb(7, tmp_path) == {"rss": 2.0, "pss": 1.0}
    assert cpu_s(7, tmp_path) == pytest.approx(2.0)
    assert ms_per_turn({"nlu": 1.0}, {"nlu": 2.0}, 500) == {"nlu": 2.0}

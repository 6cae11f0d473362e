import asyncio
import json
from pathlib import Path

import pytest

from benchmarks.crowd import Speed, measure
from benchmarks.pipeline import document, ratios, write_report


def ways(crowd_per_s: int, alone_s: float) -> dict[str, Speed]:
    return {"crowd": Speed(64, 1.0, (0.05,) * crowd_per_s), "alone": Speed(1, 1.0, (alone_s,) * 100)}


def test_a_ratio_is_throughput_as_a_share_and_time_as_a_multiple() -> None:
    assert ratios(ways(100, 0.012), ways(400, 0.004)) == {"throughput": 0.25, "alone_p50": 3.0, "alone_p99": 3.0}


def test_the_report_has_figures_and_a_page(tmp_path: Path) -> None:
    parts = {"floor": ways(400, 0.004), "real": ways(100, 0.012)}
    write_report(tmp_path, document(parts, "3.10.8", ["python", "-m", "benchmarks.pipeline"]))
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["ratio"]["real"]["throughput"] == 0.25
    assert report["parts"]["floor"]["crowd"]["turns_per_s"] == 400
    assert "RabbitMQ 3.10.8" in (tmp_path / "report.html").read_text()


async def test_only_what_ends_within_the_measured_time_counts() -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        turns += 1
        await asyncio.sleep(0.01)

    speed = await measure([turn] * 4, warm_up_s=0.1, seconds=0.2)
    assert speed.in_flight == 4
    assert 8 <= len(speed.took) < turns
    assert speed.per_s == pytest.approx(len(speed.took) / 0.2)

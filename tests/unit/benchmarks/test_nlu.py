import json
from pathlib import Path

import pytest

from benchmarks.crowd import Speed, joined
from benchmarks.nlu.data import Split, parted, read_examples
from benchmarks.nlu.report import FLOOR, OURS, Result, document, write_report
from benchmarks.nlu.systems import words
from services.nlu.adapters.examples import Example
from shared.errors import ConfigError


def examples(count: int = 10) -> list[Example]:
    return [
        Example(f"{said} {number}", intent, "en")
        for intent, said in (("refund", "I want my money back"), ("greeting", "hello there friend"))
        for number in range(count)
    ]


def test_a_fifth_of_each_intent_is_put_aside_and_nothing_is_lost() -> None:
    split = parted(examples(), 0.2, seed=0)
    assert sorted(e.intent for e in split.test) == ["greeting"] * 2 + ["refund"] * 2
    assert sorted(split.train + split.test, key=lambda e: e.text) == sorted(examples(), key=lambda e: e.text)
    assert parted(examples(), 0.2, seed=0) == split != parted(examples(), 0.2, seed=1)


def test_a_file_of_examples_is_read(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "你好", "intent": "greeting", "language": "zh", "more": 1}\n\n', encoding="utf-8")
    assert read_examples(path) == [Example("你好", "greeting", "zh")]


@pytest.mark.parametrize("line", ["no json", '{"text": "hello"}', "[]"])
def test_a_line_that_is_no_example_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "hello", "intent": "greeting"}\n' + line + "\n")
    with pytest.raises(ConfigError, match="data.jsonl:2: "):
        read_examples(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_examples(tmp_path / "none.jsonl")


async def test_the_word_based_rival_learns() -> None:
    system = words(Split(examples(), [Example("my money please", "refund", "en")]))
    assert system.predicted == ["refund"]
    assert await system.read("hello") == ["greeting"]


def test_the_report_compares_the_whole_path_with_the_forward_pass(tmp_path: Path) -> None:
    def speed(per_s: int) -> Speed:
        return Speed(1, 1.0, (1 / per_s,) * per_s)

    results = [
        Result(OURS, {"all": 91.25, "en": 90.0, "zh": 92.5}, speed(90), speed(450)),
        Result(FLOOR, {}, speed(100), speed(500)),
    ]
    write_report(tmp_path, document(results, {"train": 16}, ["python", "-m", "benchmarks.nlu"]))
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["ratio"] == {"alone": 0.9, "crowd": 0.9}
    assert report["systems"][OURS]["accuracy"]["zh"] == 92.5
    page = (tmp_path / "report.html").read_text()
    for shown in ("91.2", "92.5", "0.9 alone", "speed.svg", "python -m benchmarks.nlu"):
        assert shown in page
    assert (tmp_path / "accuracy.svg").stat().st_size > 1000


def test_rounds_add_up() -> None:
    together = joined([Speed(50, 1.0, (0.1, 0.2), 3), Speed(50, 2.0, (0.3,), 2)])
    assert together == Speed(50, 3.0, (0.1, 0.2, 0.3), 5)
    assert together.per_s == 1.0

"""Numbers are varied within their kind; own pairs are read with clear errors; a small shop is refused."""

from pathlib import Path
from random import Random

import pytest

from services.generator.adapters.pairs import Pair, read_pairs
from services.generator.adapters.pairs.asking import asked
from services.generator.adapters.pairs.pair import nearest
from services.generator.adapters.pairs.varied import varied
from shared.errors import ConfigError

POLICIES = {
    "days": 30, "times": 1, "span": "5-7", "open": "09:00-21:00", "fee": "12.00", "rain": "10,000",
    "day": "2026-12-04", "mail": "care@maplebird.example", "percent": 80, "deep": {"hours": 24}, "since_year": 2025,
}  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_numbers_keep_their_kind(seed: int) -> None:
    other = varied(POLICIES, Random(seed))
    low, high = map(int, other["span"].split("-"))
    opens, closes = other["open"].split("-")
    assert 15 <= other["days"] <= 62 and low < high and opens < closes
    assert other["fee"].count(".") == 1 and "," in other["rain"] and other["day"][4] == "-"
    assert other["percent"] <= 95 and other["deep"]["hours"] >= 12
    assert (other["times"], other["mail"], other["since_year"]) == (1, POLICIES["mail"], 2025)


def test_the_same_seed_gives_the_same_numbers() -> None:
    assert varied(POLICIES, Random(3)) == varied(POLICIES, Random(3)) != varied(POLICIES, Random(4))


def test_the_nearest_paragraph_is_the_one_with_the_number() -> None:
    paragraphs = ["Refunds take a while and come back the way you paid for the goods.", "It takes 7-10 days."]
    assert nearest("It takes 7-10 days for goods to come.", paragraphs) == 1


def test_questions_are_asked_in_several_ways() -> None:
    said = {asked("How long does it take?", "en", Random(seed)) for seed in range(60)}
    assert {"How long does it take?", "How long does it take", "how long does it take?"} <= said
    assert asked("要多久？", "zh", Random(0)) == "要多久？"


def test_a_reply_that_says_something_else_is_not_sound() -> None:
    facts = ("You can return it within 30 days.",)
    assert Pair("own", "a", "en", "How long?", facts, "You can return it within 30 days.").sound
    assert not Pair("own", "a", "en", "How long?", facts, "You can return it within 60 days.").sound


def test_own_pairs_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"question": "Open?", "facts": ["Open till 9."], "reply": "Till 9.", "group": "hours"}\n\n')
    assert read_pairs(path) == [Pair("own", "hours", "en", "Open?", ("Open till 9.",), "Till 9.")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no pairs"),
        ("no json", "line 1: no JSON"),
        ('{"question": "a", "facts": ["b"]}', "line 1: write"),
        ('{"question": "a", "facts": [], "reply": "c"}', "line 1: a text is missing"),
        ('{"question": "a", "facts": ["b"], "reply": " "}', "line 1: a text is missing"),
        ('{"question": "a", "facts": ["b"], "reply": "c", "language": "fr"}', "line 1"),
    ],
)
def test_wrong_pairs_are_told_with_their_line(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(content)
    with pytest.raises(ConfigError, match=told):
        read_pairs(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_pairs(tmp_path / "none.jsonl")

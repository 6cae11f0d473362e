"""What `check` tells of proactive.yaml, by file and line."""

import shutil
from pathlib import Path

import pytest

from services.commands.check import action_needs
from shared.shop.rules import find_problems

DEMO = Path("shops/demo")
NEEDS = action_needs()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo shop as far as the rules look at it."""
    shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns("vectors", "conversations", "knowledge"))
    return tmp_path / "demo"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("proactive.yaml", "begin:", "began:", "proactive.yaml:2: unknown key `began`; did you mean `begin`?"),
        ("proactive.yaml", '"21:00"', '"25:00"', "proactive.yaml:2: `begin` is wrong"),
        ("proactive.yaml", "a_day: 1", "a_day: 0", "proactive.yaml:4: `a_day` is wrong"),
        ("proactive.yaml", "EUR: Europe/Berlin", "USD: Europe/Berlin", "proactive.yaml:3: there is no currency `USD`"),
        ("proactive.yaml", "EUR: Europe/Berlin", "EUR: Europe/Bern", "proactive.yaml:3: `Europe/Bern` is no timezone"),
        ("proactive.yaml", "opt_out: proactive_opt_out", "opt_out: nothing_such", "yaml:5: there is no response"),
        ("proactive.yaml", "event: basket_left", "event: basket_lost", "`basket_lost` is not possible for `event`"),
        ("proactive.yaml", "response: proactive_care", "response: proactive_car", "did you mean `proactive_care`?"),
        ("proactive.yaml", "goods[0].care", "good[0].care", "proactive.yaml:30: `good` is not known here"),
        ("proactive.yaml", "percent: 8", "percent: 15", "15 % is more than discounts.max_percent of policies.yaml, 10"),
        ("proactive.yaml", "wait_hours: 12", "suggest: true\n    wait_hours: 12", "sells"),
        ("policies.yaml", "max_percent: 10\n", "", "a coupon needs limits, and policies.yaml has none"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_is(folder: Path, file: str, old: str, new: str, told: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert any(told in str(problem) for problem in find_problems(folder, NEEDS))


def test_the_demo_is_in_order(folder: Path) -> None:
    assert not [problem for problem in find_problems(folder, NEEDS) if "proactive" in str(problem)]

"""`train generator` and `evaluate generator` refuse clearly what they cannot use, and leave nothing half-written."""

from pathlib import Path

import pytest

from services.commands.generation.evaluate import evaluate_generator
from services.commands.generation.train import train_generator, training_module
from shared.config import ROOT
from shared.errors import ConfigError

SMALL = ROOT / "tests/fixtures/shop_small"


def test_a_shop_with_too_little_to_learn_from_is_told_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"answers\.yaml, or give pairs of your own with --pairs"):
        train_generator(shop=SMALL, out=tmp_path / "adapter", pairs=None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigError, match="is there and is no model"):
        train_generator(shop=SMALL, out=tmp_path, pairs=None)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_folder_that_is_no_adapter_is_told(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    with pytest.raises(ConfigError, match="holds no adapter that `train generator` has made"):
        evaluate_generator(report=tmp_path / "report", adapter=tmp_path, shop=SMALL, questions=2, seed=0)
    assert not (tmp_path / "report").exists()


def test_kinds_are_chosen_for_an_adapter_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name it with --adapter"):
        evaluate_generator(report=tmp_path, shop=SMALL, questions=2, seed=0, choose=True)


def test_without_its_packages_the_error_says_how_to_install_them() -> None:
    with pytest.raises(ConfigError, match=r"pip install '\.\[finetune\]'"):
        training_module("services.generator.adapters.tuning.not_there")

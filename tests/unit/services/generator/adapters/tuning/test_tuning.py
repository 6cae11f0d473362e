"""A toy model learns a toy reply, goes on after a kill, and what it learned is used for writing."""

import json
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from services.generator.domain.prompt import first_sentence, knowledge_prompt
from shared.config import ROOT
from tests.unit.services.generator.adapters.toys import toy_pairs
from tests.unit.services.generator.adapters.tuning.toy_options import toy_options

tuning: Any = pytest.importorskip("services.generator.adapters.tuning.tuning", reason="needs torch")
loading: Any = pytest.importorskip("services.generator.adapters.local.loading", reason="needs torch")
writing: Any = pytest.importorskip("services.generator.adapters.local.writing", reason="needs torch")
pytestmark = pytest.mark.slow


def told_nothing(phase: str, done: int, of: int, note: str = "") -> None:
    """Listens to progress and says nothing."""


@pytest.fixture(scope="module")
def taught(toy_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("taught")
    figures = tuning.teach(toy_pairs(), folder / "adapter", toy_options(folder / "work", str(toy_model)), told_nothing)
    return folder / "adapter", figures


def test_it_learns(taught: tuple[Path, dict[str, Any]]) -> None:
    history = taught[1]["history"]
    assert history[0]["step"] == 0 and history[0]["loss"] > 4
    assert min(look["loss"] for look in history) < history[0]["loss"] - 0.3


def test_the_folder_is_small_and_names_no_path_but_the_model(
    taught: tuple[Path, dict[str, Any]], toy_model: Path
) -> None:
    folder, figures = taught
    assert sorted(path.name for path in folder.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]
    assert json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"] == str(toy_model)
    assert figures["size_mb"] < 1


def test_what_it_learned_is_written(taught: tuple[Path, dict[str, Any]], toy_model: Path) -> None:
    folder, _ = taught
    pair = toy_pairs().validation[0]
    prompt = knowledge_prompt(pair.question, pair.ground)
    card = {"format": loading.FORMAT, "tasks": [first_sentence(prompt.system)]}
    (folder / loading.CARD).write_text(json.dumps(card))
    try:
        loaded = loading.load(str(toy_model), folder)
    finally:
        (folder / loading.CARD).unlink()
    assert loaded.serves(prompt)
    text = "".join(writing.Writer(loaded).write(loaded.ids(prompt), 4, Event()))
    assert text.startswith("a")


def test_after_a_kill_it_goes_on(toy_model: Path, tmp_path: Path) -> None:
    name = "tests.unit.services.generator.adapters.tuning.interrupted"
    words = [sys.executable, "-m", name, str(toy_model), str(tmp_path / "work"), str(tmp_path / "killed"), "30"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "stopped\n"
        process.kill()
    figures = tuning.teach(toy_pairs(), tmp_path / "out", toy_options(tmp_path / "work", str(toy_model)), told_nothing)
    assert 0 < figures["resumed_at_step"] < 30
    assert figures["steps"] > 30 and (tmp_path / "out" / "adapter_model.safetensors").is_file()


def test_another_teaching_is_not_taken_over(toy_model: Path, tmp_path: Path) -> None:
    options = toy_options(tmp_path / "work", str(toy_model))
    tuning.teach(toy_pairs(), tmp_path / "one", options, told_nothing)
    assert tuning.teach(toy_pairs(20), tmp_path / "two", options, told_nothing)["resumed_at_step"] == 0

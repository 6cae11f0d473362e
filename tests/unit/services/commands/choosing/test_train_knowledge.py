"""`deskbell train knowledge`, from a shop's questions to a folder that the shop can ship."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import structlog
import typer
from typer.testing import CliRunner, Result

from services.commands.choosing.train import train_knowledge
from services.dialogue.adapters.knowledge.page_model import (
    MODEL_FOLDER,
    encoder_name,
    load_page_model,
    read_learned,
    shipped_page_model,
    write_learned,
)
from services.dialogue.adapters.knowledge.questions import parted, questions_of
from shared.e5_layers import LAYERS, layers_in, names_of, write_layers
from shared.e5_weights import open_e5_file
from shared.encoder import ENCODER
from shared.errors import ConfigError
from shared.shop import load_shop

SMALL = Path("tests/fixtures/shop_small")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "shop"))


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """The command sets logging up for a process of its own."""
    yield
    structlog.reset_defaults()


def train(shop: Path, out: Path, *options: str) -> Result:
    app = typer.Typer()
    app.command()(train_knowledge)
    return CliRunner().invoke(app, ["--shop", str(shop), "--out", str(out), *options])


def write_own_layers(folder: Path, places: Sequence[int] = (11,)) -> Path:
    """Layers that differ from the wheel's by a little noise."""
    file, chance = open_e5_file(), np.random.default_rng(0)
    folder.mkdir(parents=True)
    arrays = {}
    for name in names_of(places):
        columns = {"fo": file.inner}.get(name.split(".")[1], file.hidden)
        array = file.array(name, columns if file.tensors[name].count > file.inner else None)
        arrays[name] = array + chance.normal(0, 0.01, array.shape).astype(np.float32)
    write_layers(folder / LAYERS, arrays)
    return folder


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--layers", "2"), "are for fine-tuning; add --fine-tune"),
        (("--minutes", "1"), "are for fine-tuning; add --fine-tune"),
        (("--fine-tune", "--encoder-from", "{tmp}/nowhere"), "nowhere has no tuned layers"),
        (("--encoder-from", "{tmp}/nowhere"), "nowhere has no tuned layers"),
    ],
)
def test_options_that_do_not_go_together_are_told(shop: Path, tmp_path: Path, options: tuple[str], told: str) -> None:
    result = train(shop, tmp_path / "out", *(option.format(tmp=tmp_path) for option in options))
    assert isinstance(result.exception, ConfigError) and told in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("returns: [a, b]\n", "has no questions under `nothing`"),
        ("returns: [a, b]\nnothing/retuns: [c]\n", "there is no page `retuns`"),
        ("nothing: [a, b]\n", "has questions of 1 classes"),
        ("returns: [a]\nshipping: [b]\nnothing: [c]\n", "leaves none of `nothing`; write more of them"),
        ("retuns: [a]\n", "there is no page `retuns`"),
    ],
)
def test_too_few_or_wrong_questions_are_told(shop: Path, tmp_path: Path, text: str, told: str) -> None:
    shutil.rmtree(shop / "knowledge/asked/zh")
    (shop / "knowledge/asked/en/all.yaml").write_text(text)
    result = train(shop, tmp_path / "out")
    assert isinstance(result.exception, ConfigError) and told in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_model_is_not_overwritten(shop: Path) -> None:
    result = train(shop, shop / "knowledge")
    assert isinstance(result.exception, ConfigError) and "is there and is no model" in str(result.exception)


@pytest.mark.slow
def test_heads_over_the_frozen_encoder_are_what_the_shop_ships(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path / "var"))
    for _ in range(2):
        result = train(shop, shop / MODEL_FOLDER)
        assert (result.exit_code, result.stdout) == (0, f"{shop / MODEL_FOLDER}\n"), result.exception
    assert shipped_page_model(load_shop(shop)) == shop / MODEL_FOLDER
    model = load_page_model(shop / MODEL_FOLDER)
    assert model.heads.classes == ("nothing", "product", "returns", "shipping") and model.layers is None
    assert (model.card["learned"], model.card["held_out"], model.card["encoder"]) == (80, 8, ENCODER)
    assert model.card["validation"].keys() >= {"accuracy_en", "accuracy_zh", "nothing_caught", "wrong_refusals"}
    assert [path.name for path in (shop / "knowledge").iterdir() if path.name.startswith(".")] == []


@pytest.mark.slow
def test_layers_of_another_training_are_taken_and_whether_they_know_what_is_held_out(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path / "var"))
    foreign = write_own_layers(tmp_path / "foreign" / "encoder")
    out = tmp_path / "out"
    result = train(shop, out, "--encoder-from", str(foreign.parent))
    assert result.exit_code == 0, result.exception
    assert "layers_of_unknown_origin" in result.output
    model = load_page_model(out)
    assert model.card["encoder"] == encoder_name(foreign / LAYERS) != ENCODER
    again = train(shop, tmp_path / "again", "--encoder-from", str(out), "--seed", "1")
    assert again.exit_code == 0 and "layers_of_unknown_origin" not in again.output
    scores = [json.loads((folder / "card.json").read_text())["validation"] for folder in (out, tmp_path / "again")]
    assert scores[0] == scores[1]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_upper_layers_are_tuned_or_tuned_on_and_nothing_but_the_model_is_left(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path / "var"))
    options = ("--fine-tune", "--layers", "1", "--minutes", "0.1")
    foreign = write_own_layers(tmp_path / "foreign" / "encoder", [10])
    write_learned(foreign.parent, held := {one.digest for one in parted(questions_of(load_shop(shop)))[1]})
    result = train(shop, shop / MODEL_FOLDER, *options, "--encoder-from", str(foreign.parent))
    assert result.exit_code == 0, result.exception
    model = load_page_model(shop / MODEL_FOLDER)
    assert layers_in(model.layers) == {10, 11}
    assert held < read_learned(model.folder)
    result = train(shop, shop / MODEL_FOLDER, *options)
    assert result.exit_code == 0, result.exception
    model = load_page_model(shop / MODEL_FOLDER)
    assert layers_in(model.layers) == {11}
    assert model.layers is not None and model.card["encoder"] != ENCODER
    assert model.card["fine_tuning"]["sentences"] == 80 and model.card["fine_tuning"]["validation_sentences"] == 8
    assert sorted(path.name for path in (shop / "knowledge").iterdir()) == [
        "answers.yaml",
        "asked",
        "en",
        "model",
        "zh",
    ]

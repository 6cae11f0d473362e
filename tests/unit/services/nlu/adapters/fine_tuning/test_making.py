"""The better of two candidates becomes the model, and opens like any other."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning.options import Recipe
from services.nlu.adapters.opening import open_model
from services.nlu.adapters.own_encoder import load_own_encoder
from services.nlu.adapters.training import Asked, read_data
from shared.e5_engine import load_e5_engine
from shared.errors import ConfigError
from tests.unit.services.nlu.adapters.fine_tuning.toys import paired_examples, told_nothing, toy_examples

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
RECIPE = Recipe(batch=16, rate=3e-3, head_rate=3e-3)


def write(path: Path, examples: list[Example]) -> Path:
    rows = [{"text": e.text, "intent": e.intent, "language": "en"} for e in examples]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


async def make(folder: Path, encoder: Path, examples: list[Example], epochs: int):
    from services.nlu.adapters.fine_tuning.making import Wish, make_model

    asked = Asked(write(folder / "train.jsonl", examples), None, folder / "model", 0, folder / "var")
    return await make_model(asked, read_data(asked), Wish(str(encoder), epochs=epochs, recipe=RECIPE), told_nothing)


async def test_a_tuned_encoder_is_kept_where_it_understands_more(toy_encoder: Path, tmp_path: Path) -> None:
    made = await make(tmp_path, toy_encoder, paired_examples(700, 1), 12)
    assert made.card["fine_tuning"]["kept"] == "tuned", (made.columns, made.card["fine_tuning"]["history"])
    assert made.columns["tuned"]["accuracy"] > made.columns["heads"]["accuracy"] + 0.1
    unseen = paired_examples(40, 9)
    async with open_model(tmp_path / "model") as model:
        guesses = await model.guesses([example.text for example in unseen])
    assert sum(g.ranked[0][0] == e.intent for g, e in zip(guesses, unseen, strict=True)) >= 36


async def test_the_frozen_encoder_is_kept_where_tuning_gained_nothing(toy_encoder: Path, tmp_path: Path) -> None:
    examples = [replace(example, entities=()) for example in toy_examples(60, 1)]
    made = await make(tmp_path, toy_encoder, examples, 1)
    assert made.card["fine_tuning"]["kept"] == "heads"
    assert not (tmp_path / "model/encoder").exists()
    card = json.loads((tmp_path / "model/card.json").read_text())
    assert set(card["fine_tuning"]["candidates"]) == {"heads", "tuned"}
    assert not (tmp_path / ".model-fine-tuning").exists()


async def test_upper_layers_of_the_built_in_encoder_are_stored_small_and_served(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from services.nlu.adapters.fine_tuning.options import Options
    from services.nlu.adapters.fine_tuning.tuning import fine_tune

    train, unseen = toy_examples(48, 1), toy_examples(12, 2)
    recipe = Recipe(batch=16, rate=3e-4, layers=1)
    figures = fine_tune(
        train, unseen, tmp_path / "encoder", Options(tmp_path / "work", epochs=1, recipe=recipe), told_nothing
    )
    assert figures["export"]["cosine"] > 0.98
    assert [path.name for path in (tmp_path / "encoder").iterdir()] == ["layers.npz"]
    assert (tmp_path / "encoder/layers.npz").stat().st_size < 2_000_000
    engine = load_own_encoder(tmp_path / "encoder", tmp_path / "graphs")
    own, built_in = engine.query(["track my red shirt"]), load_e5_engine().query(["track my red shirt"])
    assert 0.5 < float((own * built_in).sum()) < 0.99999


async def test_layers_are_only_for_the_built_in_encoder(toy_encoder: Path, tmp_path: Path) -> None:
    from services.nlu.adapters.fine_tuning.making import make_model, wish_of

    asked = Asked(write(tmp_path / "train.jsonl", toy_examples(60, 1)), None, tmp_path / "model", 0, tmp_path)
    with pytest.raises(ConfigError, match="--layers is for the built-in encoder"):
        await make_model(asked, read_data(asked), wish_of(str(toy_encoder), 2, None), told_nothing)
    assert not (tmp_path / "model").exists()

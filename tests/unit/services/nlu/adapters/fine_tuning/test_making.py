"""The better of two candidates becomes the model, and opens like any other."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning.options import Recipe
from services.nlu.adapters.opening import open_model
from services.nlu.adapters.training import Asked, read_data
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

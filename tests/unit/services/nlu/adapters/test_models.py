import json

import numpy as np
import pytest

from services.nlu.adapters.examples import flat
from services.nlu.adapters.models import load_heads, model_hash, save_heads
from services.nlu.domain.features import BUCKETS
from services.nlu.domain.heads import Heads
from shared.encoder import DIMENSIONS
from shared.errors import ConfigError

FOUR = ("1", "2", "3", "4", "5")


def heads(fill=0.0):
    shapes = ((2, DIMENSIONS), (2, BUCKETS), (2,))
    return Heads(("a", "b"), *(np.full(shape, fill, dtype=np.float32) for shape in shapes), threshold=0.3)


def test_what_is_saved_is_loaded(tmp_path):
    save_heads(tmp_path / "models" / "nlu-1", heads(0.5), {"examples": 3})
    loaded = load_heads(tmp_path / "models" / "nlu-1")
    assert loaded.intents == ("a", "b")
    assert loaded.threshold == 0.3
    assert (loaded.weights == 0.5).all()
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["nlu-1"]


def test_the_first_of_two_that_fit_at_once_stays(tmp_path):
    save_heads(tmp_path / "nlu", heads(1.0), {})
    save_heads(tmp_path / "nlu", heads(2.0), {})
    assert (load_heads(tmp_path / "nlu").weights == 1).all()


@pytest.mark.parametrize("damage", ["heads.npz", "card.json"])
def test_a_damaged_folder_counts_as_none_and_is_replaced(tmp_path, damage):
    folder = tmp_path / "nlu"
    save_heads(folder, heads(1.0), {})
    (folder / damage).write_bytes(b"PK\x03\x04 half")
    assert load_heads(folder) is None
    save_heads(folder, heads(2.0), {})
    assert (load_heads(folder).weights == 2).all()


def test_heads_of_another_shape_are_not_taken(tmp_path):
    save_heads(tmp_path / "nlu", heads(), {})
    card = json.loads((tmp_path / "nlu" / "card.json").read_text())
    (tmp_path / "nlu" / "card.json").write_text(json.dumps(card | {"intents": ["a", "b", "c"]}))
    assert load_heads(tmp_path / "nlu") is None


def test_the_hash_follows_the_examples_and_not_their_order():
    one = {"en": {"a": ("x",), "b": ("y",)}}
    assert model_hash(one) == model_hash({"en": {"b": ("y",), "a": ("x",)}})
    assert model_hash(one) != model_hash({"en": {"a": ("x",), "b": ("z",)}})


def test_too_few_examples_are_told():
    with pytest.raises(ConfigError, match="2 intents"):
        flat({"en": {"a": FOUR, "b": FOUR}})
    with pytest.raises(ConfigError, match="need 5 examples: c"):
        flat({"en": {"a": FOUR, "b": FOUR, "c": ("1",)}})

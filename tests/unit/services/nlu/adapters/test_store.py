"""Models put live, and back again."""

import json

import pytest

from services.nlu.adapters.store import KEPT, Live, ModelStore
from shared.errors import ConfigError


@pytest.fixture
def store(tmp_path):
    return ModelStore.of(tmp_path / "var", tmp_path / "shop")


@pytest.fixture
def model(tmp_path):
    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "card.json").write_text(json.dumps({"name": name}))
        (folder / "heads.npz").write_bytes(b"numbers")
        return folder

    return make


def test_nothing_is_live_at_first(store):
    assert (store.live(), store.live_folder(), store.stamp()) == (Live(), None, None)
    with pytest.raises(ConfigError, match="there is no earlier model to go back to"):
        store.rollback()


def test_promoted_is_a_copy_and_changes_the_stamp(store, model):
    one = model("one")
    version = store.promote(one)
    stamp = store.stamp()
    (one / "heads.npz").unlink()
    assert store.live_folder() == store.folder / version
    assert (store.folder / version / "heads.npz").read_bytes() == b"numbers"
    store.promote(model("two"))
    assert store.stamp() != stamp


def test_rollback_goes_back_step_by_step_to_the_services_own(store, model):
    first, second = store.promote(model("one")), store.promote(model("two"))
    assert first != second
    assert store.rollback() == first
    assert store.rollback() is None
    assert store.live_folder() is None
    assert store.promote(model("three")).startswith("0003-")
    assert store.rollback() is None


def test_only_the_models_that_can_come_back_are_kept(store, model):
    made = [store.promote(model(f"m{number}")) for number in range(KEPT + 3)]
    there = sorted(path.name for path in store.folder.glob("0*"))
    assert there == made[-KEPT - 1 :]


def test_shops_do_not_share_models(tmp_path, model):
    one, two = (ModelStore.of(tmp_path / "var", tmp_path / name / "shop") for name in ("a", "b"))
    one.promote(model("one"))
    assert two.live() == Live()


def test_a_damaged_pointer_is_told(store, model):
    store.promote(model("one"))
    store.pointer.write_text("{")
    with pytest.raises(ConfigError, match=r"live\.json cannot be read; remove it"):
        store.live()


def test_a_previous_model_that_is_gone_is_told(store, model):
    first = store.promote(model("one"))
    store.promote(model("two"))
    (store.folder / first / "card.json").unlink()
    (store.folder / first / "heads.npz").unlink()
    (store.folder / first).rmdir()
    with pytest.raises(ConfigError, match="is no longer in"):
        store.rollback()

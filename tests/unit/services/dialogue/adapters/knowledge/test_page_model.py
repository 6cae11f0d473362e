"""The folder of a model of pages: whole, bound to the shop's questions, or refused."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from structlog.testing import capture_logs

from services.dialogue.adapters.knowledge.choosing import Asking, Choice, PageHeads
from services.dialogue.adapters.knowledge.page_model import (
    CARD,
    HEADS,
    LEARNED,
    MODEL_FOLDER,
    encoder_name,
    load_page_model,
    open_chooser,
    read_learned,
    shipped_page_model,
    write_heads,
    write_learned,
)
from services.dialogue.adapters.knowledge.questions import questions_hash, questions_of
from shared.e5_layers import LAYERS
from shared.encoder import DIMENSIONS, ENCODER
from shared.errors import ConfigError
from shared.shop import load_shop
from tests.unit.services.dialogue.adapters.knowledge.fakes import HashedVectors

CLASSES = ("nothing", "nothing/returns", "returns", "shipping")
ASKED = "returns: [send it back]\nnothing: [rent a boat]\n"


def heads(classes=CLASSES, dimensions=DIMENSIONS):
    chance = np.random.default_rng(0)
    weights, middle = chance.normal(size=(len(classes), dimensions)), chance.normal(size=dimensions)
    return PageHeads(classes, weights.astype(np.float32), np.zeros(len(classes), np.float32), middle.astype(np.float32))


@pytest.fixture
def shop(tmp_path):
    """A shop with questions and a model of them."""
    folder = Path(shutil.copytree("tests/fixtures/shop_small", tmp_path / "shop"))
    shutil.rmtree(folder / "knowledge/asked/zh")
    (folder / "knowledge/asked/en/all.yaml").write_text(ASKED)
    (folder / MODEL_FOLDER).mkdir()
    fitted_to = questions_hash(questions_of(load_shop(folder)))
    write_heads(folder / MODEL_FOLDER, heads(), {"fitted_to": fitted_to, "encoder": ENCODER})
    return folder


def test_what_was_written_is_read_in_half_precision(shop):
    found = load_page_model(shop / MODEL_FOLDER)
    assert found.heads.classes == CLASSES and found.layers is None
    assert np.abs(found.heads.weights - heads().weights).max() < 2e-3
    shares = found.heads.shares(np.ones((2, DIMENSIONS), np.float32))
    assert shares.shape == (2, 4) and shares.sum(axis=1) == pytest.approx(1)


async def test_a_question_gets_a_share_for_each_class(shop):
    async with open_chooser(load_shop(shop), HashedVectors(), str.split) as chooser:
        shares = (await chooser.choose("can I send it back")).shares
    assert shares.keys() == set(CLASSES) and sum(shares.values()) == pytest.approx(1)


def test_near_misses_count_as_nothing():
    choice = Choice({"nothing": 0.2, "nothing/returns": 0.1, "nothing/product": 0.05, "returns": 0.6, "product": 0.05})
    entries = [SimpleNamespace(origin="page", document="returns"), SimpleNamespace(origin="product", document="P1")]
    opinion = choice.opinion(entries, Asking(np.ones(DIMENSIONS, np.float32), []))
    assert opinion.nothing == choice.nothing == pytest.approx(0.35)
    assert (opinion.pages[0], opinion.products[1]) == (0.6, 0.05)


def test_what_a_model_has_learned_is_kept_or_unknown(tmp_path):
    assert read_learned(tmp_path) is None
    write_learned(tmp_path, {2**64 - 1, 0, 7})
    assert read_learned(tmp_path) == {0, 7, 2**64 - 1}
    (tmp_path / LEARNED).write_bytes(b"PK half")
    assert read_learned(tmp_path) is None


async def test_a_shop_without_a_model_has_no_chooser_and_reads_no_questions(shop):
    shutil.rmtree(shop / MODEL_FOLDER)
    (shop / "knowledge/asked/en/all.yaml").write_text("broken: [")
    with capture_logs() as logs:
        async with open_chooser(load_shop(shop), HashedVectors(), str.split) as chooser:
            assert chooser is None
    assert logs == []


@pytest.mark.parametrize("text", [ASKED + "shipping: [how dear]\n", "returns: [send it back, x]\nnothing: [y]\n"])
async def test_a_model_of_other_questions_is_left_out_and_told_once(shop, text):
    (shop / "knowledge/asked/en/all.yaml").write_text(text)
    with capture_logs() as logs:
        async with open_chooser(load_shop(shop), HashedVectors(), str.split) as chooser:
            assert chooser is None
    assert [line["event"] for line in logs] == ["knowledge.model_outdated"]


def test_a_card_that_cannot_be_read_is_no_model(shop):
    (shop / MODEL_FOLDER / CARD).write_text("{")
    assert shipped_page_model(load_shop(shop)) is None


def broken(folder):
    (folder / HEADS).write_bytes(b"PK half")


def without_heads(folder):
    (folder / HEADS).unlink()


def of_other_length(folder):
    write_heads(folder, heads(dimensions=7), json.loads((folder / CARD).read_text()))


def without_nothing(folder):
    write_heads(folder, heads(("returns", "shipping")), json.loads((folder / CARD).read_text()))


def of_another_encoder(folder):
    write_heads(folder, heads(), json.loads((folder / CARD).read_text()) | {"encoder": "other"})


def newer(folder):
    write_heads(folder, heads(), json.loads((folder / CARD).read_text()) | {"format": 99})


def with_strange_layers(folder):
    (folder / "encoder").mkdir()
    (folder / "encoder" / LAYERS).write_bytes(b"PK half")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (broken, "is damaged; fit it again with `deskbell train knowledge`"),
        (without_heads, "is damaged"),
        (of_other_length, "is damaged"),
        (without_nothing, "is damaged"),
        (of_another_encoder, "do not belong together"),
        (newer, "newer Deskbell"),
        (with_strange_layers, "do not belong together"),
    ],
)
async def test_a_damaged_model_of_these_questions_is_one_clear_error(shop, damage, told):
    damage(shop / MODEL_FOLDER)
    with pytest.raises(ConfigError, match=told):
        async with open_chooser(load_shop(shop), HashedVectors(), str.split):
            pass


async def test_damaged_layers_are_told_at_the_start(shop):
    with_strange_layers(shop / MODEL_FOLDER)
    layers = shop / MODEL_FOLDER / "encoder" / LAYERS
    card = json.loads((shop / MODEL_FOLDER / CARD).read_text())
    write_heads(shop / MODEL_FOLDER, heads(), card | {"encoder": encoder_name(layers)})
    with pytest.raises(ConfigError, match=r"layers\.npz is damaged; fit the model again"):
        async with open_chooser(load_shop(shop), HashedVectors(), str.split):
            pass

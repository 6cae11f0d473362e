"""The folder of a model of pages: whole, bound to the shop's questions, or refused."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from structlog.testing import capture_logs

from services.dialogue.adapters.knowledge.choosing import Asking, Choice, PageHeads
from services.dialogue.adapters.knowledge.judging import PARTS, Judgement, write_judgement
from services.dialogue.adapters.knowledge.page_model import (
    CARD,
    HEADS,
    LEARNED,
    MODEL_FOLDER,
    encoder_name,
    load_page_model,
    model_name,
    open_chooser,
    read_learned,
    read_vectors,
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
    opinion = choice.opinion(entries, Asking(np.ones(DIMENSIONS, np.float32), [], "en"))
    assert opinion.nothing == choice.nothing == pytest.approx(0.35)
    assert (opinion.pages[0], opinion.products[1]) == (0.6, 0.05)


def test_what_a_model_has_learned_is_kept_or_unknown(tmp_path):
    assert read_learned(tmp_path) is None
    write_learned(tmp_path, {2**64 - 1, 0, 7})
    assert read_learned(tmp_path) == {0, 7, 2**64 - 1}
    (tmp_path / LEARNED).write_bytes(b"PK half")
    assert read_learned(tmp_path) is None


def test_vectors_of_learned_questions_are_kept_in_8_bits(tmp_path):
    rows = np.random.default_rng(0).normal(size=(3, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    write_learned(tmp_path, [5, 1, 9, 2], {9: rows[0], 1: rows[1], 2: rows[2]})
    assert read_learned(tmp_path) == {1, 2, 5, 9}
    found = read_vectors(tmp_path)
    assert found.keys() == {1, 2, 9} and [found[9] @ rows[0], found[1] @ rows[1]] == pytest.approx([1, 1], abs=1e-3)
    (tmp_path / LEARNED).write_bytes(b"PK half")
    with pytest.raises(ConfigError, match="is damaged"):
        read_vectors(tmp_path)


async def with_weights(shop, vectors=None):
    """Puts weights beside the shop's model, and vectors of its questions."""
    folder, questions = shop / MODEL_FOLDER, questions_of(load_shop(shop))
    rows = await HashedVectors().embed([one.text for one in questions], "query")
    known = {one.digest: row for one, row in zip(questions, rows, strict=True)} if vectors is None else vectors
    write_learned(folder, known, known)
    by = Judgement(**{part: np.ones(len(names) + 1) for part, names in PARTS.items()})
    write_judgement(folder, by, model_name(folder), {})


async def test_weights_beside_a_model_bring_its_earlier_questions_with_them(shop):
    async with open_chooser(load_shop(shop), HashedVectors(), str.split) as chooser:
        alone = chooser.name
        assert (await chooser.choose("send it back")).judge is None
    await with_weights(shop)
    async with open_chooser(load_shop(shop), HashedVectors(), str.split) as chooser:
        assert chooser.name != alone
        choice = await chooser.choose("send it back")
    (vector,) = await HashedVectors().embed(["send it back"], "query")
    entries = [SimpleNamespace(origin="page", document="returns"), SimpleNamespace(origin="page", document="shipping")]
    beside = choice.opinion(entries, Asking(vector, ["send", "it", "back"], "en")).beside
    assert beside.votes[0] > beside.votes[1] and beside.unheard.tolist() == [0, 1]


async def test_weights_without_vectors_of_these_questions_are_told_at_the_start(shop):
    await with_weights(shop, {})
    with pytest.raises(ConfigError, match="has no vectors of the shop's questions; fit it again"):
        async with open_chooser(load_shop(shop), HashedVectors(), str.split):
            pass


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

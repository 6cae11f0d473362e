"""A folder with an encoder of a model's own: a tiny one whose vectors and tags can be foretold."""

import json

import numpy as np
import pytest

from shared.encoder import open_encoder
from shared.errors import ConfigError
from shared.onnx_engine import OnnxEngine
from shared.onnx_writer import GraphWriter

tokenizers = pytest.importorskip("tokenizers")
WORDS = ["[UNK]", "[CLS]", "[SEP]", "query", "blue", "mug", "order"]
TABLE = np.eye(len(WORDS), dtype=np.float32)


def write_encoder(folder, *, tags=True):
    """Vectors count the words of a text; tags are each token's word."""
    writer = GraphWriter()
    mask = writer.node("Cast", ["attention_mask"], "m", to=1)
    rows = writer.node("Gather", [writer.constant("table", TABLE), "input_ids"], "tags", axis=0)
    column = writer.node("Unsqueeze", [mask, writer.constant("last", np.array([2]))], "column")
    summed = writer.node(
        "ReduceSum",
        [writer.node("Mul", [rows, column], "masked"), writer.constant("one", np.array([1]))],
        "sum",
        keepdims=0,
    )
    writer.node("LpNormalization", [summed], "vector", axis=1, p=2)
    ids = [(name, "int64", ("texts", "tokens")) for name in ("input_ids", "attention_mask")]
    width = len(WORDS)
    outputs = [("vector", "float32", ("texts", width)), ("tags", "float32", ("texts", "tokens", width))]
    (folder / "model.onnx").write_bytes(writer.model(ids, outputs))
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    card = {"dimensions": width, "max_tokens": 16, "tags": WORDS if tags else None, "query_prefix": "query "}
    (folder / "encoder.json").write_text(json.dumps(card))
    return folder


def test_vectors_come_in_the_order_of_the_texts(tmp_path):
    engine = OnnxEngine(write_encoder(tmp_path))
    rows = engine.query(["blue mug " * 4, "order", "mug"])
    assert rows.shape == (3, 7)
    assert rows[1][6] > 0 and rows[1][5] == 0 and rows[2][5] > 0
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_passage_has_no_prefix_unless_the_card_says_so(tmp_path):
    engine = OnnxEngine(write_encoder(tmp_path))
    assert engine.passage(["mug"])[0][3] == 0 < engine.query(["mug"])[0][3]


def test_tags_are_of_the_texts_own_tokens(tmp_path):
    engine = OnnxEngine(write_encoder(tmp_path))
    first, second = engine.tags(["我 blue  mug", "order"])
    assert first.offsets == ((0, 1), (2, 6), (8, 11))
    assert [WORDS[place] for place in first.logits.argmax(axis=1)] == ["[UNK]", "blue", "mug"]
    assert second.offsets == ((0, 5),)


def test_a_model_without_tags_gives_none(tmp_path):
    assert OnnxEngine(write_encoder(tmp_path, tags=False)).tags(["blue"]) == []


def test_half_a_surrogate_pair_and_a_long_text_do_no_harm(tmp_path):
    engine = OnnxEngine(write_encoder(tmp_path))
    assert np.isfinite(engine.query(["\ud800 mug", "mug " * 500, ""])).all()
    assert engine.tags([""])[0].offsets == ()


async def test_callers_share_its_batches_as_they_do_the_wheels(tmp_path):
    async with open_encoder(engine=OnnxEngine(write_encoder(tmp_path))) as encoder:
        assert (await encoder.embed(["mug", "order"], "query")).shape == (2, 7)
        assert (await encoder.embed([], "query")).shape == (0, 7)


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json", "encoder.json"])
@pytest.mark.parametrize("content", [None, b"{}"])
def test_a_folder_that_is_not_whole_is_told(tmp_path, broken, content):
    path = write_encoder(tmp_path) / broken
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ConfigError, match="holds no encoder.*train it again"):
        OnnxEngine(tmp_path)

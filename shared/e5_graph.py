"""The encoder as a graph for onnxruntime, its matrices in int8.

A matrix is quantised once, column by column; what it is multiplied with is quantised for each run with one scale
for the whole tensor. A few outlying channels of this encoder (one is sixty times as large as its fellows) would
make that scale too coarse for all others. Before such a product each of them is divided by a power of two, and the
matrix multiplied by it: Xiao et al., "SmoothQuant" (2023), equation 3, with only the outliers smoothed.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from shared.e5_weights import E5File, Numbers
from shared.onnx_writer import MICROSOFT, Axes, GraphWriter, Port

Divisors = Mapping[str, Numbers]
"""What the channels of a tensor are divided by before it is quantised, by the tensor's name."""
OUTLYING = 99.0
"""The percentile of the channels' largest values above which a channel is an outlier."""


def divisors_of(largest: Numbers) -> Numbers:
    """From the largest magnitude of each channel: powers of two, 1 for all but outliers."""
    excess = np.maximum(largest / np.maximum(np.percentile(largest, OUTLYING), 1e-6), 1)
    powers: Numbers = np.exp2(np.rint(np.log2(excess))).astype(np.float32)
    return powers


def quantised_tensors(file: E5File) -> list[str]:
    """The names of the tensors in front of large matrices: what a calibration watches."""
    return [f"l{layer}.{name}" for layer in range(file.layers) for name in ("x", "attended", "active")]


def e5_graph(file: E5File, divisors: Divisors, watched: Sequence[str] = ()) -> bytes:
    """From `embedded` (texts, tokens, width), the sum of embeddings, and `mask` to `hidden`, the last layer.

    `watched` tensors become outputs too.
    """
    graph = _Graph(file, divisors)
    axes: Axes = ("texts", "tokens", file.hidden)
    outputs: list[Port] = [(graph.build(), "float32", axes)]
    outputs += [(name, "float32", ("texts", "tokens", "width")) for name in watched]
    return graph.writer.model([("embedded", "float32", axes), ("mask", "int32", ("texts", "tokens"))], outputs)


class _Graph:
    """Layer upon layer; every tensor is named after the one in the weight file that makes it."""

    def __init__(self, file: E5File, divisors: Divisors) -> None:
        self.file, self.divisors, self.writer = file, divisors, GraphWriter()

    def build(self) -> str:
        node = self.writer.node
        x = node("LayerNormalization", ["embedded", *self._norm("emb.ln")], "l0.x", axis=-1, epsilon=self.file.epsilon)
        for layer in range(self.file.layers):
            attended = self._skip(x, self._attention(f"l{layer}.", x), f"l{layer}.aln", f"l{layer}.attended")
            last = layer + 1 == self.file.layers
            x = self._skip(attended, self._inner(f"l{layer}.", attended), f"l{layer}.oln", f"l{layer + 1}.x")
            x = node("Identity", [x], "hidden") if last else x
        return x

    def _attention(self, layer: str, x: str) -> str:
        thirds = [f"{layer}{part}.out" for part in "qkv"]
        joined = self._product(x, [layer + part for part in "qkv"])
        self.writer.node("Split", [joined], thirds, axis=-1, num_outputs=3)
        heads = [*thirds, "", "mask"]
        context = self.writer.node(
            f"{MICROSOFT}.MultiHeadAttention", heads, layer + "context", num_heads=self.file.heads
        )
        return self._product(context, [layer + "ao"])

    def _inner(self, layer: str, x: str) -> str:
        active = self.writer.node(f"{MICROSOFT}.Gelu", [self._product(x, [layer + "fi"])], layer + "active")
        return self._product(active, [layer + "fo"])

    def _product(self, x: str, names: Sequence[str]) -> str:
        """`x` times the matrices side by side, plus their biases."""
        name, constant = names[0], self.writer.constant
        bias = np.concatenate([self.file.array(part + ".b") for part in names])
        columns = self.file.inner if name.endswith("fo") else self.file.hidden
        matrix = np.concatenate([self.file.array(part + ".w", columns) for part in names])
        if (divisors := self.divisors.get(x)) is not None:
            x = self.writer.node("Mul", [x, constant(x + ".by", 1 / divisors)], x + ".even")
            matrix = matrix * divisors
        scales = (np.abs(matrix).max(axis=1) / 127).astype(np.float32)
        levels = np.rint(matrix / scales[:, None]).astype(np.int8)
        zeros = np.zeros(len(scales), dtype=np.int8)
        constants = [("w", levels.T), ("scale", scales), ("zero", zeros), ("b", bias)]
        inputs = [x, *(constant(f"{name}.{suffix}", array) for suffix, array in constants)]
        return self.writer.node(f"{MICROSOFT}.DynamicQuantizeMatMul", inputs, name + ".product")

    def _skip(self, x: str, added: str, norm: str, output: str) -> str:
        inputs = [x, added, *self._norm(norm)]
        return self.writer.node(f"{MICROSOFT}.SkipLayerNormalization", inputs, output, epsilon=self.file.epsilon)

    def _norm(self, name: str) -> list[str]:
        return [self.writer.constant(f"{name}.{part}", self.file.array(f"{name}.{part}")) for part in "wb"]

"""Writes ONNX graphs without the `onnx` package, which would weigh more than the encoder itself.

Field numbers and types are those of `onnx.proto` (ONNX IR version 10), the encoding is that of protocol buffers:
https://protobuf.dev/programming-guides/encoding/. The unit tests hold the result against `onnx.checker`.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 10
OPSET = 20
MICROSOFT = "com.microsoft"
ELEMENT_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
Axes = Sequence[int | str]
Port = tuple[str, str, Axes]
"""Name, element type and axes of an input or output; an axis is a size or the name of one that varies."""


class GraphWriter:
    """Collects the nodes and constants of one graph."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: dict[str, bytes] = {}

    def node(self, operator: str, inputs: Sequence[str], output: str | Sequence[str], **attributes: int | float) -> str:
        """Adds a node and returns the name of its (first) output; an operator with a dot names its domain too."""
        domain, _, name = operator.rpartition(".")
        outputs = [output] if isinstance(output, str) else list(output)
        fields = [_text(1, name) for name in inputs] + [_text(2, name) for name in outputs]
        fields += [_text(4, name), *(_bytes(5, _attribute(*pair)) for pair in attributes.items()), _text(7, domain)]
        self._nodes.append(b"".join(fields))
        return outputs[0]

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Adds an array under a name of its own, and returns that."""
        fields = [_number(1, size) for size in array.shape]
        fields += [_number(2, ELEMENT_TYPES[array.dtype.name]), _text(8, name)]
        self._constants[name] = b"".join([*fields, _bytes(9, np.ascontiguousarray(array).tobytes())])
        return name

    def model(self, inputs: Iterable[Port], outputs: Iterable[Port]) -> bytes:
        """The whole model, as onnxruntime takes it."""
        fields = [_bytes(1, node) for node in self._nodes] + [_text(2, "encoder")]
        fields += [_bytes(5, tensor) for tensor in self._constants.values()]
        fields += [_bytes(11, _port(*port)) for port in inputs] + [_bytes(12, _port(*port)) for port in outputs]
        domains = (("", OPSET), (MICROSOFT, 1))
        opsets = [_bytes(8, _text(1, domain) + _number(2, version)) for domain, version in domains]
        return b"".join([_number(1, IR_VERSION), _bytes(7, b"".join(fields)), *opsets])


def _attribute(name: str, value: int | float) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    return _text(1, name) + _tag(2, 5) + struct.pack("<f", value) + _number(20, 1)


def _port(name: str, element_type: str, axes: Axes) -> bytes:
    shape = b"".join(_bytes(1, _number(1, axis) if isinstance(axis, int) else _text(2, axis)) for axis in axes)
    tensor = _number(1, ELEMENT_TYPES[element_type]) + _bytes(2, shape)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _tag(field, 2) + _varint(len(value)) + value


def _number(field: int, value: int) -> bytes:
    return _tag(field, 0) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _tag(field: int, wire_type: int) -> bytes:
    return _varint(field << 3 | wire_type)


def _varint(value: int) -> bytes:
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])

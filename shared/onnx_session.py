"""onnxruntime as the project uses it, and texts put together by length."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MOST_ROWS = 32
SLACK = 1.3
"""The longest text of a batch may have so many times the tokens of the shortest; what is padded is wasted."""
FEW_TOKENS = 6
"""Below this difference a batch is not parted for its padding."""
ERROR = 3


def open_session(model: bytes | Path) -> "InferenceSession":
    """Loads a model for the processor. A run stays on the thread that asks for it, and several may ask at once.

    Texts are short: two threads that share a run spend more on waking each other than they gain.
    """
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ERROR
    source = model if isinstance(model, bytes) else str(model)
    return InferenceSession(source, options, providers=["CPUExecutionProvider"])


def alike(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The places of texts of like length together, so that little has to be padded."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) == MOST_ROWS or lengths[place] > _limit(lengths[batch[0]])):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _limit(shortest: int) -> float:
    return max(shortest * SLACK, shortest + FEW_TOKENS)

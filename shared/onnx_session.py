"""onnxruntime as the project uses it, and texts put together by length."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MOST_THREADS = 2
"""More than two gain little on texts this short."""
MOST_ROWS = 32
SLACK = 1.3
"""The longest text of a batch may have so many times the tokens of the shortest; what is padded is wasted."""
FEW_TOKENS = 6
"""Below this difference a batch is not parted for its padding."""
ERROR = 3


def open_session(model: bytes | Path) -> "InferenceSession":
    """Loads a model for the processor. Threads that wait sleep: other work needs the cores they would spin on."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = min(MOST_THREADS, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = ERROR
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
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

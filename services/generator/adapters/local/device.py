"""Where and in which precision a model runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter

import torch

FASTER = 1.2
"""How many times quicker bfloat16 has to be on a processor: it is less exact."""
READ_ROWS, WRITE_ROWS = 256, 1
"""What a prompt and a single token look like to a layer."""


@dataclass(frozen=True)
class Device:
    """A kind of hardware and what the weights are kept in."""

    torch: torch.device
    precision: torch.dtype

    def autocast(self) -> AbstractContextManager[None]:
        """Within it matrices are multiplied in this precision, whatever weights that are being taught are kept in."""
        return torch.autocast(self.torch.type, dtype=self.precision, enabled=self.precision != torch.float32)

    @property
    def name(self) -> str:
        return f"{self.torch.type} {str(self.precision).removeprefix('torch.')}"


def find_device(rows: int = WRITE_ROWS) -> Device:
    """A GPU if there is one; on a processor bfloat16 where a short measurement finds it quicker for so many rows."""
    if torch.cuda.is_available():
        half = torch.cuda.is_bf16_supported()
        return Device(torch.device("cuda"), torch.bfloat16 if half else torch.float16)
    whole, half_s = _seconds(torch.float32, rows), _seconds(torch.bfloat16, rows)
    return Device(torch.device("cpu"), torch.bfloat16 if whole > FASTER * half_s else torch.float32)


def _seconds(kind: torch.dtype, rows: int, tries: int = 5) -> float:
    """The best of some tries of two layers of a small model, not in any cache when they are read."""
    weights = [torch.ones(1536, 576, dtype=kind) for _ in range(24)]
    said = torch.ones(rows, 576, dtype=kind)

    def once() -> None:
        for weight in weights:
            torch.nn.functional.linear(said, weight)

    return min(_timed(once) for _ in range(tries))


def _timed(work: Callable[[], None]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started

"""Where and in which precision training runs."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter

import torch

FASTER = 1.5
"""How many times quicker half precision has to be: what it saves elsewhere is less, and it is less exact."""


@dataclass(frozen=True)
class Device:
    """`half`: matrices are multiplied in bfloat16; the weights stay in single precision either way."""

    torch: torch.device
    half: bool

    def autocast(self) -> AbstractContextManager[None]:
        """Within it the forward pass runs in this precision."""
        return torch.autocast(self.torch.type, dtype=torch.bfloat16, enabled=self.half)

    @property
    def precision(self) -> str:
        return "bfloat16" if self.half else "float32"


def find_device(half: bool | None = None) -> Device:
    """A GPU if there is one. `half` None: by a short measurement, for only newer processors are quicker in bfloat16."""
    if torch.cuda.is_available():
        return Device(torch.device("cuda"), torch.cuda.is_bf16_supported() if half is None else half)
    quicker = _seconds(torch.float32) > FASTER * _seconds(torch.bfloat16) if half is None else half
    return Device(torch.device("cpu"), quicker)


def _seconds(kind: torch.dtype, tries: int = 5) -> float:
    """The best of some tries of a product as large as a small encoder's."""
    left, right = torch.ones(512, 384, dtype=kind), torch.ones(384, 1536, dtype=kind)
    taken = []
    for _ in range(tries):
        started = perf_counter()
        for _ in range(4):
            left @ right
        taken.append(perf_counter() - started)
    return min(taken)
